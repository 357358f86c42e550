import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const backoff = { baseMs: 1000, maxMs: 30_000 };

describe('backoff', () => {
  it('doubles up to its ceiling', () => {
    expect([1, 2, 3, 6, 100].map((failures) => backoffMs(backoff, failures, 0.5))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ]);
  });

  it('stays within 20 % of the plain wait and never goes past the spread ceiling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (n, random) => {
        const wait = backoffMs(backoff, n, random);
        expect(wait).toBeGreaterThanOrEqual(800);
        expect(wait).toBeLessThanOrEqual(36_000);
      }),
    );
  });
});
