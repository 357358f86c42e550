// The schema editors use is the one the program uses.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DRIVERS } from '../drivers/registry.ts';
import { configFile, configJsonSchema } from './config-schema.ts';

describe('gateway configuration', () => {
  it('has defaults for everything but its name, its broker and its devices', () => {
    const value = configFile(() => undefined).parse({ gateway: 'gw-1', uplink: { url: 'mqtt://h' }, devices: [] });
    expect(value).toMatchObject({
      group: 'louwei',
      hostId: 'louwei',
      dataDir: './data/gateway',
      profiles: [],
      health: { port: 0 },
      outbox: { maxRecords: 5_000_000 },
      uplink: { delivery: 'auto' },
    });
  });

  it('takes a deadband of a point as a number or a percentage, and nothing else', () => {
    const parse = (deadband: unknown) =>
      configFile(() => undefined).safeParse({
        gateway: 'gw-1',
        uplink: { url: 'mqtt://h' },
        devices: [{ id: 'P-1', model: 'a/b', connection: {}, report: { level: { deadband } } }],
      });
    for (const right of [0, 0.5, '0%', '2.5%', '100%']) expect(parse(right).success).toBe(true);
    for (const wrong of [-1, '-5%', '101%', '5', 'x%'])
      expect(parse(wrong).error?.issues[0]).toMatchObject({
        path: ['devices', 0, 'report', 'level', 'deadband'],
        message: expect.stringContaining('percentage of its range'),
      });
  });

  it('takes one management key, written out or in a file, and no other text for it', () => {
    const der = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const parse = (management: unknown) =>
      configFile(() => undefined).safeParse({
        gateway: 'gw-1',
        uplink: { url: 'mqtt://h' },
        devices: [],
        management,
      });
    for (const right of [{ publicKey: der }, { publicKeyFile: 'host.pem' }, undefined])
      expect(parse(right).success).toBe(true);
    for (const wrong of [
      {},
      { publicKey: der, publicKeyFile: 'host.pem' },
      { publicKey: 'secret' },
      { key: der },
      null,
    ])
      expect(parse(wrong).error?.issues[0]?.path[0]).toBe('management');
  });

  it('has its generated schema up to date', () => {
    const generated: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, 'generated/gateway.schema.json'), 'utf8'),
    );
    expect(generated).toEqual(JSON.parse(JSON.stringify(configJsonSchema(DRIVERS))));
  });
});
