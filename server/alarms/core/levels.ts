// Alarms with several levels: the priority follows the level. Up is announced after the on-delay, down is silent after
// the off-delay.
import type { Definition } from './definition.ts';
import type { AlarmRecord, AlarmValue } from './facts.ts';
import { changePriority } from './machine.ts';
import type { Stamp, Transition } from './transition.ts';

/** A level that differs from the announced one, and since when. */
export interface Step {
  readonly level: number;
  readonly sinceMs: number;
  readonly sourceMs: number;
  readonly value: AlarmValue;
}

export const priorityAt = (definition: Definition, level: number): number =>
  definition.levels[Math.max(level, 1) - 1]?.priority ?? definition.priority;

/** Level of the open alarm; 1 when its priority is none of the definition's. */
export function levelOf({ levels }: Definition, { facts, occurrence }: AlarmRecord): number {
  if (!facts.cond || occurrence === null) return 0;
  return Math.max(levels.findIndex(({ priority }) => priority === occurrence.priority) + 1, 1);
}

/** The delay runs on while the level stays on the same side of the announced one. */
export function nextStep(definition: Definition, record: AlarmRecord, running: Step | null, seen: Step): Step | null {
  const present = levelOf(definition, record);
  if (definition.levels.length === 0 || present === 0 || seen.level === 0 || seen.level === present) return null;
  const sameWay = running !== null && running.level > present === seen.level > present;
  return sameWay ? { ...seen, sinceMs: running.sinceMs, sourceMs: running.sourceMs } : seen;
}

/** Server time, ms, at which the step counts. */
export const stepDueAt = (definition: Definition, record: AlarmRecord, { level, sinceMs }: Step): number =>
  sinceMs + (level > levelOf(definition, record) ? definition.onDelayMs : definition.offDelayMs);

export const takeStep = (
  definition: Definition,
  record: AlarmRecord,
  { level, value }: Step,
  stamp: Stamp,
): readonly Transition[] =>
  changePriority(record, priorityAt(definition, level), stamp, { value, shown: definition.show(value, level) });
