// Invariants of alarm management under thousands of random histories.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmState, isModified } from './facts.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { play, played } from './histories.ts';
import { replay } from './transition.ts';

const runs = { numRuns: 2000 };

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
