import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketWidthMs, DAY_MS } from './buckets.ts';

describe('bucket width', () => {
  it('never gives more buckets than asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000_000_000_000 }),
        fc.integer({ min: 1, max: 1000 * DAY_MS }),
        fc.integer({ min: 2, max: 5000 }),
        (fromMs, spanMs, maxBuckets) => {
          const toMs = fromMs + spanMs;
          const width = bucketWidthMs(fromMs, toMs, maxBuckets);
          expect(Math.ceil(toMs / width) - Math.floor(fromMs / width)).toBeLessThanOrEqual(maxBuckets);
        },
      ),
    );
  });

  it('is round', () => {
    expect(bucketWidthMs(0, 3_600_000, 500)).toBe(10_000);
    expect(bucketWidthMs(0, 60_000, 500)).toBe(200);
    expect(bucketWidthMs(0, 400 * DAY_MS, 500)).toBe(DAY_MS);
  });
});
