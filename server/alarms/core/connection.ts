// Loss of the way to the equipment: its alarms become uncertain, and a cause further up makes comm-loss a consequence.
import type { Definition } from './definition.ts';
import { suppress } from './machine.ts';
import { disconnect, reconnect } from './qualification.ts';
import type { Outcome, RuleState } from './rule-state.ts';

/** After its cause has gone, a consequence gets its own off-delay and this much more to prove that it has gone too. */
export const SUPPRESSION_GRACE_MS = 10_000;

/** The device stopped or started answering. Its comm-loss rule is not touched: that one reports it. */
export function deviceConnection(
  definition: Definition,
  state: RuleState,
  online: boolean,
  sourceMs: number,
  atMs: number,
): Outcome {
  if (definition.rule.kind === 'comm-loss') return { state, transitions: [] };
  return online
    ? { state: reconnect(definition, state, atMs), transitions: [] }
    : disconnect(definition, state, 'equipment does not answer', { sourceMs, atMs });
}

/** The gateway of the device went or came. `cause` names it, e.g. `gateway:plant-room`. */
export function gatewayConnection(
  definition: Definition,
  state: RuleState,
  change: {
    readonly online: boolean;
    readonly deviceOnline: boolean;
    readonly cause: string;
    readonly sourceMs: number;
    readonly atMs: number;
  },
): Outcome {
  const { online, deviceOnline, cause, sourceMs, atMs } = change;
  if (!online) {
    const held = disconnect(definition, state, 'gateway does not answer', { sourceMs, atMs });
    if (definition.rule.kind !== 'comm-loss') return held;
    const suppressed = suppress(held.state.record, cause, { actor: cause, sourceMs, serverMs: atMs });
    return {
      state: { record: suppressed.record, watch: { ...held.state.watch, liftAtMs: null, lifting: null } },
      transitions: [...held.transitions, ...suppressed.transitions],
    };
  }
  if (definition.rule.kind !== 'comm-loss')
    return { state: deviceOnline ? reconnect(definition, state, atMs) : state, transitions: [] };
  if (!state.record.facts.suppressedBy.includes(cause)) return { state, transitions: [] };
  const liftAtMs = atMs + definition.offDelayMs + SUPPRESSION_GRACE_MS;
  return { state: { ...state, watch: { ...state.watch, liftAtMs, lifting: cause } }, transitions: [] };
}
