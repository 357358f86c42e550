// No secret goes up, and none is lost on the way back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DRIVERS } from '../../drivers/registry.ts';
import { SECRET_KEPT } from '../../uplink/sparkplug/request.ts';
import { maskSecrets, missingSecrets, restoreSecrets, secretFields } from './secrets.ts';

const SECRETS = new Set(['password']);
const fieldsOf = (protocol: string) =>
  DRIVERS.filter((driver) => driver.protocol === protocol).flatMap((driver) => [
    ...secretFields(z.toJSONSchema(driver.connectionSchema, { io: 'input', unrepresentable: 'any' })),
  ]);

describe('secrets', () => {
  it('are the fields that the drivers mark', () => {
    const fields = ['modbus', 'opcua', 'mqtt', 'sparkplug'].map(fieldsOf);
    expect(fields).toEqual([[], ['password'], ['password'], ['password']]);
    expect(secretFields({ anyOf: [{ properties: { key: { writeOnly: true }, host: {} } }] })).toEqual(new Set(['key']));
  });

  it('go up as a mark, in fields and within addresses', () => {
    const entry = {
      id: 'A',
      connection: { url: 'mqtt://me:se%40cret@broker:1883/x', password: 'p', baseTopic: 'a/b' },
    };
    const masked = maskSecrets(entry, SECRETS);
    expect(masked).toEqual({
      id: 'A',
      connection: { url: `mqtt://me:${SECRET_KEPT}@broker:1883/x`, password: SECRET_KEPT, baseTopic: 'a/b' },
    });
    expect(restoreSecrets(masked, entry, SECRETS)).toEqual(entry);
    expect(missingSecrets(restoreSecrets(masked, undefined, SECRETS), SECRETS)).toEqual(['url', 'password']);
    const renewed = { id: 'A', connection: { password: 'new' } };
    expect(restoreSecrets(renewed, entry, SECRETS)).toEqual(renewed);
  });

  it('for any connection: nothing of a secret is left in what goes up, and everything comes back', () => {
    const text = fc.stringMatching(/^[a-z0-9]{6,12}$/);
    const connection = fc.record(
      {
        host: text,
        port: fc.nat(65_535),
        password: text.map((secret) => `S-${secret}`),
        flag: fc.boolean(),
        url: text.map((secret) => `mqtts://u:S-${secret}@h`),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(connection, (made) => {
        const entry = { id: 'A', model: 'a/b', connection: made };
        const masked = maskSecrets(entry, SECRETS);
        expect(JSON.stringify(masked)).not.toContain('S-');
        expect(restoreSecrets(masked, entry, SECRETS)).toEqual(entry);
        expect(missingSecrets(entry, SECRETS)).toEqual([]);
      }),
    );
  });
});
