// What a server is asked to do with one item: how many values it keeps for us between two publishings, and which changes it need
// not tell. Pure; it follows from how the point is reported (points/core/report.ts).
import type { OpcuaPoint, Point } from '@louwei/device-profiles';
import { type ReportWish, reportRule } from '../../../points/core/report.ts';

/**
 * In raw units of the node, or in percent of its EURange (OPC 10000-8, 5.3.2.3). A percentage is worked out before it is asked
 * for: servers are known that accept it and do nothing with it.
 */
export interface Deadband {
  readonly kind: 'absolute' | 'percent';
  readonly value: number;
}

export interface ItemWish {
  /** null: every change. */
  readonly deadband: Deadband | null;
  /** Every value counts, or only one in this time, ms. */
  readonly minIntervalMs: number;
  /** After this silence the point is reported anew, ms. */
  readonly maxSilenceMs: number;
}

export const NO_WISH: ItemWish = { deadband: null, minIntervalMs: 0, maxSilenceMs: 60_000 };

/**
 * The server compares with what it sent last, the gateway with what it kept last. With half of the point's deadband at the
 * server, a value that nobody sees changes by less than one and a half of it; with the whole it would be two.
 */
const SERVER_SHARE = 0.5;

/** Shortest sampling that the queue provides for, ms: 0 asks for the fastest the server has. */
const LEAST_SAMPLING_MS = 50;
const LONGEST_QUEUE = 200;

export function itemWish(mapped: OpcuaPoint, point: Point | undefined, report: ReportWish = {}): ItemWish {
  const { deadband, minIntervalMs, maxSilenceMs } = reportRule(point, 0, report);
  return {
    deadband: mayHide(mapped, point) ? serverDeadband(mapped, deadband, report) : null,
    minIntervalMs,
    maxSilenceMs,
  };
}

/**
 * Only measured values: a mapped or marked raw value means something else one step further, and what was just written has to
 * be seen however little it changed.
 */
const mayHide = ({ map, sentinels, write }: OpcuaPoint, point: Point | undefined): boolean =>
  (point?.kind === 'analog' || point?.kind === 'counter') &&
  map === undefined &&
  sentinels === undefined &&
  write === undefined;

function serverDeadband({ scale = 1 }: OpcuaPoint, deadband: number, report: ReportWish): Deadband | null {
  if (deadband > 0) return { kind: 'absolute', value: (SERVER_SHARE * deadband) / Math.abs(scale) };
  // A percentage of which the class knows no range: of the server's own, if it has one.
  const percent = typeof report.deadband === 'string' ? Number.parseFloat(report.deadband) : 0;
  return percent > 0 ? { kind: 'percent', value: SERVER_SHARE * percent } : null;
}

/** Room for all values between two publishings that may be worth keeping, and one more for a publishing that is late. */
export function queueSize({ minIntervalMs }: ItemWish, publishingMs: number, samplingMs: number): number {
  const eachMs = Math.max(LEAST_SAMPLING_MS, samplingMs, minIntervalMs);
  // Of several values within the shortest interval only the newest counts.
  if (minIntervalMs >= publishingMs) return 1;
  return Math.min(LONGEST_QUEUE, Math.ceil(publishingMs / eachMs) + 1);
}

/** @param span of the node's EURange; null: it has none, and nothing is a percentage of it. */
export function rawDeadband(deadband: Deadband | null, span: number | null): number | null {
  if (deadband === null || deadband.kind === 'absolute') return deadband?.value ?? null;
  return span !== null && span > 0 ? (deadband.value / 100) * span : null;
}
