// Invariants of alarm management under thousands of random histories.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmState, isModified } from './facts.ts';
import { play, type Step } from './histories.ts';
import { replay } from './transition.ts';

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
    { weight: 1, arbitrary: fc.constant({ do: 'flap' as const }) },
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
  after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30_000 }), fc.constantFrom(10_000, 65_000, 1_000_000)),
});

const definitions = fc.record({
  latching: fc.boolean(),
  onDelayS: fc.constantFrom(0, 10),
  offDelayS: fc.constantFrom(0, 10),
  kind: fc.constantFrom('limit' as const, 'comm-loss' as const, 'over-time' as const),
});

/** Value over the comm-loss rule's 0 and 1 too: 120-129 even is lost. */
const played = fc.tuple(definitions, fc.array(step, { maxLength: 40 }));

const runs = { numRuns: 2000 };

describe('invariants', () => {
  it('are about histories in which everything happens, with every kind of rule', () => {
    const seen = new Set(
      fc
        .sample(played, 4000)
        .flatMap((history) => play(history, () => undefined).journal.map(({ event, actor }) => `${event} ${actor}`)),
    );
    for (const entry of ['ACTIVE rule:any', 'RTN rule:any', 'RE-ACTIVE rule:limit', 'ACTIVE rule:comm-loss'])
      expect(seen).toContain(entry);
    for (const event of ['CHATTERING_ON', 'CHATTERING_OFF', 'UNCERTAIN', 'ACK_OVERDUE'])
      expect(seen).toContain(`${event} system`);
  });

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
          if (step.do !== 'bad') return;
          expect(entries.map(({ event }) => event)).not.toContain('RTN');
          expect(hand.record.facts.cond).toBe(before.facts.cond);
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

  it('I14: entries are in the order in which they happened, and each follows from those before it', () => {
    fc.assert(
      fc.property(played, (history) => {
        const { journal } = play(history, () => undefined);
        for (const [index, entry] of journal.entries()) {
          const before = replay(journal.slice(0, index));
          expect(entry.serverMs).toBeGreaterThanOrEqual(journal[index - 1]?.serverMs ?? 0);
          if (entry.event === 'RE-ACTIVE') expect(before.facts.cond).toBe(false);
          if (entry.event === 'RTN') expect(before.facts.cond).toBe(true);
          if (entry.event === 'CHATTERING_ON' || entry.event === 'CHATTERING_OFF')
            expect(before.occurrence?.chattering).toBe(entry.event === 'CHATTERING_OFF');
          if (entry.event === 'ACK_OVERDUE') expect(before.facts.acked).toBe(false);
          if (before.occurrence?.chattering === true) expect(['RTN', 'RE-ACTIVE', 'ACTIVE']).not.toContain(entry.event);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('I13: whatever is announced has an open occurrence, so its order has one key', () => {
    fc.assert(
      fc.property(played, (history) => {
        const { journal, record } = play(history, () => undefined);
        const ids = journal.flatMap((entry) => (entry.event === 'ACTIVE' ? [entry.id] : []));
        expect(new Set(ids).size).toBe(ids.length);
        for (const [index, entry] of journal.entries())
          if ('announced' in entry && entry.announced)
            expect(replay(journal.slice(0, index + 1)).occurrence).not.toBeNull();
        if (record.occurrence !== null) expect(ids.at(-1)).toBe(record.occurrence.id);
      }),
      { numRuns: 1000 },
    );
  });

  it('I19: no timer depends on the time of day: the same history later gives the same journal, later', () => {
    const shifted = (history: Parameters<typeof play>[0], byMs: number) => {
      const hand = play([history[0], [{ step: { do: 'wait' }, after: byMs }, ...history[1]]], () => undefined);
      return hand.journal.map((entry) => ({
        ...entry,
        sourceMs: entry.sourceMs - byMs,
        serverMs: entry.serverMs - byMs,
        ...('untilMs' in entry ? { untilMs: entry.untilMs - byMs } : {}),
        ...('reviewAtMs' in entry ? { reviewAtMs: entry.reviewAtMs - byMs } : {}),
        ...('oos' in entry && entry.oos !== undefined
          ? { oos: { ...entry.oos, reviewAtMs: entry.oos.reviewAtMs - byMs } }
          : {}),
      }));
    };
    fc.assert(
      fc.property(played, fc.integer({ min: 0, max: 400 * 86_400_000 }), (history, byMs) => {
        expect(shifted(history, byMs)).toEqual(shifted(history, 0));
      }),
      { numRuns: 1000 },
    );
  });
});
