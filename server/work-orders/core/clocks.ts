// The three clocks of an order, computed from its journal and from nothing else: response (created to accepted), arrival
// (created to on site), resolution (created to done, less pauses). A reassignment restarts none of them.
import type { Entry } from './life-cycle.ts';

interface SlaPolicy {
  readonly responseMin: number;
  readonly arrivalMin: number;
  readonly resolutionMin: number;
}

/** As property-service plans promise: emergency on site in 30 min and repaired in a day, other urgent repair in 60 min, small repair the same or the next day. */
export const DEFAULT_POLICY: Readonly<Record<'emergency' | 'urgent' | 'repair', SlaPolicy>> = {
  emergency: { responseMin: 5, arrivalMin: 30, resolutionMin: 1440 },
  urgent: { responseMin: 10, arrivalMin: 60, resolutionMin: 1440 },
  repair: { responseMin: 60, arrivalMin: 480, resolutionMin: 2880 },
};

export interface ClockReading {
  readonly dueAtMs: number;
  readonly stoppedAtMs: number | null;
  readonly elapsedMs: number;
  readonly state: 'running' | 'paused' | 'met' | 'breached';
}

interface ClockReadings {
  readonly response: ClockReading;
  readonly arrival: ClockReading;
  readonly resolution: ClockReading;
}

/** `entries` start with the creation. A priority-1 order never pauses: somebody is in danger. */
export function clocksOf(entries: readonly Entry[], policy: SlaPolicy, priority: number, nowMs: number): ClockReadings {
  const createdMs = entries[0]?.atMs ?? nowMs;
  const cancelledMs = entries.find((entry) => entry.to === 'CANCELLED')?.atMs ?? null;
  const first = (reached: (entry: Entry) => boolean): number | null => entries.find(reached)?.atMs ?? cancelledMs;
  const span = (stoppedAtMs: number | null, targetMin: number): ClockReading =>
    read(
      { startMs: createdMs, stoppedAtMs, pausedMs: 0, pausedSinceMs: null, breachedBefore: false },
      targetMin,
      nowMs,
    );
  return {
    response: span(
      first((entry) => entry.step === 'accept'),
      policy.responseMin,
    ),
    arrival: span(
      first((entry) => entry.step === 'arrive'),
      policy.arrivalMin,
    ),
    resolution: read(resolutionRun(entries, policy.resolutionMin, priority, nowMs), policy.resolutionMin, nowMs),
  };
}

interface Run {
  readonly startMs: number;
  readonly stoppedAtMs: number | null;
  readonly pausedMs: number;
  readonly pausedSinceMs: number | null;
  readonly breachedBefore: boolean;
}

function read(run: Run, targetMin: number, nowMs: number): ClockReading {
  const targetMs = targetMin * 60_000;
  const untilMs = run.stoppedAtMs ?? Math.max(nowMs, run.startMs);
  const pausedMs = run.pausedMs + (run.pausedSinceMs === null ? 0 : Math.max(0, untilMs - run.pausedSinceMs));
  const elapsedMs = Math.max(0, untilMs - run.startMs - pausedMs);
  const breached = run.breachedBefore || elapsedMs > targetMs;
  const going = run.pausedSinceMs === null ? 'running' : 'paused';
  return {
    dueAtMs: run.startMs + targetMs + pausedMs,
    stoppedAtMs: run.stoppedAtMs,
    elapsedMs,
    state: breached ? 'breached' : run.stoppedAtMs === null ? going : 'met',
  };
}

function resolutionRun(entries: readonly Entry[], targetMin: number, priority: number, nowMs: number): Run {
  let run: Run = {
    startMs: entries[0]?.atMs ?? nowMs,
    stoppedAtMs: null,
    pausedMs: 0,
    pausedSinceMs: null,
    breachedBefore: false,
  };
  for (const { step, from, to, atMs } of entries) {
    if (step === 'note') continue;
    if (run.pausedSinceMs !== null && from === 'ON_HOLD')
      run = { ...run, pausedMs: run.pausedMs + atMs - run.pausedSinceMs, pausedSinceMs: null };
    if (to === 'ON_HOLD' && priority !== 1) run = { ...run, pausedSinceMs: atMs };
    if (to === 'DONE' || to === 'CANCELLED') run = { ...run, stoppedAtMs: atMs };
    // Refused before it was closed: the same repair goes on. Opened again afterwards: a new clock, the old breach stays.
    if (step === 'reject-verify')
      run =
        from === 'DONE'
          ? { ...run, stoppedAtMs: null }
          : {
              startMs: atMs,
              stoppedAtMs: null,
              pausedMs: 0,
              pausedSinceMs: null,
              breachedBefore: read(run, targetMin, atMs).state === 'breached',
            };
  }
  return run;
}
