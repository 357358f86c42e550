// A wall clock that is set while the gateway runs. Ages are differences of its times, so what is known has to move with it:
// otherwise everything would be stale after a step forward, and nothing would ever become stale after one back.

/** Smaller differences of the two clocks are slewing and late timers, ms. */
const STEP_MS = 1_000;

export interface Clocks {
  /** Unix ms. */
  readonly wallMs: number;
  /** Of a clock that nobody sets. */
  readonly steadyMs: number;
}

/** By how much the wall clock was set between two looks, ms; 0 when it was not. */
export function stepBetween(before: Clocks, now: Clocks): number {
  const stepMs = now.wallMs - before.wallMs - (now.steadyMs - before.steadyMs);
  return Math.abs(stepMs) < STEP_MS ? 0 : Math.round(stepMs);
}
