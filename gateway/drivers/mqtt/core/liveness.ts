// Whether a device that only speaks when it likes is there: its availability topic, its messages, and its silence.
// Pure; times are monotonic ms.
import { MISSED_UNTIL_STALE } from '../../../points/core/expectation.ts';
import type { DeviceState } from '../../port.ts';

export interface Liveness {
  /** When the device last showed that it lives, or when waiting for it began; null without a broker. */
  readonly heardAtMs: number | null;
  /** null: nothing known yet since the broker was reached. */
  readonly state: DeviceState | null;
}

export const UNKNOWN: Liveness = { heardAtMs: null, state: null };

const ONLINE: DeviceState = { online: true };

/** The broker is reached; from now on the device is expected to be heard. */
export const reached = (nowMs: number): Liveness => ({ heardAtMs: nowMs, state: null });

export const lost = (reason: string): Liveness => ({ heardAtMs: null, state: { online: false, reason } });

/** A live message, or the availability topic says online. */
export const heard = (nowMs: number): Liveness => ({ heardAtMs: nowMs, state: ONLINE });

/** The availability topic says offline. A later live message proves otherwise. */
export const reportedOffline = (liveness: Liveness): Liveness => ({
  heardAtMs: liveness.heardAtMs,
  state: { online: false, reason: 'the device reported itself offline (availability topic)' },
});

export function silent(liveness: Liveness, nowMs: number, expectEveryS: number): Liveness {
  if (liveness.heardAtMs === null || liveness.state?.online === false) return liveness;
  const limitMs = MISSED_UNTIL_STALE * expectEveryS * 1000;
  if (nowMs - liveness.heardAtMs < limitMs) return liveness;
  const reason = `no message for ${limitMs / 1000} s (expected every ${expectEveryS} s)`;
  return { heardAtMs: liveness.heardAtMs, state: { online: false, reason } };
}
