// Invariants of alarm management under thousands of random histories.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatewayConnection } from './connection.ts';
import { alarmState, isModified } from './facts.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { replay, type Transition } from './transition.ts';

type Step =
  | { readonly do: 'value'; readonly value: number }
  | { readonly do: 'bad' | 'wait' | 'reset' | 'unshelve' | 'gateway-off' | 'gateway-on' | 'oos-on' | 'oos-off' }
  | { readonly do: 'ack'; readonly seen: number | null }
  | { readonly do: 'shelve'; readonly minutes: number; readonly oneShot: boolean };

const step: fc.Arbitrary<{ step: Step; after: number }> = fc.record({
  step: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('value' as const), value: fc.integer({ min: 120, max: 140 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('bad' as const, 'wait' as const, 'reset' as const, 'unshelve' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('gateway-off' as const, 'gateway-on' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('oos-on' as const, 'oos-off' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('ack' as const), seen: fc.option(fc.integer({ min: 1, max: 4 })) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('shelve' as const),
        minutes: fc.integer({ min: 0, max: 300 }),
        oneShot: fc.boolean(),
      }),
    },
  ),
  after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30_000 }), fc.constant(10_000)),
});

const definitions = fc.record({
  latching: fc.boolean(),
  onDelayS: fc.constantFrom(0, 10),
  offDelayS: fc.constantFrom(0, 10),
  commLoss: fc.boolean(),
});

/** Value over the comm-loss rule's 0 and 1 too: 120-129 even is lost. */
const played = fc.tuple(definitions, fc.array(step, { maxLength: 40 }));

function play(
  [{ commLoss, ...timing }, steps]: [
    { commLoss: boolean; latching: boolean; onDelayS: number; offDelayS: number },
    { step: Step; after: number }[],
  ],
  check: (
    hand: ReturnType<typeof handDriven>,
    step: Step,
    before: ReturnType<typeof handDriven>['record'],
    new_: readonly Transition[],
  ) => void,
): ReturnType<typeof handDriven> {
  const definition = definitionOf({ ...timing, ...(commLoss ? { rule: { kind: 'comm-loss' } as const } : {}) });
  const hand = handDriven(definition);
  let atMs = 0;
  for (const { step, after } of steps) {
    atMs += after;
    const { record } = hand;
    const length = hand.journal.length;
    if (step.do === 'value') hand.at(atMs, commLoss ? step.value % 2 : step.value);
    else if (step.do === 'bad') hand.bad(atMs);
    else if (step.do === 'wait') hand.wait(atMs);
    else if (step.do === 'reset') hand.reset(atMs);
    else if (step.do === 'unshelve') hand.unshelve(atMs);
    else if (step.do === 'ack') hand.ack(atMs, step.seen ?? undefined);
    else if (step.do === 'shelve') hand.shelve(atMs, step.minutes, step.oneShot);
    else if (step.do === 'oos-on') hand.outOfService(atMs);
    else if (step.do === 'oos-off') hand.inService(atMs);
    else {
      const online = step.do === 'gateway-on';
      hand.take(
        gatewayConnection(definition, hand.state, {
          online,
          deviceOnline: true,
          cause: 'gateway:g',
          sourceMs: atMs,
          atMs,
        }),
      );
    }
    check(hand, step, record, hand.journal.slice(length));
  }
  return hand;
}

const runs = { numRuns: 3000 };

describe('invariants', () => {
  it('I1: one occurrence at a time, each opened once and closed at most once', () => {
    fc.assert(
      fc.property(played, (history) => {
        const { journal } = play(history, () => undefined);
        let open = false;
        for (const { event } of journal) {
          if (event === 'ACTIVE') {
            expect(open).toBe(false);
            open = true;
          } else if (event === 'CLOSED') {
            expect(open).toBe(true);
            open = false;
          } else if (event !== 'OOS_ON' && event !== 'OOS_OFF') expect(open).toBe(true);
        }
      }),
      runs,
    );
  });

  it('I2: the state follows from the facts alone, and NORM means closed', () => {
    fc.assert(
      fc.property(played, (history) => {
        play(history, (hand) => {
          const { facts, occurrence } = hand.record;
          expect(alarmState({ ...facts })).toBe(hand.shown);
          if (!isModified(facts)) expect(hand.shown === 'NORM').toBe(occurrence === null);
        });
      }),
      runs,
    );
  });

  it('I3: replaying the journal gives the state', () => {
    fc.assert(
      fc.property(played, (history) => {
        const hand = play(history, () => undefined);
        if (hand.record.occurrence === null) expect(replay(hand.journal).occurrence).toBeNull();
        else expect(replay(hand.journal)).toEqual(hand.record);
      }),
      runs,
    );
  });

  it('I4: every entry has an actor and both times', () => {
    fc.assert(
      fc.property(played, (history) => {
        for (const entry of play(history, () => undefined).journal) {
          expect(entry.actor).not.toBe('');
          expect(Number.isFinite(entry.sourceMs) && Number.isFinite(entry.serverMs)).toBe(true);
          expect(entry.sourceMs).toBeLessThanOrEqual(entry.serverMs);
        }
      }),
      runs,
    );
  });

  it('I5 and I6: what holds is on the list, and nothing unacknowledged leaves it unless it was set aside', () => {
    fc.assert(
      fc.property(played, (history) => {
        play(history, (hand, _step, before, entries) => {
          if (hand.record.facts.cond) expect(hand.record.occurrence).not.toBeNull();
          const closed = entries.find((entry) => entry.event === 'CLOSED');
          if (closed !== undefined && !isModified(before.facts))
            expect(before.facts.acked || entries.some((entry) => entry.event === 'ACK')).toBe(true);
        });
      }),
      runs,
    );
  });

  it('I7: set aside means one of three lists, announced means none of them', () => {
    fc.assert(
      fc.property(played, (history) => {
        play(history, (hand, _step, before, entries) => {
          const aside = ['SHLVD', 'DSUPR', 'OOSRV'].includes(hand.shown);
          expect(aside).toBe(isModified(hand.record.facts));
          // A suppression without an occurrence ends without an entry.
          for (const entry of entries)
            if ('announced' in entry && entry.announced && before.occurrence !== null && isModified(before.facts))
              expect(entries.some(({ event }) => ['UNSHELVED', 'UNSUPPRESSED', 'OOS_OFF'].includes(event))).toBe(true);
        });
      }),
      runs,
    );
  });

  it('I8: a shelf never outlives its time, a one-shot shelf never its condition', () => {
    fc.assert(
      fc.property(played, (history) => {
        const hand = play(history, ({ record: { facts } }) => {
          if (facts.shelf?.oneShot === true) expect(facts.cond).toBe(true);
        });
        const untilMs = hand.record.facts.shelf?.untilMs;
        if (untilMs === undefined) return;
        hand.wait(untilMs);
        expect(hand.record.facts.shelf).toBeNull();
      }),
      runs,
    );
  });

  it('I9: bad quality never clears', () => {
    fc.assert(
      fc.property(played, (history) => {
        play(history, (hand, step, before, entries) => {
          // A delay that had already passed may end with the same call; its reading was good.
          if (step.do !== 'bad' || entries.some((entry) => entry.event === 'RTN')) {
            for (const entry of entries)
              if (step.do === 'bad' && entry.event === 'RTN') expect(hand.state.watch.raw).toBe(false);
            return;
          }
          expect(hand.record.facts.cond || !before.facts.cond).toBe(true);
        });
      }),
      runs,
    );
  });

  it('I10: a reset works only after the condition has gone and somebody has acknowledged', () => {
    fc.assert(
      fc.property(played, (history) => {
        play(history, (_hand, step, before, entries) => {
          if (step.do === 'reset' && entries.length > 0) {
            expect(before.facts.cond).toBe(false);
            expect(before.facts.acked).toBe(true);
            expect(before.facts.latched).toBe(true);
          }
        });
      }),
      runs,
    );
  });

  it('I11 and I12: an acknowledgement never covers an activation that was not seen, and the first one counts', () => {
    fc.assert(
      fc.property(played, (history) => {
        play(history, (hand, step, before, entries) => {
          if (step.do !== 'ack') return;
          const acked = entries.some((entry) => entry.event === 'ACK');
          if (acked && step.seen !== null) expect(before.occurrence?.activationSeq).toBe(step.seen);
          if (before.facts.acked) expect(acked).toBe(false);
          const { length } = hand.journal;
          const again = hand.ack(0, undefined, 'li');
          expect(hand.journal.length - length <= (acked ? 0 : 2)).toBe(true);
          if (acked) expect(again).toEqual({ ok: true, transitions: [] });
        });
      }),
      runs,
    );
  });

  it('I17: shorter than the on-delay never announces, a gap shorter than the off-delay never clears', () => {
    const blips = fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(blips, fc.integer({ min: 1, max: 5000 }), (lengths, gap) => {
        const definition = definitionOf({ onDelayS: 10, offDelayS: 10 });
        const hand = handDriven(definition);
        let atMs = 0;
        for (const length of lengths) {
          hand.at(atMs, 135);
          atMs += length;
          hand.at(atMs, 120);
          atMs += gap;
        }
        expect(hand.journal).toEqual([]);
        hand.at(atMs, 135);
        hand.wait(atMs + 10_000);
        expect(hand.events).toEqual(['ACTIVE']);
        atMs += 10_000;
        for (const length of lengths) {
          hand.at(atMs, 120);
          atMs += length;
          hand.at(atMs, 135);
          atMs += gap;
        }
        expect(hand.events).toEqual(['ACTIVE']);
      }),
      runs,
    );
  });
});
