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
  /** Shortest time between two changes of a number, ms; the last one is kept when it is over. Qualities and states never wait. */
  readonly minIntervalMs: number;
  /** Longest silence of a living point, ms. */
  readonly expectEveryMs: number;
}

export interface PointState {
  /** The newest reading, kept or not; a stale one once it became so. */
  readonly latest: Reading | null;
  /** The newest reading that was kept. */
  readonly reported: Reading | null;
  /** When that was, Unix ms: a change held back is kept later than it was read. */
  readonly keptAtMs: number;
}

export const NOTHING_KNOWN: PointState = { latest: null, reported: null, keptAtMs: 0 };

/** Slow points (energy, counters) are re-reported every 5 minutes, everything else every minute. */
const MAX_SILENCE_MS = { fast: 60_000, normal: 60_000, slow: 300_000 } as const;

/** What the configuration says of one point of one device; the rest is the class's. */
export interface ReportWish {
  /** In the point's unit, or a percentage of its range. */
  readonly deadband?: number | string | undefined;
  readonly maxSilenceS?: number | undefined;
  readonly minIntervalS?: number | undefined;
}

export function reportRule(point: Point | undefined, expectEveryMs: number, wish: ReportWish = {}): ReportRule {
  const numeric = point === undefined || point.kind === 'analog' || point.kind === 'counter';
  return {
    kind: point?.kind ?? 'analog',
    deadband: numeric ? (inUnit(wish.deadband, point?.range) ?? point?.deadband ?? 0) : 0,
    maxSilenceMs: wish.maxSilenceS === undefined ? MAX_SILENCE_MS[point?.poll ?? 'normal'] : wish.maxSilenceS * 1000,
    minIntervalMs: numeric ? (wish.minIntervalS ?? 0) * 1000 : 0,
    expectEveryMs,
    ...(point?.range === undefined ? {} : { range: point.range }),
  };
}

/** A percentage needs a range to be of; without one it says nothing. */
function inUnit(deadband: ReportWish['deadband'], range: readonly [number, number] | undefined): number | undefined {
  if (typeof deadband !== 'string') return deadband;
  return range === undefined ? undefined : (Number.parseFloat(deadband) / 100) * (range[1] - range[0]);
}

/** The same on a clock that was set by so much: what was read three seconds ago was read three seconds ago by the new clock, too. */
export function onNewClock({ latest, reported, keptAtMs }: PointState, stepMs: number): PointState {
  const moved = (reading: Reading | null): Reading | null =>
    reading === null ? null : { ...reading, gatewayTimeMs: reading.gatewayTimeMs + stepMs };
  return { latest: moved(latest), reported: moved(reported), keptAtMs: keptAtMs + stepMs };
}

/** @returns the point's next state, and the reading to keep (with its final quality) or null. */
export function judge(
  state: PointState,
  reading: Reading,
  rule: ReportRule,
): { readonly state: PointState; readonly keep: Reading | null } {
  const latest = examine(reading, { kind: rule.kind, range: rule.range as [number, number] | undefined });
  if (!isNews(state, latest, rule)) return { state: { ...state, latest }, keep: null };
  return { state: { latest, reported: latest, keptAtMs: latest.gatewayTimeMs }, keep: latest };
}

function isNews({ reported, keptAtMs }: PointState, reading: Reading, rule: ReportRule): boolean {
  if (reported === null || reported.quality !== reading.quality) return true;
  const silence = reading.gatewayTimeMs - reported.gatewayTimeMs;
  // A clock set back would otherwise silence the point until the old time comes round again.
  if (silence >= rule.maxSilenceMs || silence < 0) return true;
  if (typeof reading.value !== 'number' || typeof reported.value !== 'number') return reading.value !== reported.value;
  return reading.gatewayTimeMs - keptAtMs >= rule.minIntervalMs && isChange(reported.value, reading.value, rule);
}

function isChange(reported: number, value: number, rule: ReportRule): boolean {
  const change = Math.abs(value - reported);
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
  const silent = judgeAge(state, rule, nowMs);
  return silent.keep === null ? judgeHeld(state, rule, nowMs) : silent;
}

/** A change that the shortest interval held back is kept when the interval is over, with the time at which it was read. */
function judgeHeld(
  state: PointState,
  rule: ReportRule,
  nowMs: number,
): { readonly state: PointState; readonly keep: Reading | null } {
  const { latest, reported } = state;
  const held =
    rule.minIntervalMs > 0 &&
    typeof latest?.value === 'number' &&
    typeof reported?.value === 'number' &&
    nowMs - state.keptAtMs >= rule.minIntervalMs &&
    isChange(reported.value, latest.value, rule);
  return held ? { state: { latest, reported: latest, keptAtMs: nowMs }, keep: latest } : { state, keep: null };
}

function judgeAge(
  state: PointState,
  rule: ReportRule,
  nowMs: number,
): { readonly state: PointState; readonly keep: Reading | null } {
  const { latest } = state;
  if (latest === null || !MAY_BECOME_STALE.has(latest.quality)) return { state, keep: null };
  if (nowMs - latest.gatewayTimeMs < MISSED_UNTIL_STALE * rule.expectEveryMs) return { state, keep: null };
  const stale: Reading = { ...latest, quality: 'stale' };
  return { state: { latest: stale, reported: stale, keptAtMs: nowMs }, keep: stale };
}

/** A reading that is already bad has a better reason than "stale". */
const MAY_BECOME_STALE = new Set(['good', 'substituted', 'clock-suspect', 'out-of-range']);
