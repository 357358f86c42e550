import { equipmentClass, modbusModel } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import {
  type DevicePlan,
  planDevice as planFor,
  type ReadOutcome,
  readingsOf as readings,
  type TimedOutcome,
} from './device-plan.ts';
import { type Learned, NOTHING_LEARNED } from './learned.ts';
import type { PollClass } from './schedule.ts';
import type { Span } from './span.ts';

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
const none = NOTHING_LEARNED;
/** Nothing nobody asked for is worth its bytes. */
const noGaps = { requestMs: 1, byteMs: 1000 };
const planDevice = (by: typeof model, of: typeof meter, classes: readonly PollClass[], learned: Learned): DevicePlan =>
  planFor(by, of, classes, noGaps, learned);
const readingsOf = (plan: DevicePlan, by: typeof model, outcomes: ReadonlyMap<Span, TimedOutcome>) =>
  readings(plan, by, outcomes, 2000);
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

  it('leaves out what the device is known to refuse, and says so of its points', () => {
    const illegal = [{ span: { area: 'holding' as const, address: 4, count: 2 }, refusals: 1, probeAtMs: 0 }];
    const plan = planDevice(model, meter, ['normal'], { ...none, illegal });
    expect(plan.requests).toEqual([
      { area: 'holding', address: 0, count: 4 },
      { area: 'holding', address: 6, count: 10 },
    ]);
    const seen = readingsOf(plan, model, outcomesOf(plan, echo));
    expect(seen).toContainEqual({ point: 'p2', value: null, quality: 'exception', gatewayTimeMs: 2000 });
    expect(seen.filter(({ quality }) => quality === 'good')).toHaveLength(7);
  });

  it('never lets a learned limit cut a value apart', () => {
    const plan = planDevice(model, meter, ['normal'], { ...none, answered: 0, refused: 2 });
    expect(plan.requests).toHaveLength(8);
    expect(plan.requests.every(({ count }) => count === 2)).toBe(true);
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
  const values = (classes: readonly PollClass[], answer: (request: Span) => ReadOutcome) => {
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
});
