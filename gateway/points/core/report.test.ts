import type { Point } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import { examine } from './examine.ts';
import { judge, judgeSilence, NOTHING_KNOWN, type PointState, type ReportRule, reportRule } from './report.ts';

const label = { zh: '点', en: 'point' };
const analog: Point = { label, kind: 'analog', poll: 'normal', deadband: 0.5, range: [0, 100] };
const rule = reportRule(analog, 5000);
const T = Date.UTC(2026, 0, 1);
const at = (ms: number, value: Reading['value'], quality: Reading['quality'] = 'good'): Reading => ({
  point: 'p',
  value,
  quality,
  gatewayTimeMs: T + ms,
});
const run = (readings: readonly Reading[], by: ReportRule = rule): { kept: Reading[]; state: PointState } => {
  const kept: Reading[] = [];
  let state = NOTHING_KNOWN;
  for (const reading of readings) {
    const result = judge(state, reading, by);
    state = result.state;
    if (result.keep !== null) kept.push(result.keep);
  }
  return { kept, state };
};
const values = (readings: readonly Reading[]) => run(readings).kept.map(({ value }) => value);

describe('report by exception', () => {
  it('keeps the first value and changes of at least the deadband, measured from what was reported', () => {
    expect(values([at(0, 10), at(1, 10.4), at(2, 10.49), at(3, 10.5), at(4, 10.9), at(5, 9.9)])).toEqual([
      10, 10.5, 9.9,
    ]);
  });

  it('is not fooled by decimal fractions', () => {
    const tenth = reportRule({ ...analog, deadband: 0.1 }, 5000);
    expect(run([at(0, 20.2), at(1, 20.3)], tenth).kept).toHaveLength(2);
  });

  it('keeps any change of states, enumerations and texts, whatever the deadband', () => {
    const state = reportRule({ label, kind: 'state', poll: 'fast', deadband: 5 }, 1000);
    expect(run([at(0, 0), at(1, 0), at(2, 1)], state).kept.map(({ value }) => value)).toEqual([0, 1]);
    const text = reportRule({ label, kind: 'text', poll: 'slow' }, 1000);
    expect(run([at(0, 'a'), at(1, 'a'), at(2, 'b')], text).kept).toHaveLength(2);
  });

  it('keeps every change of quality, and no value with a bad one', () => {
    const { kept } = run([at(0, 10), at(1, 10, 'timeout'), at(2, 10, 'timeout'), at(3, 10)]);
    expect(kept.map(({ value, quality }) => [value, quality])).toEqual([
      [10, 'good'],
      [null, 'timeout'],
      [10, 'good'],
    ]);
  });

  it('re-reports after the maximum silence, with the time of that reading', () => {
    const { kept } = run([at(0, 10), at(59_999, 10), at(60_000, 10.1), at(61_000, 10.1)]);
    expect(kept).toEqual([at(0, 10), at(60_000, 10.1)]);
    const slow = reportRule({ ...analog, poll: 'slow' }, 60_000);
    expect(run([at(0, 10), at(60_000, 10), at(300_000, 10)], slow).kept).toHaveLength(2);
  });

  it('keeps reporting when the clock is set back', () => {
    expect(run([at(3_600_000, 10), at(0, 10), at(1000, 10)]).kept).toHaveLength(2);
  });

  it('keeps two different readings of one millisecond', () => {
    expect(run([at(0, 10), at(0, 20)]).kept).toHaveLength(2);
  });

  it('is at most one deadband or one maximum silence behind, whatever is read', () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 20_000 }),
      value: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        let state = NOTHING_KNOWN;
        let now = 0;
        for (const { wait, value } of steps) {
          now += wait;
          state = judge(state, at(now, value), rule).state;
          const reported = state.reported;
          if (reported === null || typeof reported.value !== 'number') throw new Error('nothing reported');
          expect(Math.abs(reported.value - value)).toBeLessThan(0.5);
          expect(T + now - reported.gatewayTimeMs).toBeLessThan(60_000);
        }
      }),
    );
  });
});

describe('what the configuration wants', () => {
  it('takes a deadband in the unit or in percent of the range, and nothing from a percentage of no range', () => {
    expect(reportRule(analog, 5000, { deadband: 3 }).deadband).toBe(3);
    expect(reportRule({ ...analog, range: [-50, 150] }, 5000, { deadband: '2%' }).deadband).toBe(4);
    const { range: _, ...open } = analog;
    expect(reportRule(open, 5000, { deadband: '2%' }).deadband).toBe(0.5);
    expect(reportRule({ label, kind: 'state', poll: 'fast' }, 1000, { deadband: 3, minIntervalS: 9 })).toMatchObject({
      deadband: 0,
      minIntervalMs: 0,
    });
  });

  it('never delays a change of quality by the minimum interval', () => {
    const paced = reportRule(analog, 5000, { minIntervalS: 10 });
    expect(run([at(0, 10), at(1, 50), at(2, 50, 'timeout'), at(3, 50)], paced).kept.map((one) => one.quality)).toEqual([
      'good',
      'timeout',
      'good',
    ]);
  });

  const step = fc.record({
    wait: fc.integer({ min: 1, max: 8000 }),
    value: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null, freq: 3 }),
  });
  const wish = fc.record({
    deadband: fc.constantFrom<number | string>(0, 1, '5%'),
    minIntervalS: fc.constantFrom(0.1, 3, 10),
    maxSilenceS: fc.constantFrom(15, 60),
  });

  it('keeps changes apart, loses none for longer than the interval, and never gives an old value a fresh time', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), wish, (steps, wanted) => {
        const by = reportRule(analog, 5000, wanted);
        const readAt = new Map<number, Reading['value']>();
        const kept: { reading: Reading; at: number }[] = [];
        let state = NOTHING_KNOWN;
        let now = 0;
        const take = (result: { state: PointState; keep: Reading | null }): void => {
          state = result.state;
          if (result.keep !== null) kept.push({ reading: result.keep, at: now });
        };
        // A null is a moment at which nothing is read, only the clock ticks.
        for (const { wait, value } of steps) {
          now += wait;
          if (value !== null) {
            readAt.set(T + now, value);
            take(judge(state, at(now, value), by));
          }
          take(judgeSilence(state, by, T + now));
          const { latest, reported } = state;
          if (latest === null || reported === null) continue;
          if (T + now - latest.gatewayTimeMs >= 15_000) expect(latest.quality).toBe('stale');
          if (T + now - state.keptAtMs >= by.minIntervalMs && latest.quality === 'good')
            expect(Math.abs(Number(latest.value) - Number(reported.value))).toBeLessThanOrEqual(by.deadband);
        }
        for (const { reading } of kept) expect(readAt.get(reading.gatewayTimeMs)).toBe(reading.value);
        kept.forEach((one, index) => {
          const before = kept[index - 1];
          if (before?.reading.quality !== 'good' || one.reading.quality !== 'good') return;
          // A repetition after the longest silence is due by the time of the value, whenever that was sent.
          const repeated = one.reading.gatewayTimeMs - before.reading.gatewayTimeMs >= by.maxSilenceMs;
          if (!repeated) expect(one.at - before.at).toBeGreaterThanOrEqual(by.minIntervalMs);
        });
      }),
    );
  });

  it('lets a held change go by itself, with the time at which it was read', () => {
    const paced = reportRule(analog, 5000, { minIntervalS: 10 });
    const { state, kept } = run([at(0, 10), at(4000, 20), at(5000, 30)], paced);
    expect(kept).toEqual([at(0, 10)]);
    expect(judgeSilence(state, paced, T + 9999).keep).toBeNull();
    const late = judgeSilence(state, paced, T + 10_000);
    expect(late.keep).toEqual(at(5000, 30));
    expect(judgeSilence(late.state, paced, T + 10_001).keep).toBeNull();
  });
});

describe('examination', () => {
  const point = { kind: 'analog', range: [0, 100] } as const satisfies Pick<Point, 'kind' | 'range'>;
  const examined = (reading: Reading) => examine(reading, { ...point, range: [0, 100] });

  it('marks what is outside the physical range and keeps the value', () => {
    expect(examined(at(0, 100.1))).toEqual(at(0, 100.1, 'out-of-range'));
    expect(examined(at(0, 100))).toEqual(at(0, 100));
  });

  it('refuses numbers that are none and good readings without a value', () => {
    expect(examined(at(0, Number.NaN))).toEqual(at(0, null, 'decode-error'));
    expect(examined(at(0, null))).toEqual(at(0, null, 'not-present'));
  });

  it('drops a device time that cannot be true (F31: 1970, 2099)', () => {
    for (const year of [1970, 2099]) {
      expect(examined({ ...at(0, 5), deviceTimeMs: Date.UTC(year, 0, 1) })).toEqual(at(0, 5, 'clock-suspect'));
    }
    const believable = { ...at(0, 5), deviceTimeMs: T - 3_600_000 };
    expect(examined(believable)).toEqual(believable);
  });
});

describe('silence', () => {
  it('makes a value stale once, after three missed readings, with its value and its time', () => {
    const { state } = run([at(0, 10)]);
    expect(judgeSilence(state, rule, T + 14_999).keep).toBeNull();
    const stale = judgeSilence(state, rule, T + 15_000);
    expect(stale.keep).toEqual(at(0, 10, 'stale'));
    expect(judgeSilence(stale.state, rule, T + 60_000).keep).toBeNull();
    expect(judge(stale.state, at(70_000, 10), rule).keep).toEqual(at(70_000, 10));
  });

  it('shows the newest value, not the last reported one', () => {
    const { state } = run([at(0, 10), at(1000, 10.2)]);
    expect(judgeSilence(state, rule, T + 20_000).keep).toEqual(at(1000, 10.2, 'stale'));
  });

  it('leaves bad readings and unknown points alone, and is not confused by a clock set back', () => {
    expect(judgeSilence(NOTHING_KNOWN, rule, T).keep).toBeNull();
    expect(judgeSilence(run([at(0, null, 'timeout')]).state, rule, T + 60_000).keep).toBeNull();
    expect(judgeSilence(run([at(0, 10)]).state, rule, T - 3_600_000).keep).toBeNull();
  });
});
