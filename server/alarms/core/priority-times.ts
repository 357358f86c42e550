// Priority by schedule: a pure function of the time, so that a restart needs nothing but the clock to know it.
import type { Definition } from './definition.ts';
import type { AlarmRecord } from './facts.ts';
import { priorityAt } from './levels.ts';
import { changePriority } from './machine.ts';
import type { RuleState } from './rule-state.ts';
import { type ResolvedSchedule, TIMELESS } from './rules/kind.ts';
import { scheduleKind } from './rules/schedule.ts';
import type { Transition } from './transition.ts';

export interface PriorityTime {
  readonly schedule: ResolvedSchedule;
  readonly priority: number;
}

/** At `nowMs`, and until when it is certain to stay; null: for ever. */
export function priorityInForce(
  definition: Definition,
  level: number,
  nowMs: number,
): { readonly priority: number; readonly untilMs: number | null } {
  const own = priorityAt(definition, level);
  if (definition.priorityTimes.length === 0) return { priority: own, untilMs: null };
  const asked = definition.priorityTimes.map(({ schedule, priority }) => {
    const { truth, againMs = Number.POSITIVE_INFINITY } = scheduleKind.evaluate(schedule, {
      ...TIMELESS,
      value: null,
      before: false,
      level: 0,
      of: () => null,
      nowMs,
    });
    return { inside: truth === true, priority, againMs };
  });
  return {
    priority: asked.find(({ inside }) => inside)?.priority ?? own,
    untilMs: Math.min(...asked.map(({ againMs }) => againMs)),
  };
}

/** Server time, ms, at which an open alarm has to look at its schedule again; after a start at once. */
export function priorityDueAt(definition: Definition, record: AlarmRecord, untilMs: number | null): number {
  if (record.occurrence === null || definition.priorityTimes.length === 0) return Number.POSITIVE_INFINITY;
  return untilMs ?? record.occurrence.activeAtMs;
}

/** A more urgent time is announced, a less urgent one is silent, as with any change of priority. */
export function followSchedule(
  definition: Definition,
  { record, watch }: RuleState,
  nowMs: number,
): { readonly untilMs: number | null; readonly transitions: readonly Transition[] } {
  const { priority, untilMs } = priorityInForce(definition, 1, nowMs);
  const sourceMs = Math.min(nowMs, watch.priorityUntilMs ?? nowMs);
  return { untilMs, transitions: changePriority(record, priority, { actor: 'system', sourceMs, serverMs: nowMs }) };
}
