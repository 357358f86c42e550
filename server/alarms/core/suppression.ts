// Suppression by design: while its cause holds, the alarm is a mere consequence. The condition is still evaluated and
// journalled; only the announcement waits (IEC 62682:2022, designed suppression).
import { CAUSE_PREFIX, holds } from './cause.ts';
import type { Definition } from './definition.ts';
import { suppress, unsuppress } from './machine.ts';
import type { Reading } from './reading.ts';
import type { Outcome, RuleState } from './rule-state.ts';
import type { Stamp } from './transition.ts';

/** A reading of a point that may be a cause. A flawed one says nothing: the last good one goes on holding. */
export function observeCauses(definition: Definition, state: RuleState, point: string, reading: Reading): Outcome {
  const { value } = reading;
  let { record } = state;
  const transitions = definition.causes.flatMap((cause) => {
    if (cause.point !== point || !reading.usable || value === null || !Number.isFinite(value)) return [];
    const stamp: Stamp = { actor: cause.id, sourceMs: reading.sourceMs, serverMs: reading.atMs };
    const next = holds(cause, value) ? suppress(record, cause.id, stamp) : unsuppress(record, cause.id, stamp);
    record = next.record;
    return next.transitions;
  });
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
