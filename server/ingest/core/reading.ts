// One metric as a reading of a point, or the reason why it cannot be one. A value that cannot be stored is refused
// alone; its neighbours in the message are not harmed.
import type { Quality } from '@louwei/device-profiles';
import { BDSEQ, type Metric, type MetricType, PROPERTY_PREFIX } from '@louwei/gateway/sparkplug';

export interface Reading {
  readonly name: string;
  readonly type: MetricType;
  readonly value: number | null;
  readonly text: string | null;
  readonly quality: Quality;
  readonly timeMs: number;
  /** What the gateway called the time, when that cannot be true and `timeMs` is the server's instead. */
  readonly statedTimeMs?: number;
  readonly deviceTimeMs: number | null;
  readonly seq: number;
}

export interface Rejection {
  readonly seq: number;
  readonly name: string;
  readonly reason: string;
}

/** Readings from before `oldestMs` or after `newestMs` are kept under the time of their arrival. */
export interface TimeWindow {
  readonly oldestMs: number;
  readonly newestMs: number;
}

export const MAX_NAME_LENGTH = 200;
export const MAX_TEXT_LENGTH = 4_000;
/** Largest time of ECMAScript and well inside PostgreSQL's timestamptz. */
const MAX_TIME_MS = 8.64e15;
const NO_POINTS = [PROPERTY_PREFIX, 'Node Control/', 'Device Control/', 'Node Info/'];

/** Births describe and control through metrics that are no points of the equipment. */
export const isPointName = (name: string): boolean =>
  name !== BDSEQ && !NO_POINTS.some((prefix) => name.startsWith(prefix));

/** @returns why the name cannot be a point's, or undefined. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name.length > MAX_NAME_LENGTH) return `name is longer than ${MAX_NAME_LENGTH} characters`;
  return /\p{Cc}/u.test(name) ? 'name has control characters' : undefined;
}

export function readingOf(
  metric: Metric,
  name: string,
  seq: number,
  receivedAtMs: number,
  window: TimeWindow,
): Reading | Rejection {
  const reason = isPointName(name) ? (nameFault(name) ?? valueFault(metric)) : 'is not a point';
  if (reason !== undefined) return { seq, name: name.slice(0, MAX_NAME_LENGTH), reason };
  const stated = metric.timestampMs;
  const plausible = stated >= window.oldestMs && stated <= window.newestMs;
  const { value, deviceTimeMs } = metric;
  return {
    name,
    type: metric.type,
    value: typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : null,
    text: typeof value === 'string' ? value : null,
    quality: plausible || metric.quality !== 'good' ? metric.quality : 'clock-suspect',
    timeMs: plausible ? Math.trunc(stated) : receivedAtMs,
    ...(plausible ? {} : { statedTimeMs: Math.min(Math.max(Math.trunc(stated), 0), MAX_TIME_MS) }),
    deviceTimeMs:
      deviceTimeMs !== undefined && deviceTimeMs >= 0 && deviceTimeMs <= MAX_TIME_MS ? Math.trunc(deviceTimeMs) : null,
    seq,
  };
}

export const isRejection = (result: Reading | Rejection): result is Rejection => 'reason' in result;

function valueFault(metric: Metric): string | undefined {
  if (metric.unusable !== undefined) return metric.unusable;
  const { value } = metric;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'not a finite number';
  if (typeof value !== 'string') return undefined;
  if (value.length > MAX_TEXT_LENGTH) return `text is longer than ${MAX_TEXT_LENGTH} characters`;
  // PostgreSQL's text cannot hold U+0000.
  return value.includes('\u0000') ? 'text has a NUL character' : undefined;
}
