// The shipped library is sound, complete, and its generated files are up to date.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from './lint/core/catalogue.ts';
import { LIBRARY_DIR, loadLibrary } from './loader.ts';
import { jsonSchemas } from './schema/json-schema.ts';
import { pointNames } from './schema/model.ts';

describe('the shipped library', () => {
  // Loading evaluates every example, so this also holds each map against its maker's numbers.
  const { classes, models } = loadLibrary();

  it('has every class with its response in both languages', () => {
    const files = readdirSync(join(LIBRARY_DIR, 'classes')).map((file) => basename(file, '.yaml'));
    expect([...classes.keys()].sort()).toEqual(files.sort());
    for (const { alarms } of classes.values())
      for (const alarm of Object.values(alarms))
        for (const text of [alarm.text, alarm.cause, alarm.consequence]) {
          expect(text.zh).toMatch(/\p{Script=Han}/u);
          expect(text.en).not.toMatch(/\p{Script=Han}/u);
        }
  });

  it('speaks three protocols and covers every class that has devices', () => {
    expect(new Set([...models.values()].map(({ protocol }) => protocol))).toEqual(new Set(['modbus', 'opcua', 'mqtt']));
    const served = new Set([...models.values()].map((model) => model.class));
    const withoutModel = ['gateway', 'field-bus', 'generic-equipment'];
    for (const name of classes.keys()) expect(served.has(name)).toBe(!withoutModel.includes(name));
  });

  it('has at least 30 maps of at least 15 makers that are more than a pattern', () => {
    const real = [...models.values()].filter(({ proof }) => proof !== 'example');
    expect(real.length).toBeGreaterThanOrEqual(30);
    expect(new Set(real.map(({ model }) => model.split('/')[0])).size).toBeGreaterThanOrEqual(15);
  });

  // A real product has what it has; a pattern to copy shows everything.
  it('maps every fast point and every alarm point of the class in the patterns', () => {
    for (const model of models.values()) {
      if (model.proof !== 'example') continue;
      const subject = classes.get(model.class);
      const wanted = new Set([
        ...Object.entries(subject?.points ?? {}).flatMap(([name, { poll }]) => (poll === 'fast' ? [name] : [])),
        ...Object.values(subject?.alarms ?? {}).flatMap(({ rule }) =>
          rule.kind === 'discrepancy' ? [rule.command, rule.feedback] : 'point' in rule ? [rule.point] : [],
        ),
      ]);
      wanted.delete('comm');
      expect(
        [...wanted].filter((name) => !pointNames(model).includes(name)).map((name) => `${model.model} ${name}`),
      ).toEqual([]);
    }
  });

  it('announces fire at once, latched, and lets nobody shelve it', () => {
    const fire = classes.get('fire-alarm-panel')?.alarms['fire'];
    expect(fire).toMatchObject({
      priority: 1,
      onDelayS: 0,
      latching: true,
      shelvable: false,
      workOrder: { kind: 'emergency' },
    });
  });

  it.each([
    ['dry-type-transformer', 'winding-overtemperature', 2, 10],
    ['dry-type-transformer', 'winding-trip', 1, 2],
    ['booster-pump-set', 'dry-run', 1, 2],
    ['sump-pump', 'super-high-level', 1, 5],
    ['sump-pump', 'all-pumps-failed', 1, 2],
    ['elevator', 'entrapment', 1, 0],
    ['access-controller', 'door-forced', 2, 1],
    ['water-tank', 'level-low-low', 1, 10],
    ['fire-pump', 'start-without-flow', 1, 60],
    ['gas-detector', 'gas-high', 1, 0],
    ['air-handling-unit', 'freeze', 1, 2],
    ['leak-rope', 'leak', 1, 3],
    ['heat-network', 'burst', 1, 120],
    ['diesel-generator', 'not-started', 1, 60],
    ['diesel-generator', 'failed-to-start', 1, 0],
    ['transfer-switch', 'transfer-failed', 1, 0],
    ['ups', 'output-off', 1, 5],
  ])('opens an emergency order for %s %s', (name, alarm, priority, onDelayS) => {
    expect(classes.get(name)?.alarms[alarm]).toMatchObject({ priority, onDelayS, workOrder: { kind: 'emergency' } });
  });

  it('has its generated files up to date', () => {
    const read = (path: string): string => readFileSync(join(LIBRARY_DIR, path), 'utf8');
    expect(read('../docs/catalogue.md')).toBe(catalogue(classes.values(), models.values()));
    for (const [name, text] of jsonSchemas()) expect(read(`schema/generated/${name}`)).toBe(text);
  });
});
