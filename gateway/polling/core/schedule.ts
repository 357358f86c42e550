// What is due when. Slots lie on a fixed grid (start + k x interval), so polling does not drift; a slot that was missed
// is skipped, never made up for in a burst. Time is any monotonic ms: the wall clock may jump.
import type { POLL_CLASSES } from '@louwei/device-profiles';

export type PollClass = (typeof POLL_CLASSES)[number];

export interface Job {
  readonly device: string;
  readonly pollClass: PollClass;
  readonly intervalMs: number;
  readonly dueAtMs: number;
  /** Slots that passed unread. */
  readonly skipped: number;
}

export interface Turn {
  readonly device: string;
  /** All classes of the device that are due, so that their blocks are read together. */
  readonly classes: readonly PollClass[];
}

const RANK: Readonly<Record<PollClass, number>> = { fast: 0, normal: 1, slow: 2 };

export function createSchedule(
  entries: readonly Pick<Job, 'device' | 'pollClass' | 'intervalMs'>[],
  startMs: number,
): Job[] {
  return entries.map((entry) => ({ ...entry, dueAtMs: startMs, skipped: 0 }));
}

/**
 * The device to read now: fast before normal before slow, then the longest waiting. A job that waits for more than one
 * of its own intervals ranks as fast, so that an overloaded bus starves nobody.
 * @param notBefore devices under backoff: monotonic ms before which they are left alone.
 */
export function nextTurn(jobs: readonly Job[], nowMs: number, notBefore: ReadonlyMap<string, number>): Turn | null {
  const due = jobs.filter((job) => job.dueAtMs <= nowMs && (notBefore.get(job.device) ?? nowMs) <= nowMs);
  let first: Job | undefined;
  for (const job of due) if (first === undefined || isBefore(job, first, nowMs)) first = job;
  if (first === undefined) return null;
  const { device } = first;
  return { device, classes: due.filter((job) => job.device === device).map((job) => job.pollClass) };
}

function isBefore(a: Job, b: Job, nowMs: number): boolean {
  const rank = (job: Job): number => (nowMs - job.dueAtMs > job.intervalMs ? 0 : RANK[job.pollClass]);
  return rank(a) - rank(b) < 0 || (rank(a) === rank(b) && a.dueAtMs < b.dueAtMs);
}

/** The turn is taken: its jobs move to their next slot after now. */
export function takeTurn(jobs: readonly Job[], turn: Turn, nowMs: number): Job[] {
  return jobs.map((job) => {
    if (job.device !== turn.device || !turn.classes.includes(job.pollClass)) return job;
    const missed = Math.max(0, Math.floor((nowMs - job.dueAtMs) / job.intervalMs));
    return { ...job, dueAtMs: job.dueAtMs + (missed + 1) * job.intervalMs, skipped: job.skipped + missed };
  });
}

/** Monotonic ms of the next thing to do; Infinity without jobs. */
export function wakeAt(jobs: readonly Job[], notBefore: ReadonlyMap<string, number>): number {
  return jobs.reduce(
    (earliest, job) => Math.min(earliest, Math.max(job.dueAtMs, notBefore.get(job.device) ?? 0)),
    Number.POSITIVE_INFINITY,
  );
}
