// What a reading is worth before anything is decided about it: range of the class, the device's clock, no value with a
// bad quality.
import type { Point } from '@louwei/device-profiles';
import type { Reading } from '../reading.ts';

/** Device clocks before this moment were never set. */
const EARLIEST_DEVICE_TIME_MS = Date.UTC(2000, 0, 1);
/** Furthest a device clock may be ahead of the gateway's: a wrong time zone is a wrong clock, but a known one. */
const MAX_AHEAD_MS = 86_400_000;

/** Bad qualities that say something about a value and keep it; all others mean that there is none. */
const KEEPS_VALUE = new Set(['good', 'substituted', 'stale', 'clock-suspect', 'out-of-range']);

export function examine(reading: Reading, point: Pick<Point, 'range' | 'kind'> | undefined): Reading {
  const { deviceTimeMs, ...rest } = reading;
  if (!KEEPS_VALUE.has(reading.quality)) return { ...reading, value: null };
  if (typeof reading.value === 'number' && !Number.isFinite(reading.value))
    return { ...reading, value: null, quality: 'decode-error' };
  if (reading.value === null && reading.quality === 'good') return { ...reading, quality: 'not-present' };
  if (reading.quality !== 'good') return reading;
  if (typeof reading.value === 'number' && point?.range !== undefined) {
    const [low, high] = point.range;
    if (reading.value < low || reading.value > high) return { ...reading, quality: 'out-of-range' };
  }
  // An impossible device time is no information; the gateway's own time stays.
  if (deviceTimeMs !== undefined && isImpossible(deviceTimeMs, reading.gatewayTimeMs))
    return { ...rest, quality: 'clock-suspect' };
  return reading;
}

const isImpossible = (deviceTimeMs: number, gatewayTimeMs: number): boolean =>
  !Number.isFinite(deviceTimeMs) ||
  deviceTimeMs < EARLIEST_DEVICE_TIME_MS ||
  deviceTimeMs > gatewayTimeMs + MAX_AHEAD_MS;
