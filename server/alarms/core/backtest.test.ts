import { QUALITY_CODES, type Quality } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Activation, createBacktest, type StoredReading } from './backtest.ts';
import { countsPerDay, createCoverage, difference } from './backtest-days.ts';
import { deviceConnection } from './connection.ts';
import type { Definition } from './definition.ts';
import { definitionOf } from './fixtures.ts';
import { observePoint } from './observe-point.ts';
import { wake } from './qualification.ts';
import { toReading } from './reading.ts';
import { newRuleState, type Outcome, type RuleState } from './rule-state.ts';
import type { Transition } from './transition.ts';

const SECOND = 1000;
const reading = (timeS: number, value: number | null, more: Partial<StoredReading> = {}): StoredReading => ({
  point: 'temperature',
  timeMs: timeS * SECOND,
  value,
  text: null,
  quality: value === null ? 'timeout' : 'good',
  ...more,
});
const run = (definition: Definition, readings: readonly StoredReading[], fromS = 0, toS = 1000) => {
  const backtest = createBacktest(definition, { fromMs: fromS * SECOND, toMs: toS * SECOND });
  for (const one of readings) backtest.observe(one);
  return backtest.end();
};

/** What the running server does: readings as they come, deadlines as the clock reaches them. */
function live(definition: Definition, readings: readonly StoredReading[], toMs: number): readonly Transition[] {
  const journal: Transition[] = [];
  let answers = true;
  let state: RuleState = newRuleState(readings[0]?.timeMs ?? 0);
  const take = (outcome: Outcome): void => {
    state = outcome.state;
    journal.push(...outcome.transitions);
  };
  let clockMs = readings[0]?.timeMs ?? 0;
  const tick = (untilMs: number): void => {
    for (; clockMs < untilMs; clockMs += SECOND) take(wake(definition, state, clockMs, () => 'backtest'));
  };
  for (const { point, timeMs, ...sample } of readings) {
    tick(timeMs);
    const seen = toReading({ ...sample, timeMs }, timeMs);
    take(observePoint(definition, state, point, seen, () => 'backtest'));
    if (point === 'comm' && seen.usable && seen.value !== null && (seen.value !== 0) !== answers) {
      answers = seen.value !== 0;
      take(deviceConnection(definition, state, answers, timeMs, timeMs));
    }
  }
  tick(toMs);
  return journal;
}

const definitions: readonly Definition[] = [
  definitionOf({ onDelayS: 5, offDelayS: 10 }),
  definitionOf({ rule: { kind: 'limit', point: 'temperature', below: 110, deadband: 10 } }),
  definitionOf({ latching: true, onDelayS: 3, suppressWhen: [{ point: 'tripped', equals: 1 }] }),
  definitionOf({ rule: { kind: 'stale', point: 'temperature', afterS: 20 }, onDelayS: 4 }),
  definitionOf({ rule: { kind: 'discrepancy', command: 'command', feedback: 'tripped' }, onDelayS: 6 }),
  definitionOf({
    rule: { kind: 'deviation', point: 'temperature', setpoint: 'setpoint', above: 10, deadband: 4 },
    onDelayS: 2,
    offDelayS: 2,
  }),
  definitionOf({ rule: { kind: 'comm-loss' }, onDelayS: 3, offDelayS: 5 }),
  definitionOf({
    rule: {
      kind: 'levels',
      point: 'temperature',
      deadband: 3,
      above: [
        { limit: 115, priority: 3 },
        { limit: 130, priority: 1 },
      ],
    },
    onDelayS: 4,
    offDelayS: 4,
  }),
];

const stored = fc
  .array(
    fc.record({
      gapS: fc.integer({ min: 1, max: 30 }),
      point: fc.constantFrom('temperature', 'temperature', 'temperature', 'tripped', 'command', 'setpoint', 'comm'),
      number: fc.integer({ min: 95, max: 145 }),
      quality: fc.oneof(
        { weight: 8, arbitrary: fc.constant('good' as const) },
        fc.constantFrom(...(Object.keys(QUALITY_CODES) as Quality[])),
      ),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let timeS = 0;
    return steps.map(({ gapS, point, number, quality }) => {
      timeS += gapS;
      const analog = point === 'temperature' || point === 'setpoint';
      return reading(timeS, analog ? number : number % 2, { point, quality });
    });
  });

const SILENT = definitionOf({ rule: { kind: 'stale', point: 'temperature', afterS: 20 }, onDelayS: 4 });
/** A flapping alarm whose hold was over while nobody could tell: it ends when the device answers again, no earlier. */
const RELEASED_LATE = [
  reading(1, 95),
  reading(10, 1, { point: 'comm' }),
  reading(25, 95),
  reading(48, 1, { point: 'command' }),
  reading(49, 95),
  reading(58, 1, { point: 'tripped' }),
  reading(74, 1, { point: 'tripped' }),
  reading(102, 1, { point: 'comm' }),
  reading(120, 0, { point: 'comm' }),
  reading(134, 1, { point: 'comm' }),
  reading(135, 95),
];

describe('back-test', () => {
  it('decides exactly what the live engine decides on the same readings', () => {
    fc.assert(
      fc.property(fc.constantFrom(...definitions), stored, (definition, readings) => {
        const toMs = (readings.at(-1)?.timeMs ?? 0) + 60 * SECOND;
        const journal: Transition[] = [];
        const backtest = createBacktest(definition, { fromMs: 0, toMs }, (transition) => journal.push(transition));
        for (const one of readings) backtest.observe(one);
        const result = backtest.end();
        expect(journal).toEqual(live(definition, readings, toMs));
        const on = journal.filter(({ event }) => event === 'ACTIVE' || event === 'RE-ACTIVE').length;
        expect(result.count + result.suppressed).toBe(on);
        expect(result.activations).toHaveLength(on);
      }),
      { numRuns: 1500, examples: [[SILENT, RELEASED_LATE]] },
    );
  });

  it('gives start, end, duration and peak with delays and deadband', () => {
    const definition = definitionOf({ onDelayS: 5, offDelayS: 10 });
    const readings = [
      reading(0, 100),
      reading(10, 131),
      reading(12, 138),
      reading(20, 126),
      reading(30, 124),
      reading(99, 90),
    ];
    expect(run(definition, readings)).toEqual({
      count: 1,
      suppressed: 0,
      totalMs: 25_000,
      longestMs: 25_000,
      activations: [{ fromMs: 15_000, toMs: 40_000, peak: 138, priority: 2, announced: true }],
    });
  });

  it('the peak of a low alarm is its smallest value, and each excursion has its own', () => {
    const definition = definitionOf({ rule: { kind: 'limit', point: 'temperature', below: 110, deadband: 5 } });
    const readings = [reading(1, 105), reading(2, 90), reading(3, 120), reading(4, 108), reading(5, 130)];
    expect(run(definition, readings).activations.map(({ peak }) => peak)).toEqual([90, 108]);
  });

  it('what was active before the range starts with it, what is still active has no end', () => {
    const definition = definitionOf();
    const result = run(definition, [reading(5, 140), reading(60, 141)], 50, 100);
    expect(result.activations).toEqual([{ fromMs: 50_000, toMs: null, peak: 141, priority: 2, announced: true }]);
    expect(result.totalMs).toBe(50_000);
    expect(run(definition, [reading(5, 140), reading(10, 100)], 50, 100).activations).toEqual([]);
  });

  it('suppressed activations are counted apart', () => {
    const definition = definitionOf({ suppressWhen: [{ point: 'tripped', equals: 1 }] });
    const readings = [reading(1, 1, { point: 'tripped' }), reading(2, 140), reading(3, 100)];
    expect(run(definition, readings)).toMatchObject({ count: 0, suppressed: 1 });
  });
});

describe('comparison', () => {
  const at = (fromS: number, toS: number | null, announced = true): Activation => ({
    fromMs: fromS * SECOND,
    toMs: toS === null ? null : toS * SECOND,
    peak: null,
    priority: 2,
    announced,
  });
  const result = (activations: readonly Activation[]) => ({
    count: activations.length,
    suppressed: 0,
    totalMs: 0,
    longestMs: 0,
    activations,
  });

  it('tells which activations only one side has', () => {
    const today = result([at(1, 5), at(10, 12), at(20, 22)]);
    const draft = result([at(2, 4), at(21, null), at(30, 31, false)]);
    expect(difference(today, draft)).toMatchObject({ onlyToday: 1, onlyDraft: 0 });
    expect(difference(draft, today)).toMatchObject({ onlyToday: 0, onlyDraft: 1 });
  });

  it('counts days in the time zone, empty ones too, also when clocks change', () => {
    const range = {
      fromMs: Date.parse('2026-03-28T12:00:00Z'),
      toMs: Date.parse('2026-03-31T12:00:00Z'),
      timeZone: 'Europe/Berlin',
    };
    const late = Date.parse('2026-03-29T22:30:00Z') / SECOND;
    expect(countsPerDay([at(late, null)], [], range)).toEqual([
      { day: '2026-03-28', today: 0, draft: 0 },
      { day: '2026-03-29', today: 0, draft: 0 },
      { day: '2026-03-30', today: 1, draft: 0 },
      { day: '2026-03-31', today: 0, draft: 0 },
    ]);
  });

  it('states where the history is missing', () => {
    const coverage = createCoverage({ fromMs: 0, toMs: 1000 }, 100);
    for (const [timeMs, usable] of [
      [-50, true],
      [300, true],
      [350, false],
      [950, true],
    ] as const)
      coverage.note(timeMs, usable);
    expect(coverage.end()).toEqual({
      readings: 3,
      usable: 2,
      missingMs: 900,
      gaps: [
        { fromMs: 0, toMs: 300 },
        { fromMs: 350, toMs: 950 },
      ],
    });
  });
});
