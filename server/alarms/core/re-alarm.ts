// Re-alarm: acknowledged, but the condition still holds after its time - it sounds again, a limited number of times
// (OPC UA Part 9, ReAlarmTime and ReAlarmRepeatCount).
import type { Definition } from './definition.ts';
import { type AlarmRecord, isModified } from './facts.ts';
import type { Stamp, Transition } from './transition.ts';

/** Server time, ms; Infinity while it is not acknowledged, set aside, gone, or was repeated often enough. */
export function reAlarmDueAt({ reAlarm }: Definition, { facts, occurrence }: AlarmRecord): number {
  const acknowledgedAtMs = occurrence?.acknowledgedAtMs ?? null;
  if (reAlarm === null || occurrence === null || acknowledgedAtMs === null) return Number.POSITIVE_INFINITY;
  if (!facts.cond || !facts.acked || isModified(facts)) return Number.POSITIVE_INFINITY;
  return occurrence.reAlarms < reAlarm.times ? acknowledgedAtMs + reAlarm.afterMs : Number.POSITIVE_INFINITY;
}

export const reAlarm = ({ occurrence }: AlarmRecord, stamp: Stamp): readonly Transition[] =>
  occurrence === null ? [] : [{ event: 'RE-ALARM', count: occurrence.reAlarms + 1, announced: true, ...stamp }];
