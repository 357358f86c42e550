// Width of the buckets a history is divided into: a round duration, so that neighbouring requests share boundaries.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;

const ROUND_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];

/** Least round width that divides the span into at most `maxBuckets` buckets; whole days above half a day. */
export function bucketWidthMs(fromMs: number, toMs: number, maxBuckets: number): number {
  // Buckets lie on multiples of their width, so a span may touch one more than it fills.
  const fits = (widthMs: number): boolean =>
    Math.ceil(toMs / widthMs) - Math.floor(fromMs / widthMs) <= Math.max(maxBuckets, 1);
  const round = ROUND_MS.find(fits);
  if (round !== undefined) return round;
  let days = Math.max(1, Math.floor((toMs - fromMs) / DAY_MS / Math.max(maxBuckets, 1)));
  while (!fits(days * DAY_MS) && days * DAY_MS < toMs) days++;
  return days * DAY_MS;
}

export const startOfDayMs = (timeMs: number): number => Math.floor(timeMs / DAY_MS) * DAY_MS;
