// Loss of the way to the equipment: its alarms become uncertain, and a cause further up makes comm-loss a consequence.
import type { Definition } from './definition.ts';
import { disconnect, reconnect } from './qualification.ts';
import { chain, type Outcome, type RuleState } from './rule-state.ts';
import { begin, endIn } from './suppression.ts';

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
  const held: Outcome = online
    ? { state, transitions: [] }
    : disconnect(definition, state, 'gateway does not answer', { sourceMs, atMs });
  if (definition.rule.kind === 'comm-loss')
    return chain(held, (from) => upstream(definition, from, { cause, lost: !online, sourceMs, atMs }));
  return online && deviceOnline ? { state: reconnect(definition, state, atMs), transitions: [] } : held;
}

/**
 * Something on which the equipment hangs went or came, e.g. `gateway:plant-room`, `bus:bus-LV-1`, `feed:LP-1/supply-lost`.
 * Only for alarms that are a consequence of its loss.
 */
export function upstream(
  definition: Definition,
  state: RuleState,
  change: { readonly cause: string; readonly lost: boolean; readonly sourceMs: number; readonly atMs: number },
): Outcome {
  const { cause, lost, sourceMs, atMs } = change;
  const stamp = { actor: cause, sourceMs, serverMs: atMs };
  if (lost) return begin(state, cause, stamp);
  return endIn(state, cause, Math.max(definition.onDelayMs, definition.offDelayMs) + SUPPRESSION_GRACE_MS, stamp);
}
