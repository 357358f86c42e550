import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './secrets.ts';

describe('secrets of device entries', () => {
  it('passwords are hidden in fields and within addresses; everything else stays', () => {
    const device = { id: 'A', connection: { url: 'mqtt://me:se%40cret@broker:1883/x', password: 'p', unit: 3 } };
    const connection = { url: 'mqtt://me:********@broker:1883/x', password: '********', unit: 3 };
    expect(withoutSecrets([device])).toEqual([{ id: 'A', connection }]);
  });

  it('at any depth, and hiding twice is hiding once', () => {
    const entry = fc.dictionary(fc.constantFrom('id', 'password', 'apiToken', 'connection', 'auth'), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(entry), fc.stringMatching(/^S-[a-z]{8}$/), (entries, secret) => {
        const devices = entries.map((one) => ({ ...one, connection: { auth: [{ password: secret }] } }));
        const hidden = withoutSecrets(devices);
        expect(JSON.stringify(hidden)).not.toContain(secret);
        expect(withoutSecrets(hidden)).toEqual(hidden);
      }),
    );
  });
});
