// Flapping hold: an alarm that was activated three times within a minute stays active and only counts, until it has been
// quiet for a minute. Nothing is hidden: the alarm stays on the list, and its return is told with the release.
import type { Definition } from './definition.ts';
import type { AlarmValue } from './facts.ts';
import { conditionOff } from './machine.ts';
import { adopt, chain, type Outcome, type RuleState } from './rule-state.ts';
import type { Stamp } from './transition.ts';

/** ISA-18.2-2016 describes chattering; three in a minute is how it is counted. */
const ACTIVATIONS = 3;
const WINDOW_MS = 60_000;
const QUIET_MS = 60_000;

/** After an activation: notes it, and starts the hold with the one that is too many. */
export function activated(state: RuleState, stamp: Stamp): Outcome {
  const { record, watch } = state;
  const recent = watch.activatedAtMs.filter((atMs) => atMs > stamp.sourceMs - WINDOW_MS && atMs <= stamp.sourceMs);
  const activatedAtMs = [...recent, stamp.sourceMs].slice(-ACTIVATIONS);
  const noted: RuleState = { record, watch: { ...watch, activatedAtMs } };
  if (activatedAtMs.length < ACTIVATIONS || record.occurrence === null) return { state: noted, transitions: [] };
  const { sourceMs, serverMs } = stamp;
  const held = adopt(noted, [{ event: 'CHATTERING_ON', ...stamp, actor: 'system' }]);
  const flapping = { cond: true, activations: 0, changedAtMs: serverMs, sourceMs, value: record.occurrence.value };
  return { ...held, state: { ...held.state, watch: { ...held.state.watch, flapping } } };
}

/** The condition behind the hold goes or comes. */
export function flip({ record, watch }: RuleState, value: AlarmValue, { sourceMs, serverMs }: Stamp): RuleState {
  if (watch.flapping === null) return { record, watch };
  const cond = !watch.flapping.cond;
  const activations = watch.flapping.activations + (cond ? 1 : 0);
  return { record, watch: { ...watch, flapping: { cond, activations, changedAtMs: serverMs, sourceMs, value } } };
}

/** Server time, ms; never while nobody can tell whether it is quiet, or while the condition is about to come again. */
export function releaseAt({ watch: { flapping, held, pending } }: RuleState): number {
  if (flapping === null || held || (!flapping.cond && pending !== null)) return Number.POSITIVE_INFINITY;
  return flapping.changedAtMs + QUIET_MS;
}

/** Ends the hold and says what the condition really is. */
export function releaseFlapping(definition: Definition, state: RuleState, stamp: Stamp): Outcome {
  const { record, watch } = state;
  const { flapping } = watch;
  if (flapping === null || record.occurrence === null) return { state, transitions: [] };
  const activations = record.occurrence.activations + flapping.activations;
  const released = adopt(state, [{ event: 'CHATTERING_OFF', activations, ...stamp }]);
  const calm = { ...released.state, watch: { ...released.state.watch, flapping: null, activatedAtMs: [] } };
  if (flapping.cond) return { ...released, state: calm };
  const { sourceMs, value } = flapping;
  const fromMs = watch.excursion?.fromMs ?? sourceMs;
  const gone = { ...calm, watch: { ...calm.watch, excursion: { fromMs, toMs: sourceMs } } };
  const how = { latching: definition.latching, cause: 'process', value } as const;
  return chain({ ...released, state: gone }, (from) =>
    adopt(from, conditionOff(from.record, how, { ...stamp, actor: `rule:${definition.rule.kind}`, sourceMs })),
  );
}
