import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bornAt, heard, type LifeProof, type Word } from './proof-of-life.ts';

const LIMIT_MS = 10_000;
type Step = { readonly word: Word; readonly afterMs: number };

function live(steps: readonly Step[]): { readonly proof: LifeProof; readonly atMs: number } {
  let atMs = 0;
  let proof = bornAt(1_000_000, 0);
  for (const { word, afterMs } of steps) {
    atMs += afterMs;
    proof = heard(proof, word, 1_000_000 + atMs, atMs, LIMIT_MS);
  }
  return { proof, atMs };
}

it('takes keep-alives for proof until the clock of the server is seen to tick', () => {
  const ticks: Step[] = [
    { word: 'tick', afterMs: 100 },
    { word: 'tick', afterMs: 1000 },
  ];
  const alone = live([{ word: 'keep-alive', afterMs: 5000 }]);
  expect(alone.proof.aliveAtMs).toBe(1_005_000);
  const lost = live([...ticks, { word: 'keep-alive', afterMs: 5000 }, { word: 'keep-alive', afterMs: 5000 }]);
  expect(lost.proof.aliveAtMonotonicMs).toBe(1100);
});

it('does not rely on a clock that ticks rarely', () => {
  const slow: Step = { word: 'tick', afterMs: 60_000 };
  const { proof, atMs } = live([slow, slow, { word: 'keep-alive', afterMs: 5000 }]);
  expect(proof.aliveAtMonotonicMs).toBe(atMs);
});

const steps = fc.array(
  fc.record({
    word: fc.constantFrom<Word>('keep-alive', 'notification', 'tick'),
    afterMs: fc.integer({ min: 0, max: 20_000 }),
  }),
);

it('is never newer than the last word, and what carries values always counts', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const { proof, atMs } = live(drawn);
      expect(proof.aliveAtMonotonicMs).toBeLessThanOrEqual(atMs);
      expect(proof.aliveAtMs - 1_000_000).toBe(proof.aliveAtMonotonicMs);
      const last = drawn.at(-1);
      if (last !== undefined && last.word !== 'keep-alive') expect(proof.aliveAtMonotonicMs).toBe(atMs);
    }),
  );
});

it('lets no number of keep-alives outlive a clock that has ticked', () => {
  fc.assert(
    fc.property(steps, fc.array(fc.integer({ min: 0, max: 20_000 })), (drawn, silences) => {
      const before = live(drawn);
      fc.pre(before.proof.ticking);
      const after = live([...drawn, ...silences.map((afterMs): Step => ({ word: 'keep-alive', afterMs }))]);
      expect(after.proof.aliveAtMonotonicMs).toBe(before.proof.aliveAtMonotonicMs);
    }),
  );
});
