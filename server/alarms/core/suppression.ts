// Suppression by design: while its cause holds, the alarm is a mere consequence. The condition is still evaluated and
// journalled; only the announcement waits (IEC 62682:2022, designed suppression).
import { CAUSE_PREFIX, holds } from './cause.ts';
import type { Definition } from './definition.ts';
import { suppress, unsuppress } from './machine.ts';
import type { Reading } from './reading.ts';
import type { Outcome, RuleState, Watch } from './rule-state.ts';
import type { Stamp } from './transition.ts';

/** A reading of a point that may be a cause. A flawed one says nothing: the last good one goes on holding. */
export function observeCauses(definition: Definition, state: RuleState, point: string, reading: Reading): Outcome {
  const { value } = reading;
  if (!reading.usable || value === null || !Number.isFinite(value)) return { state, transitions: [] };
  let outcome: Outcome = { state, transitions: [] };
  for (const cause of definition.causes) {
    if (cause.point !== point) continue;
    const stamp: Stamp = { actor: cause.id, sourceMs: reading.sourceMs, serverMs: reading.atMs };
    const next = holds(cause, value)
      ? begin(outcome.state, cause.id, stamp)
      : end(definition, outcome.state, cause.id, stamp);
    outcome = { state: next.state, transitions: [...outcome.transitions, ...next.transitions] };
  }
  return outcome;
}

/** The cause holds, or holds again. */
export function begin(state: RuleState, id: string, stamp: Stamp): Outcome {
  const { record, transitions } = suppress(state.record, id, stamp);
  const watch = withoutLift(state.watch, id);
  return record === state.record && watch === state.watch
    ? { state, transitions }
    : { state: { record, watch }, transitions };
}

/**
 * The cause has gone while the condition holds: the equipment gets the on-delay once more to show that all is well - a pump
 * that has just started has no pressure yet. A condition that has gone already gets its off-delay.
 */
function end(definition: Definition, state: RuleState, id: string, stamp: Stamp): Outcome {
  const { record, watch } = state;
  if (!record.facts.cond && !watch.raw) return endIn(state, id, 0, stamp);
  const returning = record.facts.cond && !watch.raw;
  return endIn(
    state,
    id,
    returning ? Math.max(definition.onDelayMs, definition.offDelayMs) : definition.onDelayMs,
    stamp,
  );
}

/** The cause has gone; it goes on suppressing for so long. */
export function endIn(state: RuleState, id: string, waitMs: number, stamp: Stamp): Outcome {
  const { record, watch } = state;
  if (!record.facts.suppressedBy.includes(id) || watch.lifts[id] !== undefined) return { state, transitions: [] };
  if (waitMs === 0) return without(state, id, stamp);
  const lifts = { ...watch.lifts, [id]: stamp.serverMs + waitMs };
  return { state: { record, watch: { ...watch, lifts } }, transitions: [] };
}

/** Server time, ms, of the next suppression that ends by itself; Infinity when none does. */
export function liftAt({ lifts }: Watch): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const id in lifts) earliest = Math.min(earliest, lifts[id] ?? earliest);
  return earliest;
}

export function lift(state: RuleState, dueMs: number, stamp: Stamp): Outcome {
  const id = Object.keys(state.watch.lifts).find((one) => state.watch.lifts[one] === dueMs) ?? '';
  return without({ ...state, watch: withoutLift(state.watch, id) }, id, { ...stamp, actor: id });
}

export const postponeLifts = (watch: Watch, dueMs: number, laterMs: number): Watch => ({
  ...watch,
  lifts: Object.fromEntries(Object.entries(watch.lifts).map(([id, atMs]) => [id, atMs === dueMs ? laterMs : atMs])),
});

function withoutLift(watch: Watch, id: string): Watch {
  if (watch.lifts[id] === undefined) return watch;
  const { [id]: _, ...lifts } = watch.lifts;
  return { ...watch, lifts };
}

function without(state: RuleState, id: string, stamp: Stamp): Outcome {
  const { record, transitions } = unsuppress(state.record, id, stamp);
  return record === state.record ? { state, transitions } : { state: { ...state, record }, transitions };
}

/** Causes that the definition does not name any more suppress nothing. */
export function dropCauses(definition: Definition, state: RuleState, stamp: Stamp): Outcome {
  let { record } = state;
  const transitions = state.record.facts.suppressedBy.flatMap((by) => {
    if (!by.startsWith(CAUSE_PREFIX) || definition.causes.some(({ id }) => id === by)) return [];
    const next = unsuppress(record, by, stamp);
    record = next.record;
    return next.transitions;
  });
  return record === state.record ? { state, transitions } : { state: { ...state, record }, transitions };
}
