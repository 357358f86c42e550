import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnOrigin } from './origin.ts';

const facts = (origin?: string, host?: string, secFetchSite?: string) => ({ origin, host, secFetchSite });

describe('origin of a write', () => {
  it.each([
    ['http://bms.local:8080', 'bms.local:8080', 'same-origin', true],
    ['http://BMS.local', 'bms.local:80', undefined, true],
    ['https://bms.local', 'bms.local:443', undefined, true],
    ['https://bms.local', 'bms.local:80', undefined, false],
    [undefined, 'bms.local', undefined, true],
    [undefined, 'bms.local', 'none', true],
    [undefined, 'bms.local', 'cross-site', false],
    [undefined, 'bms.local', 'same-site', false],
    ['http://bms.local', 'bms.local', 'cross-site', false],
    ['null', 'bms.local', undefined, false],
    ['', 'bms.local', undefined, false],
    ['http://evil.example', 'bms.local', undefined, false],
    ['http://bms.local:8080', 'bms.local:8081', undefined, false],
    ['http://bms.local.evil.example', 'bms.local', undefined, false],
    ['http://bms.local@evil.example', 'evil.example', undefined, false],
    ['file://bms.local', 'bms.local', undefined, false],
    ['http://bms.local', undefined, undefined, false],
  ])('origin %s to host %s, site %s: %s', (origin, host, site, allowed) => {
    expect(isOwnOrigin(facts(origin, host, site))).toBe(allowed);
  });

  it('never accepts an origin of another host', () => {
    fc.assert(
      fc.property(fc.domain(), fc.domain(), fc.constantFrom('http', 'https'), (one, other, scheme) => {
        fc.pre(one.toLowerCase() !== other.toLowerCase());
        expect(isOwnOrigin(facts(`${scheme}://${one}`, other))).toBe(false);
        expect(isOwnOrigin(facts(`${scheme}://${one}`, one))).toBe(true);
      }),
    );
  });
});
