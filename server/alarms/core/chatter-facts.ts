// What is known of an alarm that is kept active because it flaps.
import type { AlarmRecord, AlarmValue } from './facts.ts';

export interface Flapping {
  /** The qualified condition behind the hold. */
  readonly cond: boolean;
  /** Activations since the hold began; they are counted, not journalled one by one. */
  readonly activations: number;
  /** Of the last change: server time, from which quiet counts, time at the source, and value. */
  readonly changedAtMs: number;
  readonly sourceMs: number;
  readonly value: AlarmValue;
}

/** After a start the alarm is held as it was; its last reading tells what the condition is now. */
export const flappingAtStart = ({ facts, occurrence }: AlarmRecord, nowMs: number): Flapping | null =>
  facts.cond && occurrence?.chattering === true
    ? { cond: true, activations: 0, changedAtMs: nowMs, sourceMs: nowMs, value: occurrence.value }
    : null;
