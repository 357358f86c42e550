import type { equipment } from '@louwei/server/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubtfulSpans, toTrend } from './trend.ts';

type Bucket = equipment.History['series'][number]['buckets'][number];
const good = (at: number, value: number): Bucket => [at, value - 1, value + 1, value, 3, 1];

describe('doubtful spans', () => {
  it('forgive silence up to three expected turns', () => {
    expect(doubtfulSpans([good(0, 1), good(30_000, 1)], 1_000, 10, 0, 31_000)).toEqual([]);
  });

  it('show a longer silence, at the end as well', () => {
    expect(doubtfulSpans([good(0, 1), good(50_000, 1)], 1_000, 10, 0, 100_000)).toEqual([
      [1_000, 50_000],
      [51_000, 100_000],
    ]);
  });

  it('show buckets with bad readings', () => {
    expect(doubtfulSpans([[0, 1, 1, 1, 4, 0.5]], 1_000, 10, 0, 1_000)).toEqual([[0, 1_000]]);
  });

  it('are ordered, inside the window and never overlap', () => {
    const buckets = fc
      .uniqueArray(fc.nat(99), { maxLength: 20 })
      .map((starts) =>
        [...starts].sort((a, b) => a - b).map((s): Bucket => [s * 1_000, 1, 1, 1, 1, s % 3 === 0 ? 0.5 : 1]),
      );
    fc.assert(
      fc.property(buckets, fc.integer({ min: 1, max: 20 }), (list, expectEveryS) => {
        let end = -1;
        for (const [from, to] of doubtfulSpans(list, 1_000, expectEveryS, 0, 100_000)) {
          expect(from).toBeGreaterThan(end);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(100_000);
          end = to;
        }
      }),
    );
  });
});

describe('trend', () => {
  it('breaks the line in a gap and tells the share of good readings', () => {
    const history: equipment.History = {
      from: new Date(0).toISOString(),
      to: new Date(100_000).toISOString(),
      bucketMs: 1_000,
      series: [{ point: 'p', buckets: [good(0, 5), [90_000, 6, 6, 6, 1, 0]] }],
    };
    const trend = toTrend(history, new Map([['p', 10]]));
    expect(trend.series[0]?.avg).toEqual([5, null, 6]);
    expect(trend.goodShare).toBe(0.75);
    expect(trend.doubtful.length).toBeGreaterThan(0);
  });
});
