// What is known of one rule beside its stored facts, and what a decision gives.
import { type Flapping, flappingAtStart } from './chatter-facts.ts';
import type { Definition } from './definition.ts';
import { type AlarmRecord, type AlarmValue, EMPTY_RECORD } from './facts.ts';
import { type Inputs, NO_INPUTS } from './inputs.ts';
import type { Recollection } from './judge.ts';
import type { Step } from './levels.ts';
import type { Position } from './order.ts';
import { replay, type Stamp, type Transition } from './transition.ts';

/** A change of the raw condition that has not lasted long enough yet. */
export interface Pending {
  readonly sinceMs: number;
  readonly sourceMs: number;
  readonly value: AlarmValue;
  /** After a restart: not before births and backlog had their chance. */
  readonly notBeforeMs: number;
}

export interface Watch {
  /** What the rule said of the last usable reading. */
  readonly raw: boolean;
  readonly pending: Pending | null;
  /** No usable reading now: the condition keeps what it had. */
  readonly held: boolean;
  /** Server time of the last good reading; only rules on silence use it. */
  readonly lastGoodMs: number;
  /** Causes that have gone and suppress no longer than until their server time, ms. */
  readonly lifts: Readonly<Record<string, number>>;
  /** Source times of the last activation, so that late data of the same excursion is not reported again. */
  readonly excursion: { readonly fromMs: number; readonly toMs: number } | null;
  /** Last readings of the points of a rule that compares several or looks at time; empty for all others. */
  readonly inputs: Inputs;
  /** Of a rule that looks at time; null for all others. */
  readonly recollection: Recollection | null;
  /** Of a rule with levels: a level other than the announced one, until it has lasted. */
  readonly step: Step | null;
  /** Level of the last usable reading; null after a start, when only the announced one is known. */
  readonly level: number | null;
  readonly late: (Position & { readonly truth: boolean }) | null;
  /** Until then the priority of the open alarm stays as its schedule has it, ms; null: not looked at since the start. */
  readonly priorityUntilMs: number | null;
  /** Source times of the newest activations. */
  readonly activatedAtMs: readonly number[];
  /** While the alarm is kept active because it flaps; null: it does not. */
  readonly flapping: Flapping | null;
}

export interface RuleState {
  readonly record: AlarmRecord;
  readonly watch: Watch;
}

export interface Outcome {
  readonly state: RuleState;
  readonly transitions: readonly Transition[];
}

/** Makes the id of a new occurrence. */
export type Mint = () => string;

export const newRuleState = (
  nowMs: number,
  record: AlarmRecord = EMPTY_RECORD,
  delay: Pending | null = null,
): RuleState => {
  const flapping = flappingAtStart(record, nowMs);
  // What a delay of a flapping alarm was waiting for is not known any more; its last reading tells.
  const pending = flapping === null ? delay : null;
  return {
    record,
    watch: {
      raw: pending === null ? record.facts.cond : !record.facts.cond,
      pending,
      held: false,
      lastGoodMs: nowMs,
      lifts: {},
      excursion: record.facts.cond
        ? { fromMs: record.occurrence?.activeAtMs ?? nowMs, toMs: Number.POSITIVE_INFINITY }
        : null,
      inputs: NO_INPUTS,
      recollection: null,
      step: null,
      level: null,
      late: null,
      priorityUntilMs: null,
      activatedAtMs: [],
      flapping,
    },
  };
};

/** The qualified condition; that of the record stays true while the alarm flaps. */
export const conditionOf = ({ record, watch }: RuleState): boolean => watch.flapping?.cond ?? record.facts.cond;

/** State after the transitions. */
export const adopt = (state: RuleState, transitions: readonly Transition[]): Outcome => {
  if (transitions.length === 0) return { state, transitions };
  const record = replay(transitions, state.record);
  const flaps = state.watch.flapping === null || record.occurrence?.chattering === true;
  return { state: { record, watch: flaps ? state.watch : { ...state.watch, flapping: null } }, transitions };
};

export const chain = (outcome: Outcome, step: (state: RuleState) => Outcome): Outcome => {
  const next = step(outcome.state);
  // Most readings change nothing, and there are many.
  if (outcome.transitions.length === 0) return next;
  return { state: next.state, transitions: [...outcome.transitions, ...next.transitions] };
};

export const stampOf = (definition: Definition, sourceMs: number, serverMs: number): Stamp => ({
  actor: `rule:${definition.rule.kind}`,
  sourceMs,
  serverMs,
});
