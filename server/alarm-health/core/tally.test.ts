import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../alarms/core/transition.ts';
import { isAnnounced } from './announcement.ts';
import { figuresOf, floodMs, judge, seriesOf } from './figures.ts';
import {
  acked,
  active,
  again,
  createScribe,
  EDGES_MS,
  gone,
  HOUR,
  MINUTE,
  play,
  portions,
  SECOND,
} from './fixtures.ts';
import { createCounting, PERIOD_MS, wholePeriods } from './tally.ts';

/** Mostly quick, so that there are floods, and now and then a pause that ends them. */
const afterMs = fc.oneof(
  { weight: 12, arbitrary: fc.nat(20 * SECOND) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES_MS) },
);
const journal = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(7), afterMs), { maxLength: 120, size: 'max' }).map(play);

type Entry = readonly [atMs: number, change: Change, more?: { actor?: string; alarmId?: string }];
function count(entries: readonly Entry[], fromMs = 0, toMs = HOUR, nowMs = toMs) {
  const { facts, write } = createScribe();
  for (const [atMs, change, more] of entries)
    write(atMs, more?.alarmId ?? 'a', change, more?.actor === undefined ? {} : { actor: more.actor });
  const counting = createCounting(fromMs, toMs);
  counting.add(facts);
  return counting.read(nowMs);
}
const value = (tally: ReturnType<typeof count>, key: string, nowMs = HOUR) =>
  figuresOf(tally, [], nowMs, 0).find((figure) => figure.key === key)?.value;

describe('counting', () => {
  it('takes announced activations, re-alarms and escalations, each as one, and nothing else', () => {
    const tally = count([
      [0, active('a')],
      [1 * MINUTE, acked()],
      [2 * MINUTE, { event: 'RE-ALARM', count: 1, announced: true }],
      [3 * MINUTE, { event: 'PRIORITY_CHANGED', from: 3, to: 2, announced: true }],
      [4 * MINUTE, { event: 'PRIORITY_CHANGED', from: 2, to: 3, announced: false }],
      [5 * MINUTE, { event: 'COMMENT', text: 'seen' }],
      [6 * MINUTE, gone()],
      [7 * MINUTE, active('b', false), { alarmId: 'b' }],
    ]);
    expect([tally.annunciated, tally.notAnnunciated]).toEqual([3, 1]);
  });

  it('puts empty periods into the averages', () => {
    const tally = count([[5 * MINUTE, active('a')]], 0, 10 * PERIOD_MS);
    expect(value(tally, 'per10Min')).toBe(0.1);
    expect(value(tally, 'perHour')).toBeCloseTo(0.6);
    expect(value(tally, 'perDay')).toBeCloseTo(14.4);
    expect(value(tally, 'periodsAbove10')).toBe(0);
  });

  it('calls three in 60 s chatter, also across the start of the window, and 61 s not', () => {
    const three = (gapMs: number, fromMs = 0) =>
      value(
        count(
          [
            [1000, active('a')],
            [1500, gone()],
            [1000 + gapMs, again()],
            [1500 + gapMs, gone()],
            [1000 + gapMs * 2, again()],
          ],
          fromMs,
        ),
        'chattering',
      );
    expect(three(29_999)).toBe(1);
    expect(three(30_000)).toBe(0);
    expect(three(29_999, 40_000)).toBe(1);
  });

  it('calls it fleeting when it went within 10 s and nobody acted', () => {
    const lasting = (ms: number, ...between: Entry[]) =>
      value(count([[0, active('a')], ...between, [ms, gone()]]), 'fleeting');
    expect(lasting(9_999)).toBe(1);
    expect(lasting(10_000)).toBe(0);
    expect(lasting(9_999, [5_000, acked()])).toBe(0);
    expect(lasting(9_999, [5_000, { event: 'UNCERTAIN', why: 'offline' }])).toBe(1);
  });

  it('calls it stale after 24 h of standing, on each day once, and not while it is set aside', () => {
    const days = 24 * HOUR;
    const shelf: Change = { event: 'SHELVED', untilMs: 99 * days, reason: 'known', extensions: 0 };
    const stale = (toMs: number, ...more: Entry[]) => count([[HOUR, active('a')], ...more], 0, toMs);
    expect(stale(days + HOUR).staleOn.size).toBe(0);
    expect([...stale(days + HOUR + 1).staleOn.keys()]).toEqual([1]);
    expect([...stale(3 * days).staleOn.keys()]).toEqual([1, 2]);
    expect(stale(3 * days, [2 * HOUR, shelf]).staleOn.size).toBe(0);
    expect(stale(3 * days, [2 * HOUR, gone()]).staleOn.size).toBe(0);
  });

  it('measures the time from the first announcement to the acknowledgement', () => {
    const tally = count([
      [0, active('a')],
      [10 * SECOND, gone()],
      [20 * SECOND, again()],
      [50 * SECOND, acked()],
    ]);
    expect(value(tally, 'timeToAck')).toBe(50);
  });

  it('finds what was set aside without a person or a reason', () => {
    const shelf = (reason: string): Change => ({ event: 'SHELVED', untilMs: HOUR, reason, extensions: 0 });
    const unauthorised = (entry: Entry) => value(count([[0, active('a')], entry]), 'unauthorisedSuppression');
    expect(unauthorised([1000, shelf('pump overhaul')])).toBe(0);
    expect(unauthorised([1000, shelf(' ')])).toBe(1);
    expect(unauthorised([1000, shelf('because'), { actor: 'rule:limit' }])).toBe(1);
  });

  it('I15: gives the same whatever the portions, and sums that agree', () => {
    fc.assert(
      fc.property(
        journal,
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30, size: 'max' }),
        fc.nat(12 * HOUR),
        (facts, sizes, beginMs) => {
          const nowMs = (facts.at(-1)?.transition.serverMs ?? 0) + 1;
          const { fromMs, toMs } = wholePeriods(Math.min(beginMs, nowMs), nowMs);
          const whole = createCounting(fromMs, toMs);
          whole.add(facts);
          const live = createCounting(fromMs, toMs);
          for (const part of portions(facts, sizes)) {
            live.add(part);
            const atMs = part.at(-1)?.transition.serverMs;
            if (atMs !== undefined) live.read(atMs);
          }
          const tally = whole.read(nowMs);
          expect(live.read(nowMs)).toEqual(tally);
          const announced = facts.filter((fact) => isAnnounced(fact) && fact.transition.serverMs >= fromMs).length;
          const sum = (counts: Iterable<number>) => [...counts].reduce((a, b) => a + b, 0);
          expect(tally.annunciated).toBe(announced);
          expect(sum(tally.periods.values())).toBe(announced);
          expect(sum(tally.byPriority)).toBe(announced);
          expect(sum([...tally.alarms.values()].map((alarm) => alarm.count))).toBe(announced);
          expect(sum(seriesOf(tally).counts)).toBe(announced);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('verdicts', () => {
  it.each([
    ['per10Min', 1, 'acceptable'],
    ['per10Min', 2, 'manageable'],
    ['per10Min', 2.1, 'action'],
    ['periodsAbove10', 0.99, 'acceptable'],
    ['periodsAbove10', 1, 'action'],
    ['stale', 4, 'acceptable'],
    ['stale', 5, 'action'],
    ['chattering', 1, 'action'],
    ['dataDays', 29.9, 'action'],
    ['dataDays', 30, 'acceptable'],
    ['top10Share', null, null],
    ['timeToAck', 12, null],
  ] as const)('%s of %s is %s', (key, measured, verdict) => {
    expect(judge(key, measured)).toBe(verdict);
  });

  it('clips floods to the window and to the present', () => {
    const flood = { peak: 11, activations: [], acks: [] };
    expect(
      floodMs(
        [
          { ...flood, startMs: 0, endMs: 100 },
          { ...flood, startMs: 150, endMs: null },
        ],
        50,
        300,
        200,
      ),
    ).toBe(100);
  });
});
