import type { commissioning } from '@louwei/server/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  basisOf,
  changesBetween,
  deviceOf,
  draftOf,
  EMPTY_DRAFT,
  isIdFit,
  withDevice,
  withoutDevice,
} from './devices.ts';
import { faultsAt, faultsOfDevice } from './faults.ts';
import { bestOrder, verdictOf } from './readings.ts';
import { fieldsOf, findField, missingIn, shapeOf, shapesOf, startValues, withValue } from './schema-form.ts';
import { findModels } from './search.ts';

const integer = { type: 'integer', minimum: 1, maximum: 65_535 };
const modbus = {
  oneOf: [
    {
      type: 'object',
      properties: {
        transport: { type: 'string', const: 'tcp' },
        host: { type: 'string' },
        port: { ...integer, default: 502 },
        unit: { ...integer, maximum: 247 },
        wordOrder: { type: 'string', enum: ['ABCD', 'CDAB'] },
      },
      required: ['host', 'unit'],
    },
    {
      type: 'object',
      properties: {
        transport: { type: 'string', const: 'rtu' },
        path: { type: 'string' },
        stopBits: {
          anyOf: [
            { type: 'number', const: 1 },
            { type: 'number', const: 2 },
          ],
        },
        parity: { type: 'string', enum: ['none', 'even'], default: 'even' },
        unit: { ...integer, maximum: 247 },
        login: { type: 'object', properties: { password: { type: 'string' } }, required: ['password'] },
        tags: { type: 'array' },
      },
      required: ['transport', 'path', 'unit', 'login'],
    },
  ],
};

describe('a form out of a JSON Schema', () => {
  it('unions become kinds, fixed values tell them apart', () => {
    expect(shapesOf(modbus).map(({ label }) => label)).toEqual(['tcp', 'rtu']);
    expect(shapeOf(modbus, { transport: 'rtu' }).label).toBe('rtu');
    expect(shapeOf(modbus, { host: 'h', unit: 1 }).label).toBe('tcp');
    const rtu = fieldsOf(shapeOf(modbus, { transport: 'rtu' }).schema);
    expect(rtu.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'path text',
      'stopBits choice',
      'parity choice',
      'unit number',
      'login block',
      'tags json',
    ]);
    expect(rtu.find(({ name }) => name === 'stopBits')?.choices).toEqual([1, 2]);
    expect(findField(modbus, 'wordOrder')?.choices).toEqual(['ABCD', 'CDAB']);
    expect(findField(modbus, 'nothing')).toBeNull();
  });

  it('begins with defaults, keeps what fits, and names what is missing', () => {
    const tcp = startValues(shapeOf(modbus, {}).schema);
    expect(tcp).toEqual({ transport: 'tcp', port: 502 });
    expect(missingIn(modbus, tcp)).toEqual(['host', 'unit']);
    const rtu = startValues(shapeOf(modbus, { transport: 'rtu' }).schema, { ...tcp, unit: 3, parity: 'odd' });
    expect(rtu).toEqual({ transport: 'rtu', parity: 'even', unit: 3, login: {} });
    expect(missingIn(modbus, { ...rtu, path: '/dev/ttyS0' })).toEqual(['login.password']);
    expect(withValue(tcp, 'port', '')).toEqual({ transport: 'tcp' });
  });
});

describe('devices', () => {
  const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
  const device = fc.record({ id: fc.constantFrom('A', 'B', 'C'), model: fc.constant('a/b'), connection: json });
  const list = fc.uniqueArray(device, { selector: ({ id }) => id });

  it('an entry goes through the form and comes back the same', () => {
    const full = {
      id: 'P-1',
      model: 'a/b',
      name: { zh: '泵', en: 'Pump' },
      place: { site: 'S', room: '3' },
      pollMs: { fast: 500 },
      connection: { host: 'h', unit: 1 },
    };
    expect(deviceOf(draftOf(full))).toEqual(full);
    expect(deviceOf({ ...EMPTY_DRAFT, id: ' X ', name: { zh: '', en: 'Pump' } })).toMatchObject({
      id: 'X',
      name: { zh: 'Pump', en: 'Pump' },
    });
    expect(['P-1', 'a/b', '', 'x'.repeat(65)].map(isIdFit)).toEqual([true, false, false, false]);
  });

  it('a difference is empty exactly when nothing differs, and names every device that does', () => {
    fc.assert(
      fc.property(list, list, (before, after) => {
        expect(changesBetween(before, before)).toEqual([]);
        const named = new Set(changesBetween(before, after).map(({ id }) => id));
        for (const id of ['A', 'B', 'C']) {
          const [was, is] = [before, after].map((all) => JSON.stringify(sorted(all.find((one) => one.id === id))));
          expect(named.has(id)).toBe(was !== is);
        }
      }),
    );
  });

  it('fields are named with before and after; adding, changing and removing touch one device', () => {
    const before = [{ id: 'A', connection: { host: 'x', unit: 1 } }, { id: 'B' }];
    const after = withDevice(before, 'A', { id: 'A', connection: { host: 'y', unit: 1 } });
    expect(changesBetween(before, after)).toEqual([
      { id: 'A', kind: 'changed', fields: [{ path: 'connection.host', before: 'x', after: 'y' }] },
    ]);
    expect(changesBetween(before, withDevice(before, null, { id: 'C' })).map(({ id, kind }) => [id, kind])).toEqual([
      ['C', 'added'],
    ]);
    expect(changesBetween(before, withoutDevice(before, 'B')).map(({ id, kind }) => [id, kind])).toEqual([
      ['B', 'removed'],
    ]);
  });

  it('a change starts from the version on its way, not from the one that is about to go', () => {
    const running = { configurationVersion: 3, devices: [{ id: 'old' }] };
    expect(basisOf(running, { desired: { version: 4, devices: [{ id: 'new' }] } })).toEqual([{ id: 'new' }]);
    expect(basisOf(running, { desired: { version: 3, devices: [] } })).toEqual([{ id: 'old' }]);
    expect(basisOf(running, { desired: null })).toEqual([{ id: 'old' }]);
  });
});

const sorted = (value: object | undefined): unknown =>
  value === undefined
    ? undefined
    : Object.entries(value)
        .map(([name, one]) => [name, typeof one === 'object' && one !== null ? Object.entries(one).sort() : one])
        .sort();

describe('judging a test read', () => {
  const label = { zh: '', en: '' };
  const point = (name: string, range: [number, number] | null) =>
    ({ point: name, label, kind: 'analog', unit: null, range, decimals: 1, values: null }) as const;
  const points = [point('voltage', [0, 500]), point('energy', null)];
  const reading = (name: string, value: number | null, quality = 'good') => ({ point: name, value, quality });
  const read = (voltage: number): commissioning.TestRead => ({
    online: true,
    reason: null,
    durationMs: 1,
    connection: '',
    readings: [reading('voltage', voltage), reading('energy', 5)],
  });

  it('within the class, outside it, or without anything to compare with', () => {
    expect(verdictOf(reading('voltage', 230), points[0])).toBe('plausible');
    expect(verdictOf(reading('voltage', 9e20), points[0])).toBe('implausible');
    expect(verdictOf(reading('voltage', null, 'out-of-range'), points[0])).toBe('implausible');
    expect(verdictOf(reading('energy', 1e-30), points[1])).toBe('implausible');
    expect(verdictOf(reading('energy', 7), points[1])).toBe('unjudged');
    expect(verdictOf(reading('voltage', null, 'timeout'), points[0])).toBe('none');
  });

  it('names the best order only when it is alone', () => {
    const names = ['voltage', 'energy'];
    const wrong = { order: 'ABCD', read: read(9e20) };
    expect(bestOrder([wrong, { order: 'CDAB', read: read(230) }], points, names)).toBe('CDAB');
    expect(
      bestOrder(
        [
          { order: 'ABCD', read: read(230) },
          { order: 'CDAB', read: read(231) },
        ],
        points,
        names,
      ),
    ).toBeNull();
    expect(bestOrder([], points, names)).toBeNull();
  });
});

it('faults of the gateway stand at their field, those of other devices do not', () => {
  const faults = [
    { field: 'devices.2.connection.port', expected: 'a port' },
    { field: 'devices.1.id', expected: 'another' },
    { field: 'device.model', expected: 'a model' },
  ];
  const own = faultsOfDevice(faults, 2);
  expect(faultsAt(own, 'connection.port')).toEqual(['a port']);
  expect(faultsAt(own, 'id')).toEqual([]);
  expect(faultsAt(own, 'model')).toEqual(['a model']);
});

it('models are found by every word of the nameplate in both languages', () => {
  const model = (name: string, protocol: string, zh: string): commissioning.ModelSummary => ({
    model: name,
    label: { zh, en: name },
    class: 'meter',
    classLabel: { zh: '电表', en: 'Meter' },
    group: '',
    protocol,
    proof: 'manual',
    multiRegisterPoints: [],
    wordOrder: null,
  });
  const models = [model('eastron/sdm630', 'modbus', '三相表'), model('acrel/adl400', 'mqtt', '安科瑞表')];
  const names = (text: string, protocol = '') => findModels(models, text, protocol).map((one) => one.model);
  expect(names('SDM meter')).toEqual(['eastron/sdm630']);
  expect(names('电表')).toHaveLength(2);
  expect(names('电表', 'mqtt')).toEqual(['acrel/adl400']);
  expect(names('sdm mqtt')).toEqual([]);
});
