import { equipmentClass, modbusModel } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DevicePlan, halve, planDevice, type ReadOutcome, readingsOf, type TimedOutcome } from './device-plan.ts';
import type { Span } from './read-plan.ts';

const both = { zh: '表', en: 'meter' };
const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
const meter = equipmentClass.parse({
  class: 'meter',
  label: both,
  group: 'lv-distribution',
  points: {
    ...Object.fromEntries(names.map((name) => [name, { label: both, kind: 'analog' }])),
    energy: { label: both, kind: 'counter', poll: 'slow' },
    door: { label: both, kind: 'state', poll: 'fast' },
  },
  faceplate: ['p0'],
});
const model = modbusModel.parse({
  model: 'test/meter',
  label: both,
  class: 'meter',
  proof: 'example',
  sources: [{ title: 'test' }],
  protocol: 'modbus',
  modbus: { addressBase: 1 },
  points: {
    ...Object.fromEntries(names.map((name, index) => [name, { area: 'holding', address: 1 + index * 2, type: 'u32' }])),
    energy: { area: 'input', address: 101, type: 'f32' },
    door: { area: 'coil', address: 1, type: 'bit' },
  },
  examples: [{ point: 'p0', registers: [0, 1], value: 1 }],
});
const none = new Set<string>();
const outcomesOf = (plan: DevicePlan, answer: (request: Span) => ReadOutcome): Map<Span, TimedOutcome> =>
  new Map(plan.requests.map((request) => [request, { outcome: answer(request), timeMs: 1000 }]));
const echo = ({ address, count }: Span): ReadOutcome => ({
  kind: 'answer',
  registers: Array.from({ length: count }, (_, index) => address + index),
});

describe('device plan', () => {
  it('reads only the classes that are due, from wire addresses', () => {
    expect(planDevice(model, meter, ['normal'], none).requests).toEqual([{ area: 'holding', address: 0, count: 16 }]);
    expect(planDevice(model, meter, ['fast', 'slow'], none).requests).toEqual([
      { area: 'coil', address: 0, count: 1 },
      { area: 'input', address: 100, count: 2 },
    ]);
  });

  it('hands every point its own registers', () => {
    const plan = planDevice(model, meter, ['normal'], none);
    const readings = readingsOf(plan, model, outcomesOf(plan, echo));
    expect(readings).toEqual(
      names.map((point, index) => ({
        point,
        value: index * 2 * 65_536 + index * 2 + 1,
        quality: 'good',
        gatewayTimeMs: 1000,
      })),
    );
  });

  it('makes points of a failed block bad and leaves those of untried blocks alone', () => {
    const plan = planDevice(model, meter, ['fast', 'normal', 'slow'], none);
    const outcomes = outcomesOf(plan, ({ area }) =>
      area === 'coil' ? { kind: 'answer', registers: [1] } : { kind: 'exception', code: 4 },
    );
    for (const request of plan.requests) if (request.area === 'input') outcomes.delete(request);
    const readings = readingsOf(plan, model, outcomes);
    expect(readings).toContainEqual({ point: 'door', value: 1, quality: 'good', gatewayTimeMs: 1000 });
    expect(readings.filter(({ quality, value }) => quality === 'exception' && value === null)).toHaveLength(8);
    expect(readings.some(({ point }) => point === 'energy')).toBe(false);
  });

  it('finds the one unreadable register by halving, and reads everything else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), (unreadable) => {
        const barriers = new Set<string>();
        const refuses = ({ address, count }: Span): boolean =>
          address <= unreadable * 2 && unreadable * 2 < address + count;
        for (let turn = 0; turn < 8; turn++) {
          const plan = planDevice(model, meter, ['normal'], barriers);
          for (const request of plan.requests.filter(refuses)) {
            const barrier = halve(plan, request);
            if (barrier !== null) barriers.add(barrier);
          }
        }
        const plan = planDevice(model, meter, ['normal'], barriers);
        const refused = (span: Span): ReadOutcome => (refuses(span) ? { kind: 'exception', code: 2 } : echo(span));
        const readings = readingsOf(plan, model, outcomesOf(plan, refused));
        expect(readings.filter(({ quality }) => quality !== 'good').map(({ point }) => point)).toEqual([
          `p${unreadable}`,
        ]);
      }),
    );
  });
});

describe('points of several places', () => {
  const state = { label: both, kind: 'state', values: { 0: both, 1: both } };
  const generator = equipmentClass.parse({
    class: 'generator',
    label: both,
    group: 'lv-distribution',
    points: {
      hours: { label: both, kind: 'counter', unit: 'h', poll: 'slow' },
      overload: { ...state, poll: 'fast' },
      thd: { label: both, kind: 'analog', unit: '%', range: [0, 100] },
    },
    faceplate: ['thd'],
  });
  const controller = modbusModel.parse({
    model: 'test/controller',
    label: both,
    class: 'generator',
    proof: 'example',
    sources: [{ title: 'test' }],
    protocol: 'modbus',
    modbus: { addressBase: 0, maxRegistersPerRead: 4 },
    points: {
      hours: { area: 'holding', address: 42, type: 'u32', plus: [{ address: 50, type: 'u16', scale: 0.5 }] },
      overload: { area: 'holding', address: 20, type: 'bit', bit: 17, word: 'u32' },
    },
    inputs: { first: { area: 'input', address: 0, type: 'u16' }, second: { area: 'input', address: 9, type: 'u16' } },
    derived: { thd: 'max(first, second)' },
    examples: [{ point: 'overload', registers: [2, 0], value: 1 }],
  });
  const values = (classes: Parameters<typeof planDevice>[2], answer: (request: Span) => ReadOutcome) => {
    const plan = planDevice(controller, generator, classes, none);
    return readingsOf(plan, controller, outcomesOf(plan, answer)).map(({ point, value, quality }) => [
      point,
      value,
      quality,
    ]);
  };

  it('reads every place of a due point and nothing between them', () => {
    const plan = planDevice(controller, generator, ['fast', 'normal', 'slow'], none);
    expect(plan.requests).toEqual([
      { area: 'holding', address: 20, count: 2 },
      { area: 'holding', address: 42, count: 2 },
      { area: 'holding', address: 50, count: 1 },
      { area: 'input', address: 0, count: 1 },
      { area: 'input', address: 9, count: 1 },
    ]);
    expect(planDevice(controller, generator, ['normal'], none).requests.map(({ area }) => area)).toEqual([
      'input',
      'input',
    ]);
  });

  it('puts them together', () => {
    expect(values(['slow'], echo)).toEqual([['hours', 42 * 65_536 + 43 + 25, 'good']]);
    expect(values(['normal'], echo)).toEqual([['thd', 9, 'good']]);
    expect(values(['fast'], () => ({ kind: 'answer', registers: [2, 0] }))).toEqual([['overload', 1, 'good']]);
  });

  it('is as bad as the worst of them', () => {
    const without =
      (bad: number) =>
      (request: Span): ReadOutcome =>
        request.address === bad ? { kind: 'exception', code: 2 } : echo(request);
    expect(values(['slow'], without(50))).toEqual([['hours', null, 'exception']]);
    expect(values(['normal'], without(9))).toEqual([['thd', null, 'exception']]);
  });

  it('halves a refused block also between places of derived points', () => {
    const plan = planDevice(controller, generator, ['slow', 'normal'], none);
    const block: Span = { area: 'input', address: 0, count: 10 };
    expect(halve(plan, block)).toBe('input 9');
    expect(halve(plan, { area: 'input', address: 9, count: 1 })).toBeNull();
  });
});
