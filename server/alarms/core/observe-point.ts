// A reading of any point that a definition looks at: of its rule, of its causes, or of both.
import type { Definition } from './definition.ts';
import { combined, withInput } from './inputs.ts';
import { judge, rebuilt } from './judge.ts';
import { levelOf } from './levels.ts';
import { followLevel, observe, wake } from './qualification.ts';
import type { Reading } from './reading.ts';
import type { Mint, Outcome, RuleState } from './rule-state.ts';
import { TIMELESS } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';
import { observeCauses } from './suppression.ts';

/** Births and backlog come first after a start. */
const BIRTHS_MS = 10_000;

/** Every point of the definition, each once. */
export const pointsOf = ({ points, causes }: Definition): readonly string[] => [
  ...new Set([...points, ...causes.map(({ point }) => point)]),
];

/**
 * What fell due before the reading is done first, then its causes, then its condition: what the same reading makes a
 * consequence is not announced.
 */
export function observePoint(
  definition: Definition,
  state: RuleState,
  point: string,
  reading: Reading,
  mint: Mint,
): Outcome {
  const own = definition.points.includes(point);
  const single = definition.points.length === 1 && definition.horizonMs === null;
  if (definition.causes.length === 0 && single)
    return own ? observe(definition, state, reading, mint) : { state, transitions: [] };
  const woken = wake(definition, state, reading.atMs, mint);
  const caused = observeCauses(definition, woken.state, point, reading);
  const before = [...woken.transitions, ...caused.transitions];
  if (!own) return { state: caused.state, transitions: before };
  const seen = single ? null : withInput(caused.state.watch.inputs, point, reading);
  const next =
    seen === null
      ? observe(definition, caused.state, reading, mint)
      : observe(
          definition,
          { ...caused.state, watch: { ...caused.state.watch, inputs: seen } },
          combined(seen, definition.points, reading),
          mint,
        );
  return { state: next.state, transitions: [...before, ...next.transitions] };
}

/**
 * A reading from before the start: known, but evaluated already, so it decides nothing but suppression. The delay of a
 * level that was not announced yet starts again.
 */
export function recall(definition: Definition, state: RuleState, point: string, reading: Reading): Outcome {
  const recalled = recallReading(definition, state, point, reading);
  const { state: known, transitions } = recalled;
  if (known.watch.flapping === null || !definition.points.includes(point)) return recalled;
  return { state: recallCondition(definition, known, reading), transitions };
}

/** What holds behind a flapping alarm is not stored: its last reading tells, and may be all that ever comes. */
function recallCondition(definition: Definition, state: RuleState, reading: Reading): RuleState {
  if (definition.silenceMs !== null || definition.horizonMs !== null) return state;
  const { watch } = state;
  const own = definition.points.length === 1 ? reading : combined(watch.inputs, definition.points, reading);
  const { truth } = judge(definition, state, own).verdict;
  if (truth === null) return state;
  const { sourceMs, atMs, shown } = own;
  const pending = truth ? null : { sinceMs: atMs, sourceMs, value: shown, notBeforeMs: atMs + BIRTHS_MS };
  return { ...state, watch: { ...watch, raw: truth, pending } };
}

function recallReading(definition: Definition, state: RuleState, point: string, reading: Reading): Outcome {
  const caused = observeCauses(definition, state, point, reading);
  const { record, watch } = caused.state;
  if (!definition.points.includes(point) || definition.horizonMs !== null) return caused;
  if (definition.levels.length > 0 && record.facts.cond) {
    const level = levelOf(definition, record);
    const verdict = kindOf(definition.rule).evaluate(definition.rule, {
      value: reading.value,
      before: true,
      level,
      of: () => null,
      ...TIMELESS,
    });
    const levelled = followLevel(definition, caused.state, verdict.level ?? level, reading);
    return { state: { ...caused.state, watch: { ...watch, ...levelled } }, transitions: caused.transitions };
  }
  if (definition.points.length === 1) return caused;
  const inputs = withInput(watch.inputs, point, reading);
  return { state: { ...caused.state, watch: { ...watch, inputs } }, transitions: caused.transitions };
}

/**
 * The memory of a rule that looks at time, from the readings of its horizon, oldest first. It is asked again at `againMs`,
 * unless nobody can tell now: births and backlog come first.
 */
export function recallHistory(
  definition: Definition,
  state: RuleState,
  history: readonly { readonly point: string; readonly reading: Reading }[],
  againMs: number,
): RuleState {
  if (history.length === 0) return state;
  const { held } = state.watch;
  const again = held ? Number.POSITIVE_INFINITY : againMs;
  return { ...state, watch: { ...state.watch, ...rebuilt(definition, state, history, again) } };
}
