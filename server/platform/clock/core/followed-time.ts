// The time of the server while its wall clock is set: what counts goes on as before, until everything that runs by it has
// been moved along. Without that an hour forward would end every delay, shelf and session at once, and an hour back would
// stop them for as long.

/** Smaller differences of the two clocks are slewing and rounding, ms. */
export const STEP_MS = 1_000;

export interface Clocks {
  /** Unix ms. */
  readonly wallMs: number;
  /** Of a clock that nobody sets. */
  readonly steadyMs: number;
}

export interface Followed {
  /** In force, Unix ms. */
  readonly nowMs: number;
  /** Of the time in force from the steady clock, ms. */
  readonly offsetMs: number;
  /** By how much the wall clock was set and is not followed yet, ms; 0 when it was not. */
  readonly stepMs: number;
}

export function follow(offsetMs: number, { wallMs, steadyMs }: Clocks): Followed {
  const ownMs = steadyMs + offsetMs;
  if (Math.abs(wallMs - ownMs) < STEP_MS) return { nowMs: wallMs, offsetMs: wallMs - steadyMs, stepMs: 0 };
  const nowMs = Math.round(ownMs);
  return { nowMs, offsetMs, stepMs: wallMs - nowMs };
}
