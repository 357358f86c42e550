// How long a session lives: 12 h without use (a shift), 7 days in all. Use is noted at most once a minute.

export const IDLE_MS = 12 * 3_600_000;
export const ABSOLUTE_MS = 7 * 24 * 3_600_000;
export const NOTE_USE_EVERY_MS = 60_000;
/** Sessions of one person at a time (IEC 62443-4-2 CR 2.7); the oldest gives way. */
export const MAX_SESSIONS = 10;

export interface SessionTimes {
  readonly lastUsedMs: number;
  readonly endsMs: number;
}

/** When it ends if it is not used any more. */
export const expiresMs = (times: SessionTimes): number => Math.min(times.endsMs, times.lastUsedMs + IDLE_MS);
export const isExpired = (times: SessionTimes, nowMs: number): boolean => nowMs >= expiresMs(times);
export const isUseDue = (times: SessionTimes, nowMs: number): boolean => nowMs - times.lastUsedMs >= NOTE_USE_EVERY_MS;
