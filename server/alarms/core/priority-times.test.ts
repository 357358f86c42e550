// Priority by schedule: whatever happens, an open alarm has the priority of the time in which it stands.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';
import { priorityInForce } from './priority-times.ts';
import { newRuleState } from './rule-state.ts';

const HOUR = 3_600_000;
/** 1970-01-01 was a Thursday. */
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const night = { days: [...DAYS], from: '22:00', to: '06:00', onHolidays: 'as-usual' as const };
const definition = definitionOf({ priority: 3, priorityWhen: [{ schedule: night, priority: 2 }] });

describe('priority by schedule', () => {
  it('is the one of the time, until its boundary', () => {
    expect(priorityInForce(definition, 1, 12 * HOUR)).toEqual({ priority: 3, untilMs: 22 * HOUR });
    expect(priorityInForce(definition, 1, 22 * HOUR)).toEqual({ priority: 2, untilMs: 30 * HOUR });
    expect(priorityInForce(definition, 1, 30 * HOUR)).toEqual({ priority: 3, untilMs: 46 * HOUR });
  });

  it('takes the first of several times that apply', () => {
    const several = definitionOf({
      priority: 3,
      priorityWhen: [
        { schedule: { ...night, days: ['thu'] }, priority: 1 },
        { schedule: night, priority: 2 },
      ],
    });
    expect(priorityInForce(several, 1, 23 * HOUR)).toEqual({ priority: 1, untilMs: 30 * HOUR });
    expect(priorityInForce(several, 1, 47 * HOUR)).toEqual({ priority: 2, untilMs: 54 * HOUR });
  });

  it('announces a more urgent time again, and a less urgent one not', () => {
    const hand = handDriven(definition);
    hand.at(21 * HOUR, 150);
    hand.ack(21 * HOUR + 1);
    hand.wait(22 * HOUR);
    expect(hand.shown).toBe('UNACK');
    hand.ack(22 * HOUR + 1);
    hand.wait(30 * HOUR);
    expect([hand.shown, hand.record.occurrence?.priority]).toEqual(['ACKED', 3]);
    expect(hand.events).toEqual(['ACTIVE', 'ACK', 'PRIORITY_CHANGED', 'ACK', 'PRIORITY_CHANGED']);
  });

  it('for any history, with restarts: the priority of an open alarm is the one in force now', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 9 * HOUR }),
      do: fc.constantFrom('high', 'low', 'wait', 'ack', 'restart'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        let hand = handDriven(definition);
        let nowMs = 0;
        for (const { afterMs, do: what } of steps) {
          nowMs += afterMs;
          if (what === 'restart') hand = handDriven(definition, newRuleState(nowMs, hand.record));
          hand.wait(nowMs);
          if (what === 'high') hand.at(nowMs, 150);
          if (what === 'low') hand.at(nowMs, 20);
          if (what === 'ack') hand.ack(nowMs);
          const { occurrence } = hand.record;
          if (occurrence !== null) expect(occurrence.priority).toBe(priorityInForce(definition, 1, nowMs).priority);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
