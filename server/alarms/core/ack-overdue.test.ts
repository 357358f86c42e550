// Acknowledgements that do not come in time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isModified } from './facts.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { newRuleState } from './rule-state.ts';
import { replay } from './transition.ts';

const MIN = 60_000;
const overdue = (hand: ReturnType<typeof handDriven>) =>
  hand.journal.filter(({ event }) => event === 'ACK_OVERDUE').map(({ sourceMs }) => sourceMs / MIN);

describe('overdue acknowledgement', () => {
  it.each([
    [1, 5],
    [2, 15],
    [3, 60],
    [4, 480],
  ])('is noted once at priority %i after %i min, also when it has returned', (priority, minutes) => {
    const hand = handDriven(definitionOf({ priority }));
    hand.at(0, 135);
    hand.at(MIN, 120);
    hand.wait(minutes * MIN - 1);
    expect(overdue(hand)).toEqual([]);
    hand.wait(minutes * MIN);
    hand.wait(5000 * MIN);
    expect(overdue(hand)).toEqual([minutes]);
    expect(hand.shown).toBe('RTNUN');
  });

  it('is stopped by the acknowledgement, a shelf or out of service, and begins again with the next announcement', () => {
    const acked = handDriven(definitionOf());
    acked.at(0, 135);
    acked.ack(14 * MIN);
    acked.wait(5000 * MIN);
    expect(overdue(acked)).toEqual([]);
    const shelved = handDriven(definitionOf());
    shelved.at(0, 135);
    shelved.shelve(10 * MIN, 30);
    shelved.wait(40 * MIN);
    shelved.wait(5000 * MIN);
    expect(overdue(shelved)).toEqual([55]);
    const service = handDriven(definitionOf());
    service.outOfService(0);
    service.at(0, 135);
    service.inService(50 * MIN);
    service.wait(5000 * MIN);
    expect(overdue(service)).toEqual([65]);
  });

  it('does not begin again with every activation of an alarm that comes and goes', () => {
    const hand = handDriven(definitionOf());
    for (let minute = 0; minute < 15; minute++) {
      hand.at(minute * MIN, 135);
      hand.at((minute + 0.5) * MIN, 120);
    }
    hand.wait(15 * MIN);
    expect(overdue(hand)).toEqual([15]);
    hand.at(20 * MIN, 135);
    hand.wait(5000 * MIN);
    expect(overdue(hand)).toEqual([15, 35]);
  });

  it('runs on while the server is down, and is told once at the start', () => {
    const before = handDriven(definitionOf());
    before.at(0, 135);
    const hand = handDriven(definitionOf(), newRuleState(60 * MIN, before.record));
    hand.wait(60 * MIN);
    expect(hand.journal).toMatchObject([{ event: 'ACK_OVERDUE', sourceMs: 15 * MIN, serverMs: 60 * MIN }]);
    const again = handDriven(definitionOf(), newRuleState(70 * MIN, hand.record));
    again.wait(90 * MIN);
    expect(again.events).toEqual([]);
  });

  it('for any history: only while announced and unacknowledged, at most once for each activation', () => {
    const step = fc.record({
      after: fc.integer({ min: 1, max: 20 * MIN }),
      what: fc.constantFrom('on' as const, 'off' as const, 'ack' as const, 'shelve' as const, 'wait' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, reAlarm) => {
        const hand = handDriven(definitionOf(reAlarm ? { reAlarm: { afterMin: 7, times: 3 } } : {}));
        let atMs = 0;
        for (const { after, what } of steps) {
          atMs += after;
          hand.wait(atMs);
          if (what === 'on' || what === 'off') hand.at(atMs, what === 'on' ? 135 : 120);
          else if (what === 'ack') hand.ack(atMs);
          else if (what === 'shelve') hand.shelve(atMs, 10);
          const { facts, occurrence } = hand.record;
          expect(
            occurrence === null || (occurrence.unacknowledgedSinceMs === null) === facts.acked || isModified(facts),
          ).toBe(true);
        }
        const seen = new Set<string>();
        hand.journal.forEach((entry, index) => {
          if (entry.event !== 'ACK_OVERDUE') return;
          const { facts, occurrence } = replay(hand.journal.slice(0, index));
          expect([facts.acked, isModified(facts)]).toEqual([false, false]);
          const activation = `${occurrence?.id} ${occurrence?.activationSeq}`;
          expect(seen.has(activation)).toBe(false);
          seen.add(activation);
        });
      }),
      { numRuns: 2000 },
    );
  });
});
