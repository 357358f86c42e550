// docker-compose.yml is valid by the Compose Specification's own schema and describes every part of a full installation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const schema: object = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/compose-spec.json'), 'utf8'));
const compose: { services: Record<string, { image?: string }> } = parse(
  readFileSync(join(root, 'docker-compose.yml'), 'utf8'),
  { merge: true },
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

describe('docker-compose.yml', () => {
  it('is valid by the Compose Specification', () => {
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('is refused when a service is broken, so the check above can fail', () => {
    expect(validate({ ...compose, services: { ...compose.services, server: { imaje: 'x' } } })).toBe(false);
  });

  it('describes database, time-series store, broker, server, gateway and simulators', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'broker',
      'gateway',
      'influxdb',
      'server',
      'simulators',
      'timescaledb',
    ]);
    expect(compose.services['timescaledb']?.image).toContain('timescaledb');
  });
});
