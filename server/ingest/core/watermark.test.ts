import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTracker,
  enterEpoch,
  giveUpThrough,
  MAX_RANGES,
  missingThrough,
  receive,
  type Tracker,
} from './watermark.ts';

const prefix = (seen: ReadonlySet<number>): number => {
  let last = 0;
  while (seen.has(last + 1)) last++;
  return last;
};
const feed = (tracker: Tracker, seqs: readonly number[], epoch = 1): Tracker =>
  seqs.reduce((state, seq) => receive(state, epoch, seq).tracker, tracker);
const arrivals = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 120 });

describe('watermark', () => {
  it('is exactly the contiguous prefix, in any order, with duplicates and losses', () => {
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const seen = new Set<number>();
        let tracker = createTracker(1, 0);
        for (const seq of seqs) {
          const result = receive(tracker, 1, seq);
          expect(result.verdict).toBe(seen.has(seq) ? 'duplicate' : 'new');
          seen.add(seq);
          tracker = result.tracker;
          expect(tracker.watermark).toBe(prefix(seen));
        }
        const missing = missingThrough(tracker, 60).flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        expect(missing).toEqual(Array.from({ length: 60 }, (_, index) => index + 1).filter((seq) => !seen.has(seq)));
      }),
    );
  });

  it('keeps its ranges sorted, disjoint and not adjacent', () => {
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const tracker = feed(createTracker(1, 0), seqs);
        let end = tracker.watermark;
        for (const [first, last] of tracker.ranges) {
          expect(first).toBeGreaterThan(end + 1);
          expect(last).toBeGreaterThanOrEqual(first);
          end = last;
        }
      }),
    );
  });

  it('starts anew at 0 with a higher epoch and drops a lower one', () => {
    const tracker = feed(createTracker(1, 0), [1, 2, 5]);
    const next = receive(tracker, 2, 1);
    expect(next).toEqual({ verdict: 'new', tracker: { epoch: 2, watermark: 1, ranges: [] } });
    expect(receive(next.tracker, 1, 3)).toEqual({ verdict: 'stale-epoch', tracker: next.tracker });
    expect(enterEpoch(tracker, 2).missing).toEqual([[3, 4]]);
  });

  it('passes what the gateway gave up and names exactly what is gone', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 0, max: 70 }), (seqs, through) => {
        const tracker = feed(createTracker(1, 0), seqs);
        const after = giveUpThrough(tracker, through);
        const gone = new Set(
          after.missing.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
        );
        const inHand = new Set(seqs);
        for (let seq = 1; seq <= through; seq++) expect(inHand.has(seq) || gone.has(seq)).toBe(true);
        for (const seq of gone) expect(inHand.has(seq)).toBe(false);
        expect(after.tracker.watermark).toBe(prefix(new Set([...inHand, ...gone])));
      }),
    );
  });

  it('bounds its memory; what it forgets counts as not yet received', () => {
    const seqs = Array.from({ length: MAX_RANGES + 50 }, (_, index) => 2 * index + 2);
    const tracker = feed(createTracker(1, 0), seqs);
    expect(tracker.ranges).toHaveLength(MAX_RANGES);
    expect(receive(tracker, 1, seqs[0] ?? 0).verdict).toBe('new');
    expect(receive(tracker, 1, seqs.at(-1) ?? 0).verdict).toBe('duplicate');
  });

  it('keeps the long range of live samples when a birth has scattered many single ones', () => {
    const scattered = Array.from({ length: 2 * MAX_RANGES }, (_, index) => 3 * index + 10);
    const live = Array.from({ length: 1000 }, (_, index) => 100_000 + index);
    const tracker = feed(createTracker(1, 0), [...scattered, ...live]);
    expect(tracker.ranges.at(-1)).toEqual([100_000, 100_999]);
  });
});
