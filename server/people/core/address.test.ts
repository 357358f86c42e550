import { describe, expect, it } from 'vitest';
import { addressKey } from './address.ts';
import { NOT_A_NAME, namedActor } from './username.ts';

describe('key of an address', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::5', '2001:db8:1:2::/64'],
    ['2001:db8::5', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is %s', (ip, key) => expect(addressKey(ip)).toBe(key));
});

describe('name in the record', () => {
  it('repeats only what can be a username', () => {
    expect(namedActor('anna.li')).toBe('anna.li');
    expect(namedActor('My secret Passw0rd')).toBe(NOT_A_NAME);
  });
});
