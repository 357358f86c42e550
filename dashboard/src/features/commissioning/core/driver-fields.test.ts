// The connection forms of all drivers, as the gateway's own schema has them: every field has a name in both languages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enCommissioning } from '../../../app/texts/en-commissioning.ts';
import { zhCommissioning } from '../../../app/texts/zh-commissioning.ts';
import { fieldsOf, missingIn, type Schema, shapesOf, startValues } from './schema-form.ts';

const file = join(import.meta.dirname, '../../../../../gateway/app/generated/gateway.schema.json');
const schema: { properties: { devices: { items: { properties: { connection: { anyOf: Schema[] } } } } } } = JSON.parse(
  readFileSync(file, 'utf8'),
);
const drivers = schema.properties.devices.items.properties.connection.anyOf;
const driverOf = (title: string): Schema => drivers.find((one) => one['title'] === title) ?? {};

describe('connection forms', () => {
  it('name every field of every driver in both languages', () => {
    const names = drivers.flatMap((driver) => shapesOf(driver)).flatMap((shape) => fieldsOf(shape.schema));
    expect(names.length).toBeGreaterThan(20);
    for (const { name } of names) {
      expect(Object.keys(enCommissioning.commission.field)).toContain(name);
      expect(Object.keys(zhCommissioning.commission.field)).toContain(name);
    }
  });

  it('ask for broker, group and edge node of Sparkplug equipment, hide its password, and need nothing more', () => {
    const form = driverOf('sparkplug');
    expect(shapesOf(form)).toHaveLength(1);
    expect(fieldsOf(form).map(({ name, kind, required }) => `${name} ${kind}${required ? ' required' : ''}`)).toEqual([
      'url text required',
      'group text required',
      'edgeNode text required',
      'device text',
      'hostId text',
      'username text',
      'password secret',
      'caFile text',
    ]);
    expect(missingIn(form, startValues(form))).toEqual(['url', 'group', 'edgeNode']);
  });
});
