// Report by exception: which readings are worth keeping. Pure; the state of one point goes in and comes out.
import type { Point } from '@louwei/device-profiles';
import type { Reading } from '../reading.ts';
import { examine } from './examine.ts';
import { MISSED_UNTIL_STALE } from './expectation.ts';

/** How one point is judged. */
export interface ReportRule {
  readonly range?: readonly [number, number];
  readonly kind: Point['kind'];
  /** Smallest change worth reporting, in the point's unit; 0: any change. States, enumerations and texts: any change. */
  readonly deadband: number;
  /** After this silence the next reading is kept whatever it says, ms. */
  readonly maxSilenceMs: number;
  /** Longest silence of a living point, ms. */
  readonly expectEveryMs: number;
}

export interface PointState {
  /** The newest reading, kept or not; a stale one once it became so. */
  readonly latest: Reading | null;
  /** The newest reading that was kept. */
  readonly reported: Reading | null;
}

export const NOTHING_KNOWN: PointState = { latest: null, reported: null };

/** Slow points (energy, counters) are re-reported every 5 minutes, everything else every minute. */
const MAX_SILENCE_MS = { fast: 60_000, normal: 60_000, slow: 300_000 } as const;

export function reportRule(point: Point | undefined, expectEveryMs: number): ReportRule {
  const numeric = point === undefined || point.kind === 'analog' || point.kind === 'counter';
  return {
    kind: point?.kind ?? 'analog',
    deadband: numeric ? (point?.deadband ?? 0) : 0,
    maxSilenceMs: MAX_SILENCE_MS[point?.poll ?? 'normal'],
    expectEveryMs,
    ...(point?.range === undefined ? {} : { range: point.range }),
  };
}

/** @returns the point's next state, and the reading to keep (with its final quality) or null. */
export function judge(
  state: PointState,
  reading: Reading,
  rule: ReportRule,
): { readonly state: PointState; readonly keep: Reading | null } {
  const latest = examine(reading, { kind: rule.kind, range: rule.range as [number, number] | undefined });
  if (!isNews(state.reported, latest, rule)) return { state: { ...state, latest }, keep: null };
  return { state: { latest, reported: latest }, keep: latest };
}

function isNews(reported: Reading | null, reading: Reading, rule: ReportRule): boolean {
  if (reported === null || reported.quality !== reading.quality) return true;
  const silence = reading.gatewayTimeMs - reported.gatewayTimeMs;
  // A clock set back would otherwise silence the point until the old time comes round again.
  if (silence >= rule.maxSilenceMs || silence < 0) return true;
  if (typeof reading.value !== 'number' || typeof reported.value !== 'number') return reading.value !== reported.value;
  const change = Math.abs(reading.value - reported.value);
  // The slack of 1e-9 is for decimal fractions: 20.3 - 20.2 is a little less than 0.1.
  return change > 0 && change >= rule.deadband * (1 - 1e-9);
}

/**
 * The value is stale when three expected readings are missing. Its time stays that of the last reading: the age of a
 * value is never hidden by a fresh time.
 */
export function judgeSilence(
  state: PointState,
  rule: ReportRule,
  nowMs: number,
): { readonly state: PointState; readonly keep: Reading | null } {
  const { latest } = state;
  if (latest === null || !MAY_BECOME_STALE.has(latest.quality)) return { state, keep: null };
  if (nowMs - latest.gatewayTimeMs < MISSED_UNTIL_STALE * rule.expectEveryMs) return { state, keep: null };
  const stale: Reading = { ...latest, quality: 'stale' };
  return { state: { latest: stale, reported: stale }, keep: stale };
}

/** A reading that is already bad has a better reason than "stale". */
const MAY_BECOME_STALE = new Set(['good', 'substituted', 'clock-suspect', 'out-of-range']);
