import { expect, it } from 'vitest';
import { faultOf, guardedLookup, isSpecialAddress } from './target.ts';

it('knows addresses that are not of the open internet, also in the clothes of IPv6', () => {
  const special = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'];
  for (const address of [...special, '::1', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', '::ffff:a00:1', '64:ff9b::a00:1'])
    expect([address, isSpecialAddress(address)]).toEqual([address, true]);
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
    expect([address, isSpecialAddress(address)]).toEqual([address, false]);
});

it('refuses such targets unless the configuration allows them, and passwords in the address always', () => {
  expect(faultOf('http://127.0.0.1/x', false)).toContain('LOUWEI_WEBHOOK_PRIVATE');
  expect(faultOf('http://[::1]:8080/x', false)).toContain('LOUWEI_WEBHOOK_PRIVATE');
  // Node reads 0x7f000001 and 2130706433 as the address they are.
  expect(faultOf('http://2130706433/x', false)).toContain('LOUWEI_WEBHOOK_PRIVATE');
  expect(faultOf('http://127.0.0.1/x', true)).toBeNull();
  expect(faultOf('https://example.org/x', false)).toBeNull();
  expect(faultOf('https://user:secret@example.org/x', true)).toContain('password');
  expect(faultOf('ftp://example.org/x', true)).toContain('http or https');
});

it('refuses a name that leads to such an address when it is resolved', async () => {
  const look = (allowed: boolean) =>
    new Promise((done) => {
      guardedLookup(allowed)('localhost', {}, (error, address) => done(error?.message ?? address));
    });
  expect(await look(false)).toContain('localhost: found a loopback');
  expect(['127.0.0.1', '::1']).toContain(await look(true));
});
