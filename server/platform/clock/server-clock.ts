// The one clock of the server. Its time is the wall clock's, except that a step of the wall clock is followed only when
// its owner says so: after everything that is counted by it has been moved.
import { type Clocks, follow } from './core/followed-time.ts';

export interface ServerClock {
  /** Unix ms. */
  now(): number;
  /** What the time would be if the wall clock had never been set since the start, Unix ms. */
  unsetMs(): number;
  /** By how much the wall clock was set and is not followed yet, ms; 0 when it was not. */
  stepMs(): number;
  /** From now on the time is later by so much (earlier when negative). */
  follow(stepMs: number): void;
}

const systemClocks = (): Clocks => ({ wallMs: Date.now(), steadyMs: performance.now() });

export function createServerClock(clocks: () => Clocks = systemClocks): ServerClock {
  const { wallMs, steadyMs } = clocks();
  const startMs = wallMs - steadyMs;
  let offsetMs = startMs;
  const look = () => {
    const seen = follow(offsetMs, clocks());
    offsetMs = seen.offsetMs;
    return seen;
  };
  return {
    now: () => look().nowMs,
    unsetMs: () => Math.round(clocks().steadyMs + startMs),
    stepMs: () => look().stepMs,
    follow(stepMs) {
      offsetMs += stepMs;
    },
  };
}
