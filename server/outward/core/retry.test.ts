import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextTry, type RetryPolicy } from './retry.ts';

const policy: RetryPolicy = { firstWaitMs: 1_000, longestWaitMs: 300_000, giveUpAfterMs: 86_400_000 };

it('waits longer from failure to failure, up to the longest wait', () => {
  const waits = [1, 2, 3, 20].map((attempts) => nextTry(policy, attempts, 0, 0.999_999));
  expect(waits.map((next) => (next.giveUp ? null : next.waitMs))).toEqual([1_000, 2_000, 4_000, 300_000]);
});

it('gives up at the bound and not before', () => {
  expect(nextTry(policy, 5, policy.giveUpAfterMs - 1, 0).giveUp).toBe(false);
  expect(nextTry(policy, 5, policy.giveUpAfterMs, 0).giveUp).toBe(true);
});

it('never waits less than half the first wait, nor more than the longest, whatever the count', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempts, random) => {
        const next = nextTry(policy, attempts, 0, random);
        if (next.giveUp) throw new Error('gave up a fresh delivery');
        expect(next.waitMs).toBeGreaterThanOrEqual(policy.firstWaitMs / 2);
        expect(next.waitMs).toBeLessThanOrEqual(policy.longestWaitMs);
      },
    ),
  );
});
