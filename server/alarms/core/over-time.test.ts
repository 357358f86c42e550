// Rules that look at time in the whole engine: they wake without readings, hold through gaps, wait for backlogs, and a
// restart neither invents nor repeats anything.
import type { AlarmDefinition } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceConnection } from './connection.ts';
import { definitionsOf } from './definition.ts';
import { alarmOf, classOf, definitionOf, handDriven } from './fixtures.ts';
import { observeLate } from './late-data.ts';
import { recallHistory } from './observe-point.ts';
import { wakeAt } from './qualification.ts';
import { redefine } from './reload.ts';
import { newRuleState } from './rule-state.ts';
import { NO_SETTINGS } from './settings.ts';
import { DEFAULT_SITE } from './site.ts';

const RUN: AlarmDefinition['rule'] = { kind: 'duration', point: 'tripped', equals: 1, forS: 3600 };
const RATE: AlarmDefinition['rule'] = {
  kind: 'rate-of-change',
  point: 'temperature',
  rise: 1,
  windowS: 60,
  deadband: 0,
};
const HOUR = 3600_000;
const usable = { usable: true, why: 'good' } as const;
const history = (...readings: readonly (readonly [number, number | null])[]) =>
  readings.map(([atMs, value]) => ({
    point: 'tripped',
    reading: { value, shown: value, usable: value !== null, why: 'x', sourceMs: atMs, atMs },
  }));

describe('rules that look at time', () => {
  it('wake by themselves, with the delay after them', () => {
    const hand = handDriven(definitionOf({ rule: RUN, onDelayS: 10 }));
    hand.point(0, 'tripped', 0);
    hand.point(1000, 'tripped', 1);
    expect(wakeAt(definitionOf({ rule: RUN }), hand.state)).toBe(HOUR + 1000);
    hand.wait(HOUR + 10_999);
    expect(hand.events).toEqual([]);
    hand.wait(HOUR + 11_000);
    expect(hand.journal).toMatchObject([{ event: 'ACTIVE', value: 1, sourceMs: HOUR + 11_000 }]);
    hand.point(HOUR + 20_000, 'tripped', 0);
    expect(hand.events).toEqual(['ACTIVE', 'RTN']);
  });

  it('return by themselves when the window has slid on', () => {
    const hand = handDriven(definitionOf({ rule: RATE }));
    hand.point(0, 'temperature', 20);
    hand.point(90_000, 'temperature', 25);
    expect(hand.shown).toBe('UNACK');
    hand.wait(149_999);
    expect(hand.events).toEqual(['ACTIVE']);
    hand.wait(150_000);
    expect(hand.events).toEqual(['ACTIVE', 'RTN']);
  });

  it('I9: hold through bad readings and do not count them', () => {
    const hand = handDriven(definitionOf({ rule: RUN }));
    hand.point(0, 'tripped', 0);
    hand.point(0, 'tripped', 1);
    hand.point(HOUR / 2, 'tripped', null);
    hand.wait(3 * HOUR);
    expect(hand.events).toEqual([]);
    hand.point(3 * HOUR, 'tripped', 1);
    hand.wait(3.5 * HOUR - 1);
    expect(hand.events).toEqual([]);
    hand.wait(3.5 * HOUR);
    hand.point(4 * HOUR, 'tripped', null);
    hand.wait(9 * HOUR);
    expect(hand.events).toEqual(['ACTIVE', 'ACK_OVERDUE', 'UNCERTAIN']);
  });

  it('ask nothing while the device does not answer', () => {
    const definition = definitionOf({ rule: RUN });
    const hand = handDriven(definition);
    hand.point(0, 'tripped', 0);
    hand.point(0, 'tripped', 1);
    hand.take(deviceConnection(definition, hand.state, false, HOUR / 2, HOUR / 2));
    expect(wakeAt(definition, hand.state)).toBe(Number.POSITIVE_INFINITY);
    hand.take(deviceConnection(definition, hand.state, true, 3 * HOUR, 3 * HOUR));
    hand.point(3 * HOUR, 'tripped', 1);
    hand.wait(3.5 * HOUR - 1);
    expect(hand.events).toEqual([]);
    hand.wait(3.5 * HOUR);
    expect(hand.events).toEqual(['ACTIVE']);
  });

  it('count at the source: a backlog of starts over a day is no burst', () => {
    const definition = definitionOf({ rule: { kind: 'count', point: 'tripped', equals: 1, above: 2, windowS: 3600 } });
    const hand = handDriven(definition);
    for (let index = 0; index < 20; index++) hand.point(24 * HOUR, 'tripped', index % 2, index * HOUR);
    hand.wait(24 * HOUR + 20_000);
    expect(hand.events).toEqual([]);
    for (let index = 0; index < 6; index++)
      hand.point(24 * HOUR + 20_000, 'tripped', index % 2, 20 * HOUR + index * 60_000);
    expect(hand.events).toEqual(['ACTIVE']);
  });

  it('wait for the rest of a backlog before they conclude anything from silence', () => {
    const hand = handDriven(definitionOf({ rule: RUN }));
    hand.point(10 * HOUR, 'tripped', 0, 0);
    hand.point(10 * HOUR, 'tripped', 1, HOUR);
    hand.point(10 * HOUR + 5000, 'tripped', 0, HOUR * 1.5);
    hand.wait(11 * HOUR);
    expect(hand.events).toEqual([]);
    const alone = handDriven(definitionOf({ rule: RUN }));
    alone.point(10 * HOUR, 'tripped', 0, 0);
    alone.point(10 * HOUR, 'tripped', 1, HOUR);
    alone.wait(10 * HOUR + 9999);
    expect(alone.events).toEqual([]);
    alone.wait(10 * HOUR + 10_000);
    expect(alone.events).toEqual(['ACTIVE']);
  });

  it('judge nothing that comes late', () => {
    const definition = definitionOf({ rule: RUN });
    const reading = { value: 1, shown: 1, sourceMs: 0, atMs: HOUR, ...usable };
    expect(observeLate(definition, newRuleState(0), reading, { epoch: 1, seq: 1 }).transitions).toEqual([]);
  });

  it('combine an open door with the hours of the office, and change without a reading', () => {
    const site = { ...DEFAULT_SITE, timeZone: 'Asia/Shanghai' };
    const office = { kind: 'schedule', days: ['mon'], from: '08:00', to: '18:00', onHolidays: 'as-usual' } as const;
    const rule: AlarmDefinition['rule'] = {
      kind: 'all',
      of: [
        { kind: 'state', point: 'tripped', equals: 1 },
        { kind: 'not', of: { ...office, days: ['mon'] } },
      ],
    };
    const [definition] = definitionsOf(classOf({ door: alarmOf({ rule }) }), NO_SETTINGS, site);
    if (definition === undefined) throw new Error('the class has no alarm');
    const hand = handDriven(definition);
    const noon = Date.parse('2026-09-28T12:00:00+08:00');
    hand.point(noon, 'tripped', 1);
    expect(wakeAt(definition, hand.state)).toBe(noon + 6 * HOUR);
    hand.wait(noon + 6 * HOUR);
    expect(hand.journal).toMatchObject([{ event: 'ACTIVE', sourceMs: noon + 6 * HOUR }]);
    hand.ack(noon + 6 * HOUR);
    hand.point(noon + 7 * HOUR, 'tripped', 0);
    expect(hand.events).toEqual(['ACTIVE', 'ACK', 'RTN', 'CLOSED']);
  });

  it('forget what another definition remembered', () => {
    const hand = handDriven(definitionOf({ rule: RUN }));
    hand.point(0, 'tripped', 0);
    hand.point(0, 'tripped', 1);
    const other = definitionOf({ rule: { kind: 'count', point: 'tripped', equals: 1, above: 0, windowS: 60 } });
    const next = handDriven(other, redefine(other, hand.state, null, 1000).state);
    next.point(2000, 'tripped', 1);
    next.wait(62_000);
    expect(next.events).toEqual([]);
  });
});

describe('a restart', () => {
  const definition = definitionOf({ rule: RUN });

  it('goes on with the time that had run, after births and backlog had their chance', () => {
    const state = recallHistory(definition, newRuleState(2 * HOUR), history([0, 0], [HOUR, 1]), 2 * HOUR + 10_000);
    const hand = handDriven(definition, state);
    hand.wait(2 * HOUR + 9999);
    expect(hand.events).toEqual([]);
    hand.wait(2 * HOUR + 10_000);
    expect(hand.events).toEqual(['ACTIVE']);
  });

  it('does not announce again what is open, and does not end what it cannot judge', () => {
    const before = handDriven(definition);
    before.point(0, 'tripped', 0);
    before.point(0, 'tripped', 1);
    before.wait(HOUR);
    before.ack(HOUR);
    const state = newRuleState(2 * HOUR, before.record);
    const known = handDriven(definition, recallHistory(definition, state, history([0, 0], [1, 1]), 2 * HOUR + 10_000));
    known.wait(2 * HOUR + 10_000);
    expect([known.events, known.shown]).toEqual([[], 'ACKED']);
    const unknown = handDriven(definition, state);
    unknown.point(2 * HOUR, 'tripped', 1);
    expect([unknown.events, unknown.shown]).toEqual([['UNCERTAIN'], 'ACKED']);
    unknown.wait(3 * HOUR);
    expect([unknown.events, unknown.shown]).toEqual([['UNCERTAIN', 'CERTAIN'], 'ACKED']);
  });

  it('at any moment changes nothing of what is announced later', () => {
    const step = fc.record({ after: fc.integer({ min: 11_000, max: HOUR }), value: fc.constantFrom(0, 1, 1, null) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 12 }), fc.nat(11), (steps, cut) => {
        let atMs = 0;
        const readings = steps.map(({ after, value }) => {
          atMs += after;
          return [atMs, value] as const;
        });
        const feed = (hand: ReturnType<typeof handDriven>, part: typeof readings) => {
          for (const [readAtMs, value] of part) hand.point(readAtMs, 'tripped', value);
        };
        const through = handDriven(definition);
        feed(through, readings);
        through.wait(atMs + 2 * HOUR);
        const stopAt = Math.min(cut, readings.length - 1);
        const first = handDriven(definition);
        feed(first, readings.slice(0, stopAt + 1));
        const restartMs = readings[stopAt]?.[0] ?? 0;
        const { pending } = first.state.watch;
        const reloaded = newRuleState(restartMs, first.record, pending);
        const past = history(...readings.slice(0, stopAt + 1));
        const second = handDriven(definition, recallHistory(definition, reloaded, past, restartMs + 10_000));
        feed(second, readings.slice(stopAt + 1));
        second.wait(atMs + 2 * HOUR);
        const told = (events: readonly string[]) =>
          events.filter((event) => event !== 'UNCERTAIN' && event !== 'CERTAIN');
        expect(told([...first.events, ...second.events])).toEqual(told(through.events));
      }),
      { numRuns: 1000 },
    );
  });
});
