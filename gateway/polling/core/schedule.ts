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

/** A device that would hold up the others: it does not answer, or takes long. It is read when the line is free. */
export interface Guest {
  /** How long its turn keeps the line. */
  readonly turnMs: number;
  /** After waiting this long it is read although the others have to wait. */
  readonly patienceMs: number;
}

/** Most urgent first: alarm points are `fast`. */
export const POLL_ORDER: readonly PollClass[] = ['fast', 'normal', 'slow'];
const RANK: Readonly<Record<PollClass, number>> = { fast: 0, normal: 1, slow: 2 };
const NO_GUESTS: ReadonlyMap<string, Guest> = new Map();

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
 * @param guests devices that are read only in the time the others leave, or when their patience is over.
 */
export function nextTurn(
  jobs: readonly Job[],
  nowMs: number,
  notBefore: ReadonlyMap<string, number>,
  guests: ReadonlyMap<string, Guest> = NO_GUESTS,
): Turn | null {
  let freeMs: number | null = null;
  const rank = (job: Job): number => (nowMs - dueSince(job, notBefore) > job.intervalMs ? 0 : RANK[job.pollClass]);
  const mayRun = (job: Job): boolean => {
    if (dueSince(job, notBefore) > nowMs) return false;
    const guest = guests.get(job.device);
    if (guest === undefined || nowMs >= dueSince(job, notBefore) + guest.patienceMs) return true;
    freeMs ??= wakeAt(hosts(jobs, guests), notBefore) - nowMs;
    return freeMs >= guest.turnMs;
  };
  const due = jobs.filter(mayRun);
  let first: Job | undefined;
  for (const job of due) {
    if (first === undefined) first = job;
    else if (rank(job) < rank(first)) first = job;
    else if (rank(job) === rank(first) && dueSince(job, notBefore) < dueSince(first, notBefore)) first = job;
  }
  if (first === undefined) return null;
  const { device } = first;
  // One class at a time, for the least room is needed that way.
  if (guests.has(device)) return { device, classes: [first.pollClass] };
  const urgent = rank(first);
  // While another device waits with something as urgent, the rest of this one has to wait.
  const othersWait = due.some((job) => job.device !== device && rank(job) === urgent);
  const own = due.filter((job) => job.device === device && (!othersWait || rank(job) === urgent));
  return { device, classes: own.map((job) => job.pollClass) };
}

const dueSince = (job: Job, notBefore: ReadonlyMap<string, number>): number =>
  Math.max(job.dueAtMs, notBefore.get(job.device) ?? job.dueAtMs);
const hosts = (jobs: readonly Job[], guests: ReadonlyMap<string, Guest>): readonly Job[] =>
  guests.size === 0 ? jobs : jobs.filter((job) => !guests.has(job.device));

/** The turn is taken: its jobs move to their next slot after now. */
export function takeTurn(jobs: readonly Job[], turn: Turn, nowMs: number): Job[] {
  return jobs.map((job) => {
    if (job.device !== turn.device || !turn.classes.includes(job.pollClass)) return job;
    const missed = Math.max(0, Math.floor((nowMs - job.dueAtMs) / job.intervalMs));
    return { ...job, dueAtMs: job.dueAtMs + (missed + 1) * job.intervalMs, skipped: job.skipped + missed };
  });
}

/** What the device missed is due at once, on the slots that have just passed: the grid stays where it is. */
export function dueAgain(jobs: readonly Job[], device: string, nowMs: number): Job[] {
  return jobs.map((job) =>
    job.device === device && job.dueAtMs > nowMs ? { ...job, dueAtMs: job.dueAtMs - job.intervalMs } : job,
  );
}

/** Monotonic ms of the next thing that becomes due; Infinity without jobs. A due guest waits for time or for patience. */
export function wakeAt(
  jobs: readonly Job[],
  notBefore: ReadonlyMap<string, number>,
  guests: ReadonlyMap<string, Guest> = NO_GUESTS,
  nowMs = Number.NEGATIVE_INFINITY,
): number {
  return jobs.reduce((earliest, job) => {
    const dueMs = dueSince(job, notBefore);
    const guest = dueMs <= nowMs ? guests.get(job.device) : undefined;
    return Math.min(earliest, guest === undefined ? dueMs : dueMs + guest.patienceMs);
  }, Number.POSITIVE_INFINITY);
}
