// One turn: every block that was asked for has its outcome, however little the device answers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimedOutcome } from './core/device-plan.ts';
import { overlaps, type Span } from './core/span.ts';
import { readTurn } from './read-turn.ts';

const holding = (address: number, count: number): Span => ({ area: 'holding', address, count });
const refused: TimedOutcome = { outcome: { kind: 'exception', code: 2 }, timeMs: 1 };
const answer = (span: Span): TimedOutcome => ({
  outcome: { kind: 'answer', registers: Array.from({ length: span.count }, () => 0) },
  timeMs: 1,
});

describe('a turn', () => {
  it('of a device that refuses everything says so of every point, though it may not divide on', async () => {
    const wanted = Array.from({ length: 40 }, (_, index) => holding(index * 2, 2));
    const { outcomes, isUnfinished } = await readTurn(
      { requests: [holding(0, 80)], probes: [], wanted, maxExtra: 8 },
      async () => refused,
    );
    const missing = wanted.filter((span) => ![...outcomes.keys()].some((read) => overlaps(read, span)));
    expect(missing).toEqual([]);
    expect(isUnfinished).toBe(false);
  });

  it('says nothing of a refused block that it goes on to divide: its points may be readable', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 39 }),
        fc.integer({ min: 2, max: 30 }),
        async (illegal, maxExtra) => {
          const wanted = Array.from({ length: 40 }, (_, index) => holding(index, 1));
          const read = async (span: Span): Promise<TimedOutcome> =>
            illegal.some((address) => overlaps(span, holding(address, 1))) ? refused : answer(span);
          const { outcomes, isUnfinished } = await readTurn(
            { requests: [holding(0, 40)], probes: [], wanted, maxExtra },
            read,
          );
          const kinds = new Set([...outcomes.values()].map(({ outcome }) => outcome.kind));
          for (const span of wanted) {
            const said = [...outcomes].filter(([own]) => overlaps(own, span)).map(([, { outcome }]) => outcome.kind);
            expect(said.length).toBeLessThanOrEqual(1);
            if (kinds.has('answer') && said[0] === 'exception') expect(illegal).toContain(span.address);
            if (said.length === 0) expect(isUnfinished).toBe(true);
          }
        },
      ),
    );
  });
});
