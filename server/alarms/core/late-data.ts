// Data that comes late: it is history. It never opens or clears an alarm; an excursion nobody was told of is noted once.
import type { Definition } from './definition.ts';
import { isNewer, type Position } from './order.ts';
import type { Reading } from './reading.ts';
import { type Outcome, type RuleState, stampOf } from './rule-state.ts';
import { TIMELESS } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';

export function observeLate(definition: Definition, state: RuleState, reading: Reading, position: Position): Outcome {
  const { late, excursion } = state.watch;
  // What the rule's other points were at that time is not known any more.
  if (definition.points.length > 1 || definition.horizonMs !== null) return { state, transitions: [] };
  if (!reading.usable || (late !== null && !isNewer(position, late))) return { state, transitions: [] };
  const before = late?.truth ?? false;
  const { truth } = kindOf(definition.rule).evaluate(definition.rule, {
    value: reading.value,
    before,
    level: 0,
    of: () => null,
    ...TIMELESS,
  });
  if (truth === null) return { state, transitions: [] };
  const next: RuleState = { ...state, watch: { ...state.watch, late: { ...position, truth } } };
  const told = excursion !== null && reading.sourceMs >= excursion.fromMs && reading.sourceMs <= excursion.toMs;
  if (!truth || before || told || state.record.occurrence !== null) return { state: next, transitions: [] };
  const stamp = stampOf(definition, reading.sourceMs, reading.atMs);
  return { state: next, transitions: [{ event: 'HISTORICAL', value: reading.shown, ...stamp }] };
}
