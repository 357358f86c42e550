// How often an edge node may be asked for its birth: one request at a time, ever more rarely while none comes. Pure.

/** Least time between two requests, ms; doubles while they go unanswered. */
export const REBIRTH_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

export interface RebirthPace {
  /** Monotonic ms. */
  readonly askedAtMs: number | null;
  readonly pauseMs: number;
}

export const NEVER_ASKED: RebirthPace = { askedAtMs: null, pauseMs: REBIRTH_PAUSE_MS };

/** @returns the pace after a request that may be sent now; null: not yet. */
export function askAgain({ askedAtMs, pauseMs }: RebirthPace, nowMs: number): RebirthPace | null {
  if (askedAtMs === null) return { askedAtMs: nowMs, pauseMs };
  if (nowMs - askedAtMs < pauseMs) return null;
  return { askedAtMs: nowMs, pauseMs: Math.min(2 * pauseMs, LONGEST_PAUSE_MS) };
}

/** It was born, or is somebody else now; the last request still counts. */
export const answered = ({ askedAtMs }: RebirthPace): RebirthPace => ({ askedAtMs, pauseMs: REBIRTH_PAUSE_MS });
