// What a written command came to, from the driver's answer and the readings made after it.
import type { WriteRule } from '@louwei/device-profiles';
import type { WriteOutcome } from '../../drivers/port.ts';
import type { Reading } from '../../points/reading.ts';
import type { Outcome } from './admission.ts';

export interface ReadBack {
  readonly rule: WriteRule;
  readonly value: number;
  /** Nothing read before it counts, Unix ms. */
  readonly writtenAtMs: number;
  readonly write: WriteOutcome;
  /** Last good value of the read-back point since the write. */
  readonly seen: number | null;
}

/** @returns the outcome when the write alone decides it: the device said no, or nothing was sent. */
export function outcomeOfWrite(write: WriteOutcome): Outcome | null {
  if (write.kind === 'refused')
    return { state: 'failed', code: 'device-refuses', reason: `the device refuses: ${write.reason}` };
  if (write.kind === 'not-sent') return { state: 'failed', code: 'not-sent', reason: `not sent: ${write.reason}` };
  return null;
}

/** Takes one reading into account. @returns the outcome as soon as it is confirmed. */
export function onReading(
  state: ReadBack,
  reading: Reading,
): { readonly state: ReadBack; readonly outcome: Outcome | null } {
  const { rule, value, writtenAtMs } = state;
  const fresh = reading.point === rule.readBack.point && reading.gatewayTimeMs >= writtenAtMs;
  if (!fresh || reading.quality !== 'good' || reading.value === null) return { state, outcome: null };
  const seen = Number(reading.value);
  if (!Number.isFinite(seen)) return { state, outcome: null };
  const next = { ...state, seen };
  // Nine digits: what a 32-bit float cannot tell apart is the same.
  const off = Number(Math.abs(seen - value).toPrecision(9));
  if (off > rule.readBack.tolerance + 1e-6 * Math.abs(value)) return { state: next, outcome: null };
  return {
    state: next,
    outcome: { state: 'confirmed', code: 'read-back', reason: `${rule.readBack.point} reads ${seen}`, readBack: seen },
  };
}

/** The time for reading back is over. */
export function onTimeUp({ rule, write, seen }: ReadBack): Outcome {
  const { point, withinS } = rule.readBack;
  if (seen === null) {
    const heard = write.kind === 'unanswered' ? ` and the device did not answer (${write.reason})` : '';
    return { state: 'unknown', code: 'no-reading', reason: `no good value of ${point} within ${withinS} s${heard}` };
  }
  const still = `${point} still reads ${seen} after ${withinS} s`;
  // Without an answer nobody knows whether the device will still do it.
  if (write.kind === 'unanswered')
    return { state: 'unknown', code: 'unanswered', reason: `${still}, ${write.reason}`, readBack: seen };
  return { state: 'failed', code: 'no-effect', reason: still, readBack: seen };
}
