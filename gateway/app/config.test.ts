// The schema editors use is the one the program uses.
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

  it('has its generated schema up to date', () => {
    const generated: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, 'generated/gateway.schema.json'), 'utf8'),
    );
    expect(generated).toEqual(JSON.parse(JSON.stringify(configJsonSchema(DRIVERS))));
  });
});
