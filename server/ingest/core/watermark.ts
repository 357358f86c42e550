// Which samples of one gateway's stream are in hand: everything up to the watermark, and the ranges above it that came
// early. Forgetting a range is always safe (the gateway sends again, the database refuses the double), so the memory is
// bounded and a restart begins with the watermark alone.

/** First and last sequence number, both included. */
export type Range = readonly [first: number, last: number];

export interface Tracker {
  readonly epoch: number;
  /** Every sequence number up to and including this one is in hand. */
  readonly watermark: number;
  /** Sorted, disjoint, not adjacent, all above watermark + 1. */
  readonly ranges: readonly Range[];
}

/** `stale-epoch`: from an outbox that was given up; never stored, answered with the present watermark. */
export type Verdict = 'new' | 'duplicate' | 'stale-epoch';

export const MAX_RANGES = 256;

export const createTracker = (epoch: number, watermark: number): Tracker => ({ epoch, watermark, ranges: [] });

export interface EpochChange {
  readonly tracker: Tracker;
  /** What the former stream certainly still lacked below its highest sample in hand. */
  readonly missing: readonly Range[];
}

/** A higher epoch is a new outbox and starts anew at 0; a lower or equal one changes nothing. */
export function enterEpoch(tracker: Tracker, epoch: number): EpochChange {
  if (epoch <= tracker.epoch) return { tracker, missing: [] };
  const highest = tracker.ranges.at(-1)?.[1] ?? tracker.watermark;
  return { tracker: createTracker(epoch, 0), missing: missingThrough(tracker, highest) };
}

export function receive(
  tracker: Tracker,
  epoch: number,
  seq: number,
): { readonly tracker: Tracker; readonly verdict: Verdict } {
  if (epoch < tracker.epoch) return { tracker, verdict: 'stale-epoch' };
  const current = enterEpoch(tracker, epoch).tracker;
  if (seq <= current.watermark) return { tracker: current, verdict: 'duplicate' };
  const [first] = current.ranges;
  if (seq === current.watermark + 1 && (first === undefined || first[0] > seq + 1))
    return { tracker: { ...current, watermark: seq }, verdict: 'new' };
  const at = firstReaching(current.ranges, seq - 1);
  const near = current.ranges[at];
  if (near !== undefined && near[0] <= seq && seq <= near[1]) return { tracker: current, verdict: 'duplicate' };
  return { tracker: settle(current, insert(current.ranges, at, seq)), verdict: 'new' };
}

/** The gateway has given up everything through `seq`: what is not in hand is gone for good. */
export function giveUpThrough(tracker: Tracker, seq: number): EpochChange {
  if (seq <= tracker.watermark) return { tracker, missing: [] };
  const missing = missingThrough(tracker, seq);
  const ranges = tracker.ranges
    .filter(([, last]) => last > seq)
    .map(([first, last]): Range => [Math.max(first, seq + 1), last]);
  return { tracker: settle({ ...tracker, watermark: seq }, ranges), missing };
}

/** Sequence numbers above the watermark through `seq` that are not in hand. */
export function missingThrough(tracker: Tracker, seq: number): Range[] {
  const missing: Range[] = [];
  let next = tracker.watermark + 1;
  for (const [first, last] of tracker.ranges) {
    if (first > seq) break;
    if (first > next) missing.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= seq) missing.push([next, seq]);
  return missing;
}

/** Index of the first range whose end is at least `seq`. */
function firstReaching(ranges: readonly Range[], seq: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range !== undefined && range[1] < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(ranges: readonly Range[], at: number, seq: number): Range[] {
  const next = ranges.slice();
  const near = next[at];
  const after = next[at + 1];
  if (near !== undefined && near[1] === seq - 1) {
    if (after !== undefined && after[0] === seq + 1) next.splice(at, 2, [near[0], after[1]]);
    else next[at] = [near[0], seq];
  } else if (near !== undefined && near[0] === seq + 1) next[at] = [seq, near[1]];
  else next.splice(at, 0, [seq, seq]);
  return next;
}

/** Lets the watermark swallow the ranges it touches, and forgets ranges when there are too many. */
function settle(tracker: Tracker, ranges: readonly Range[]): Tracker {
  let { watermark } = tracker;
  let swallowed = 0;
  for (const [first, last] of ranges) {
    if (first > watermark + 1) break;
    watermark = Math.max(watermark, last);
    swallowed++;
  }
  return { epoch: tracker.epoch, watermark, ranges: bounded(ranges.slice(swallowed)) };
}

/**
 * The shortest range goes first, of equals the lowest: a birth scatters single samples over the whole backlog, which the
 * backlog brings again anyway, while the long range of live samples at the end would all have to be sent twice.
 */
function bounded(ranges: Range[]): Range[] {
  while (ranges.length > MAX_RANGES) {
    let shortest = 0;
    let length = Number.POSITIVE_INFINITY;
    for (const [index, [first, last]] of ranges.entries()) {
      if (last - first >= length) continue;
      shortest = index;
      length = last - first;
    }
    ranges.splice(shortest, 1);
  }
  return ranges;
}
