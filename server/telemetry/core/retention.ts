// From which time on readings are kept. The clock alone must not decide: one that is decades ahead would call the whole
// history old. So the newest days that hold readings are kept, as many as the retention has, whatever the clock says.
import { DAY_MS } from './buckets.ts';

/** @param daysMs starts of the days that hold readings, in any order. @returns Unix ms; -Infinity: everything is kept. */
export function keptFromMs(daysMs: readonly number[], nowMs: number, retentionDays: number): number {
  const oldestNeeded = daysMs.toSorted((a, b) => b - a)[retentionDays - 1];
  if (oldestNeeded === undefined) return Number.NEGATIVE_INFINITY;
  return Math.min(oldestNeeded, nowMs - retentionDays * DAY_MS);
}

/** A day that was made ahead by a clock that was far off, and never used. */
export const isStray = (dayMs: number, nowMs: number, retentionDays: number): boolean =>
  Math.abs(dayMs - nowMs) > (retentionDays + 1) * DAY_MS;
