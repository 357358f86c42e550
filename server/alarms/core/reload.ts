// An open alarm meets a changed definition: decided at once from the last known reading, with the change as its cause.
import { releaseFlapping } from './chatter.ts';
import type { Definition } from './definition.ts';
import { valueIn } from './inputs.ts';
import { levelOf, priorityAt } from './levels.ts';
import { changePriority, conditionOff } from './machine.ts';
import { observePoint } from './observe-point.ts';
import { priorityInForce } from './priority-times.ts';
import type { Reading } from './reading.ts';
import { adopt, chain, type Mint, type Outcome, type RuleState } from './rule-state.ts';
import { TIMELESS } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';
import { dropCauses } from './suppression.ts';
import type { Stamp, Transition } from './transition.ts';

/** The definition differs from the one the occurrence was last judged by. `last` is null when no reading is known. */
export function redefine(definition: Definition, state: RuleState, last: Reading | null, nowMs: number): Outcome {
  const stamp: Stamp = { actor: 'system', sourceMs: nowMs, serverMs: nowMs };
  const calm = releaseFlapping(definition, state, stamp);
  const pruned = chain(calm, (from) => dropCauses(definition, from, stamp));
  const kept = priorityAt(definition, levelOf(definition, pruned.state.record));
  const priority = definition.levels.length === 0 ? priorityInForce(definition, 1, nowMs).priority : kept;
  const asNew = { ...pruned.state, watch: { ...pruned.state.watch, priorityUntilMs: null } };
  const raised = adopt(asNew, changePriority(pruned.state.record, priority, stamp));
  const first: Outcome = { state: raised.state, transitions: [...pruned.transitions, ...raised.transitions] };
  if (last === null || !last.usable || !first.state.record.facts.cond) return first;
  // Rules that look at time cannot tell from one reading; they are asked again when their memory is rebuilt.
  if (definition.silenceMs !== null || definition.horizonMs !== null) return first;
  const { truth } = kindOf(definition.rule).evaluate(definition.rule, {
    value: last.value,
    before: false,
    level: 0,
    of: valueIn(first.state.watch.inputs),
    ...TIMELESS,
  });
  if (truth !== false) return first;
  const off = conditionOff(
    first.state.record,
    { latching: definition.latching, cause: 'config', value: last.shown },
    stamp,
  );
  const next = adopt({ ...first.state, watch: { ...first.state.watch, raw: false, pending: null } }, off);
  return { state: next.state, transitions: [...first.transitions, ...off] };
}

/**
 * A person has changed the definition while it runs: open alarms as in {@link redefine}, and the last known reading counts
 * as if it came now, so that a running delay ends or a new one starts at once. Nobody answers or only silence counts:
 * nothing to judge.
 */
export function reconfigure(
  definition: Definition,
  state: RuleState,
  last: Reading | null,
  nowMs: number,
  mint: Mint,
): Outcome {
  const first = redefine(definition, state, last, nowMs);
  if (last === null || !last.usable || first.state.watch.held || definition.silenceMs !== null) return first;
  const now: Reading = { ...last, sourceMs: nowMs, atMs: nowMs };
  const next = observePoint(definition, first.state, definition.point, now, mint);
  return { state: next.state, transitions: [...first.transitions, ...next.transitions] };
}

/** The class does not have this alarm any more: its occurrence ends here, whatever holds it. */
export function remove(state: RuleState, nowMs: number): Outcome {
  if (state.record.occurrence === null) return { state, transitions: [] };
  const closed: Transition = {
    event: 'CLOSED',
    cause: 'definition-removed',
    actor: 'system',
    sourceMs: nowMs,
    serverMs: nowMs,
  };
  return adopt(state, [closed]);
}
