// What one transaction has decided so far. Nothing of it is true before the commit, and a rollback just drops it.
import type { Definition } from './core/definition.ts';
import { asEvent, isEvent } from './core/event.ts';
import type { Occurrence } from './core/facts.ts';
import type { Position } from './core/order.ts';
import type { Outcome, RuleState } from './core/rule-state.ts';
import { apply, type Transition } from './core/transition.ts';
import type { PointWatch, Rule, Watched } from './rule-book.ts';

/** A transition with the occurrence it belongs to: the open one, or the one it closed. */
export interface Recorded {
  readonly rule: Rule;
  readonly transition: Transition;
  readonly occurrence: Occurrence | null;
}

export interface Draft {
  readonly states: Map<Rule, RuleState>;
  /** Definitions that a person has changed. */
  readonly definitions: Map<Rule, Definition>;
  readonly positions: Map<PointWatch, Position>;
  readonly answers: Map<Watched, boolean>;
  readonly gateways: Map<string, boolean>;
  readonly recorded: Recorded[];
  /** Rows to write of occurrences that ended, with the time. */
  readonly closed: { readonly rule: Rule; readonly occurrence: Occurrence; readonly closedAtMs: number }[];
}

export const newDraft = (): Draft => ({
  states: new Map(),
  definitions: new Map(),
  positions: new Map(),
  answers: new Map(),
  gateways: new Map(),
  recorded: [],
  closed: [],
});

export const stateIn = (draft: Draft, rule: Rule): RuleState => draft.states.get(rule) ?? rule.state;

/** Enters what the core decided about a rule. */
export function enter(draft: Draft, rule: Rule, decided: Outcome): void {
  const before = stateIn(draft, rule);
  if (decided.state === before && decided.transitions.length === 0) return;
  const outcome = isEvent(rule.definition) ? asEvent(decided) : decided;
  draft.states.set(rule, outcome.state);
  let { record } = before;
  for (const transition of outcome.transitions) {
    const next = apply(record, transition);
    draft.recorded.push({ rule, transition, occurrence: next.occurrence ?? record.occurrence });
    if (transition.event === 'CLOSED' && record.occurrence !== null)
      draft.closed.push({ rule, occurrence: record.occurrence, closedAtMs: transition.serverMs });
    record = next;
  }
}

/** The transaction is durable: the draft becomes the truth. */
export function adoptDraft(draft: Draft): void {
  for (const [rule, definition] of draft.definitions) rule.definition = definition;
  for (const [rule, state] of draft.states) rule.state = state;
  for (const [point, position] of draft.positions) {
    point.position = position;
    point.repeatable = false;
  }
  for (const [watched, answers] of draft.answers) watched.answers = answers;
}
