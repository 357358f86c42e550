// Loss of the way to the equipment: its alarms become uncertain, and a cause further up makes comm-loss a consequence.
import type { Definition } from './definition.ts';
import { disconnect, reconnect } from './qualification.ts';
import type { Outcome, RuleState } from './rule-state.ts';
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

/** The gateway of the device went or came. Its comm-loss alarm follows by {@link upstream}. */
export function gatewayConnection(
  definition: Definition,
  state: RuleState,
  change: {
    readonly online: boolean;
    readonly deviceOnline: boolean;
    readonly sourceMs: number;
    readonly atMs: number;
  },
): Outcome {
  const { online, deviceOnline, sourceMs, atMs } = change;
  if (!online) return disconnect(definition, state, 'gateway does not answer', { sourceMs, atMs });
  if (definition.rule.kind === 'comm-loss' || !deviceOnline) return { state, transitions: [] };
  return { state: reconnect(definition, state, atMs), transitions: [] };
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
