// Invariants of the journal and its times under thousands of random histories.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play, played } from './histories.ts';
import { replay } from './transition.ts';

const runs = { numRuns: 1000 };

describe('invariants of the journal', () => {
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
      runs,
    );
  });

  it('I13: whatever is announced has an open occurrence, so its order has one key', () => {
    fc.assert(
      fc.property(played, (history) => {
        const ids = new Set<string>();
        play(history, (hand, _step, _before, entries) => {
          for (const entry of entries)
            if (entry.event === 'ACTIVE') {
              expect(ids.has(entry.id)).toBe(false);
              ids.add(entry.id);
            }
          const { occurrence } = hand.record;
          if (occurrence !== null) expect(ids.has(occurrence.id)).toBe(true);
        });
      }),
      runs,
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
      runs,
    );
  });
});
