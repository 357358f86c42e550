// What an engineer asks about a bus and its devices: how fast they answer, how often they fail and how, what was last
// said, how busy the line is.
import type { ReadOutcome } from './core/device-plan.ts';

/** Upper bounds of the round-trip histogram, ms; the last bucket is open. */
export const ROUND_TRIP_MS: readonly number[] = [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export type OutcomeKind = ReadOutcome['kind'];

export interface UnitDiagnosis {
  readonly id: string;
  readonly unit: number;
  readonly requests: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  /** Answers and exceptions by round trip: one more bucket than {@link ROUND_TRIP_MS}. */
  readonly roundTrips: readonly number[];
  readonly meanRoundTripMs: number | null;
  readonly slotsSkipped: number;
  readonly online: boolean | null;
  /** Unix ms. */
  readonly lastAnswerMs: number | null;
  readonly lastError: { readonly timeMs: number; readonly words: string } | null;
}

export interface BusDiagnosis {
  readonly where: string;
  readonly requests: number;
  readonly connects: number;
  readonly connectErrors: number;
  /** Share of the last minute in which a request was under way. */
  readonly utilisation: number;
  /** Share of the line the schedule was expected to need. */
  readonly plannedUtilisation: number;
  /** What the line does otherwise than asked, in words. */
  readonly notes?: readonly string[];
  readonly units: readonly UnitDiagnosis[];
}

export interface UnitRecorder {
  read(outcome: ReadOutcome, roundTripMs: number, nowMs: number): void;
  failed(words: string, nowMs: number): void;
  snapshot(about: Pick<UnitDiagnosis, 'id' | 'unit' | 'online' | 'slotsSkipped'>): UnitDiagnosis;
}

export function createUnitRecorder(): UnitRecorder {
  const outcomes: Record<OutcomeKind, number> = { answer: 0, exception: 0, timeout: 0, garbled: 0, closed: 0 };
  const roundTrips = Array.from({ length: ROUND_TRIP_MS.length + 1 }, () => 0);
  let requests = 0;
  let totalMs = 0;
  let lastAnswerMs: number | null = null;
  let lastError: UnitDiagnosis['lastError'] = null;
  return {
    read(outcome, roundTripMs, nowMs) {
      requests++;
      outcomes[outcome.kind]++;
      if (outcome.kind !== 'answer') lastError = { timeMs: nowMs, words: wordsOf(outcome) };
      if (outcome.kind !== 'answer' && outcome.kind !== 'exception') return;
      lastAnswerMs = nowMs;
      totalMs += roundTripMs;
      const bucket = ROUND_TRIP_MS.findIndex((bound) => roundTripMs <= bound);
      const at = bucket < 0 ? ROUND_TRIP_MS.length : bucket;
      roundTrips[at] = (roundTrips[at] ?? 0) + 1;
    },
    failed(words, nowMs) {
      lastError = { timeMs: nowMs, words };
    },
    snapshot(about) {
      const answered = outcomes.answer + outcomes.exception;
      return {
        ...about,
        requests,
        outcomes: { ...outcomes },
        roundTrips: [...roundTrips],
        meanRoundTripMs: answered === 0 ? null : totalMs / answered,
        lastAnswerMs,
        lastError,
      };
    },
  };
}

const WINDOW_MS = 60_000;
const SLICE_MS = 5_000;

/** Busy time of the last minute, in slices of five seconds. */
export function createUtilisation(startMs: number) {
  const slices = new Map<number, number>();
  return {
    busy(fromMs: number, toMs: number): void {
      for (let from = fromMs; from < toMs; ) {
        const slice = Math.floor(from / SLICE_MS);
        const to = Math.min(toMs, (slice + 1) * SLICE_MS);
        slices.set(slice, (slices.get(slice) ?? 0) + to - from);
        from = to;
      }
      for (const slice of slices.keys()) if ((slice + 1) * SLICE_MS <= toMs - WINDOW_MS) slices.delete(slice);
    },
    share(nowMs: number): number {
      const first = Math.floor((nowMs - WINDOW_MS) / SLICE_MS) + 1;
      const windowMs = nowMs - Math.max(startMs, first * SLICE_MS);
      let busyMs = 0;
      for (const [slice, ms] of slices) if (slice >= first) busyMs += ms;
      return windowMs <= 0 ? 0 : Math.min(1, busyMs / windowMs);
    },
  };
}

/** Names of the exceptions: Modbus Application Protocol V1.1b3, 7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'device failure',
  5: 'acknowledge',
  6: 'device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'the gateway in front of the device reports no answer',
};

export function wordsOf(outcome: Exclude<ReadOutcome, { kind: 'answer' }>): string {
  if (outcome.kind !== 'exception') return outcome.reason;
  const code = outcome.code.toString(16).toUpperCase().padStart(2, '0');
  return `exception ${code}: ${EXCEPTIONS[outcome.code] ?? 'unknown to the protocol'}`;
}

/** Why a device counts as offline, by the last that came back from it. */
export const silenceOf = (unit: number, outcome: ReadOutcome | undefined): string =>
  outcome === undefined || outcome.kind === 'answer'
    ? `unit ${unit} does not answer`
    : `unit ${unit}: ${wordsOf(outcome)}`;
