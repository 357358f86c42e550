// Fifty devices on one line, with a clock of their own: who holds the line up must not delay the others (F29).
import { equipmentClass, modbusModel } from '@louwei/device-profiles';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceState } from '../drivers/port.ts';
import type { Reading } from '../points/reading.ts';
import type { Bus } from './bus.ts';
import { type BusRunner, createBusRunner } from './bus-runner.ts';
import type { ReadOutcome } from './core/device-plan.ts';
import type { Line } from './core/line-cost.ts';
import type { Span } from './core/span.ts';

const both = { zh: '泵', en: 'pump' };
const pump = equipmentClass.parse({
  class: 'pump',
  label: both,
  group: 'water',
  points: {
    fault: { label: both, kind: 'state', poll: 'fast', values: { 0: both, 1: both } },
    pressure: { label: both, kind: 'analog', unit: 'kPa', range: [0, 1000] },
  },
  faceplate: ['pressure'],
});
const model = (timeoutMs: number) =>
  modbusModel.parse({
    model: 'test/pump',
    label: both,
    class: 'pump',
    proof: 'example',
    sources: [{ title: 'test' }],
    protocol: 'modbus',
    modbus: { addressBase: 0, timeoutMs },
    points: {
      fault: { area: 'discrete', address: 0, type: 'bit' },
      pressure: { area: 'holding', address: 100, type: 'u16' },
    },
    examples: [{ point: 'pressure', registers: [1], value: 1 }],
  });
/** Every second register of a block, more of them than one turn may divide the block for. */
const SPARSE = Array.from({ length: 40 }, (_, index) => `p${2 * index}`);
const sparsePump = equipmentClass.parse({
  ...pump,
  points: { ...pump.points, ...Object.fromEntries(SPARSE.map((name) => [name, { label: both, kind: 'analog' }])) },
});
const sparse = modbusModel.parse({
  ...model(1000),
  points: Object.fromEntries(SPARSE.map((name, index) => [name, { area: 'holding', address: 2 * index, type: 'u16' }])),
  examples: [{ point: 'p0', registers: [1], value: 1 }],
});
const line: Line = { kind: 'serial', baudRate: 19_200, bitsPerCharacter: 11, turnaroundMs: 10 };
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Seen {
  readonly device: string;
  readonly atMs: number;
}

let runner: BusRunner | undefined;
const good: Seen[] = [];
const points = new Set<string>();
const states = new Map<string, DeviceState>();
const order: string[] = [];

type Answer = (unit: number, span: Span, timeoutMs: number) => Promise<ReadOutcome>;
const healthy: Answer = async (_unit, span) => {
  await wait(15);
  return { kind: 'answer', registers: Array.from({ length: span.count }, () => 1) };
};

function start(
  answer: Answer,
  devices: number,
  pollMs: { fast: number; normal: number; slow: number },
  timeoutOf = (_unit: number) => 1000,
  described = { modelOf: (unit: number) => model(timeoutOf(unit)), class: pump },
) {
  let busy = false;
  const bus: Bus = {
    isOpen: () => true,
    connect: async () => ({ ok: true }),
    async read(unit, span, timeoutMs) {
      if (busy) throw new Error('two requests at once');
      busy = true;
      order.push(`${unit} ${span.area}`);
      const outcome = await answer(unit, span, timeoutMs);
      busy = false;
      return outcome;
    },
    close: () => undefined,
  };
  runner = createBusRunner({
    units: Array.from({ length: devices }, (_, index) => ({
      id: `D${index + 1}`,
      unit: index + 1,
      model: described.modelOf(index + 1),
      class: described.class,
      pollMs,
    })),
    bus,
    line,
    where: 'test line',
    random: () => 0.5,
    host: {
      now: Date.now,
      log: pino({ level: 'silent' }),
      readings(device, readings: readonly Reading[]) {
        for (const { point, quality } of readings) if (quality === 'good') points.add(point);
        if (readings.some(({ point, quality }) => point === 'fault' && quality === 'good'))
          good.push({ device, atMs: performance.now() });
      },
      state: (device, state) => void states.set(device, state),
    },
  });
  runner.start();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  good.length = 0;
  points.clear();
  order.length = 0;
  states.clear();
});
afterEach(async () => {
  const stopped = runner?.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  await stopped;
  vi.useRealTimers();
});

const intervalsOf = (device: string, fromMs: number): number[] => {
  const times = good.filter((one) => one.device === device && one.atMs >= fromMs).map(({ atMs }) => atMs);
  return times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
};

describe('fifty devices on one line', () => {
  it('F29: a dead, a slow (5 s) and a refusing one leave the intervals of the others within 10 %', async () => {
    const answer: Answer = async (unit, span, timeoutMs) => {
      if (unit === 10) {
        await wait(timeoutMs);
        return { kind: 'timeout', reason: 'no answer' };
      }
      if (unit === 20) await wait(5000);
      if (unit === 30) {
        await wait(15);
        return { kind: 'exception', code: 2 };
      }
      return healthy(unit, span, timeoutMs);
    };
    start(answer, 50, { fast: 10_000, normal: 30_000, slow: 60_000 }, (unit) => (unit === 20 ? 6000 : 1000));
    await vi.advanceTimersByTimeAsync(600_000);
    for (let unit = 1; unit <= 50; unit++) {
      if (unit === 10 || unit === 20 || unit === 30) continue;
      // The first minute is for finding out who holds the line up.
      const intervals = intervalsOf(`D${unit}`, 60_000);
      expect(intervals.length).toBeGreaterThanOrEqual(52);
      for (const interval of intervals) {
        expect(interval).toBeGreaterThan(9000);
        expect(interval).toBeLessThan(11_000);
      }
    }
    expect(states.get('D10')).toMatchObject({ online: false, reason: 'unit 10: no answer' });
    expect(states.get('D20')).toEqual({ online: true });
    // The slow one is still read, and the dead one still asked, in the time the others leave.
    expect(intervalsOf('D20', 60_000).length).toBeGreaterThan(10);
    expect(runner?.diagnosis().units.find(({ id }) => id === 'D10')?.outcomes.timeout).toBeGreaterThan(10);
  });

  it('on a line without any free time they get a tenth of it', async () => {
    const answer: Answer = async (unit, span, timeoutMs) => {
      if (unit !== 1) return healthy(unit, span, timeoutMs);
      await wait(timeoutMs);
      return { kind: 'timeout', reason: 'no answer' };
    };
    // 49 healthy ones need 0.74 s of every second: never 1 s of room.
    start(answer, 50, { fast: 1000, normal: 60_000, slow: 60_000 });
    await vi.advanceTimersByTimeAsync(150_000);
    for (let unit = 2; unit <= 50; unit++) {
      const intervals = intervalsOf(`D${unit}`, 30_000);
      const mean = intervals.reduce((sum, interval) => sum + interval, 0) / intervals.length;
      expect(mean).toBeLessThan(1100);
    }
    expect(runner?.diagnosis().units[0]?.outcomes.timeout).toBeGreaterThan(5);
  });

  it('a dead one that comes back is noticed', async () => {
    let dead = true;
    start(
      async (unit, span, timeoutMs) => {
        if (unit !== 1 || !dead) return healthy(unit, span, timeoutMs);
        await wait(timeoutMs);
        return { kind: 'timeout', reason: 'no answer' };
      },
      50,
      { fast: 1000, normal: 60_000, slow: 60_000 },
    );
    await vi.advanceTimersByTimeAsync(100_000);
    expect(states.get('D1')?.online).toBe(false);
    dead = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states.get('D1')).toEqual({ online: true });
    expect(intervalsOf('D1', 150_000).length).toBeGreaterThan(5);
  });

  it('what is read rarely is read at once when a device answers again', async () => {
    let dead = true;
    const reads: number[] = [];
    start(
      async (unit, span, timeoutMs) => {
        if (dead) {
          await wait(timeoutMs);
          return { kind: 'timeout', reason: 'no answer' };
        }
        if (span.area === 'holding') reads.push(performance.now());
        return healthy(unit, span, timeoutMs);
      },
      1,
      { fast: 1000, normal: 600_000, slow: 600_000 },
    );
    const startedMs = performance.now();
    await vi.advanceTimersByTimeAsync(1500);
    dead = false;
    await vi.advanceTimersByTimeAsync(900_000);
    expect(reads).toHaveLength(2);
    expect((reads[0] ?? 0) - startedMs).toBeLessThan(5000);
    expect((reads[1] ?? 0) - startedMs).toBeCloseTo(600_000, -3);
  });

  it('a refused block that one turn cannot divide to the end is read on at once, not at its next slot', async () => {
    start(
      async (unit, span, timeoutMs) =>
        span.count > 1 ? { kind: 'exception', code: 2 } : healthy(unit, span, timeoutMs),
      1,
      { fast: 600_000, normal: 600_000, slow: 600_000 },
      undefined,
      { modelOf: () => sparse, class: sparsePump },
    );
    await vi.advanceTimersByTimeAsync(30_000);
    expect([...points].toSorted()).toEqual(SPARSE.toSorted());
  });

  it('a block that never answers is not asked over and over', async () => {
    start(
      async (unit, span, timeoutMs) => {
        if (span.area === 'discrete') return healthy(unit, span, timeoutMs);
        await wait(timeoutMs);
        return { kind: 'timeout', reason: 'no answer' };
      },
      1,
      { fast: 1000, normal: 600_000, slow: 600_000 },
    );
    await vi.advanceTimersByTimeAsync(600_000);
    expect(order.filter((read) => read === '1 holding').length).toBeLessThan(25);
  });

  it('alarm points of all devices come before other points of any', async () => {
    start(healthy, 50, { fast: 5000, normal: 5000, slow: 60_000 });
    await vi.advanceTimersByTimeAsync(4000);
    const first = order.slice(0, 100);
    // The last device has nobody to wait for.
    expect(first.slice(0, 49).every((read) => read.endsWith('discrete'))).toBe(true);
    expect(new Set(first).size).toBe(100);
  });
});

describe('diagnosis', () => {
  it('counts what happened on the line and tells how busy it is', async () => {
    start(healthy, 2, { fast: 1000, normal: 1000, slow: 60_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    const seen = runner?.diagnosis();
    // Two devices, two reads each, 15 ms a read, once a second.
    expect(seen?.utilisation).toBeCloseTo(0.06, 2);
    expect(seen?.plannedUtilisation).toBeGreaterThan(0.05);
    const [unit] = seen?.units ?? [];
    expect(unit).toMatchObject({ id: 'D1', unit: 1, online: true, slotsSkipped: 0, lastError: null });
    expect(unit?.roundTrips[3]).toBe(unit?.requests);
    expect(unit?.meanRoundTripMs).toBeCloseTo(15, 0);
    expect(unit?.lastAnswerMs).toBeGreaterThan(Date.now() - 2000);
  });
});
