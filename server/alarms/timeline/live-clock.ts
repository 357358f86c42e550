// The clock of a server under test: it stands still until the player moves it, and wakes the engine at each deadline on
// the way, at that deadline's own moment.
import type { Deadline } from '../wake-timer.ts';

export interface LiveClock {
  readonly now: () => number;
  readonly deadline: Deadline;
  /** @param settled settles when everything the engine was woken for has been done. */
  advance(toMs: number, settled: () => Promise<void>): Promise<void>;
  /** Time passes and nothing runs: the server is down. */
  skip(ms: number): void;
}

export function createLiveClock(startMs: number): LiveClock {
  let clockMs = startMs;
  let waiting: { readonly dueMs: number; readonly run: () => void } | null = null;
  return {
    now: () => clockMs,
    deadline: {
      set(run, delayMs) {
        waiting = { dueMs: clockMs + delayMs, run };
      },
      clear() {
        waiting = null;
      },
    },
    async advance(toMs, settled) {
      while (waiting !== null && waiting.dueMs <= toMs) {
        const { dueMs, run } = waiting;
        waiting = null;
        clockMs = Math.max(clockMs, dueMs);
        run();
        await settled();
      }
      clockMs = Math.max(clockMs, toMs);
    },
    skip(ms) {
      clockMs += ms;
    },
  };
}
