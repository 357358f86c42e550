// From readings to the qualified condition: hysteresis, on-delay and off-delay, quality, silence. Delays are timestamps
// in the state with a `wakeAt`; nothing here waits.
import type { Definition } from './definition.ts';
import type { AlarmRecord, AlarmValue } from './facts.ts';
import { EMPTY_RECORD } from './facts.ts';
import { type Inputs, NO_INPUTS } from './inputs.ts';
import { interrupted, judge, type Recollection } from './judge.ts';
import { nextStep, priorityAt, type Step, stepDueAt, takeStep } from './levels.ts';
import { certainty, conditionOff, conditionOn, unsuppress } from './machine.ts';
import type { Position } from './order.ts';
import { reAlarm, reAlarmDueAt } from './re-alarm.ts';
import type { Reading } from './reading.ts';
import type { Verdict } from './rules/kind.ts';
import { unshelve } from './shelving.ts';
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
  /** When the suppression ends although nobody says so; null: no end in sight. */
  readonly liftAtMs: number | null;
  readonly lifting: string | null;
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
  pending: Pending | null = null,
): RuleState => ({
  record,
  watch: {
    raw: pending === null ? record.facts.cond : !record.facts.cond,
    pending,
    held: false,
    lastGoodMs: nowMs,
    liftAtMs: null,
    lifting: null,
    excursion: record.facts.cond
      ? { fromMs: record.occurrence?.activeAtMs ?? nowMs, toMs: Number.POSITIVE_INFINITY }
      : null,
    inputs: NO_INPUTS,
    recollection: null,
    step: null,
    level: null,
    late: null,
  },
});

/** The newest reading of the rule's point; {@link observePoint} calls it for all points. */
export function observe(definition: Definition, state: RuleState, reading: Reading, mint: Mint): Outcome {
  const woken = wake(definition, state, reading.atMs, mint);
  const judged = chain(woken, (from) => conclude(definition, from, reading, reading.atMs));
  return settle(definition, judged, reading.atMs, mint);
}

/** The rule is asked; a change of its answer starts a delay, an unknown answer holds what was. */
function conclude(definition: Definition, state: RuleState, reading: Reading, atMs: number): Outcome {
  const { verdict, recollection } = judge(definition, state, reading);
  const { record } = state;
  const watch = recollection === null ? state.watch : { ...state.watch, recollection };
  if (verdict.truth === null)
    return definition.silenceMs === null
      ? hold({ record, watch }, verdict.why, { ...reading, atMs })
      : { state, transitions: [] };
  const certain = certainty(record, null, stampOf(definition, reading.sourceMs, atMs));
  const next = answered(definition, { record: replay(certain, record), watch }, verdict, verdict.truth, reading);
  return { state: next, transitions: certain };
}

function answered(
  definition: Definition,
  { record, watch }: RuleState,
  { level }: Verdict,
  truth: boolean,
  reading: Reading,
): RuleState {
  const pending: Pending | null =
    truth === record.facts.cond
      ? null
      : {
          ...(watch.pending ?? { sinceMs: reading.atMs, sourceMs: reading.sourceMs, notBeforeMs: 0 }),
          value: reading.shown,
        };
  const levelled = followLevel(definition, { record, watch }, level ?? 0, reading);
  return { record, watch: { ...watch, raw: truth, pending, held: false, lastGoodMs: reading.atMs, ...levelled } };
}

/** Nobody can tell now: keep the condition, stop running delays, say so on an open alarm. */
export function hold(state: RuleState, why: string, at: { readonly sourceMs: number; readonly atMs: number }): Outcome {
  const stamp: Stamp = { actor: 'system', sourceMs: at.sourceMs, serverMs: at.atMs };
  const transitions = certainty(state.record, why, stamp);
  if (transitions.length === 0 && state.watch.held && state.watch.pending === null && state.watch.step === null)
    return { state, transitions };
  return {
    state: {
      record: replay(transitions, state.record),
      watch: { ...state.watch, held: true, pending: null, step: null },
    },
    transitions,
  };
}

/** The way to the equipment is gone: {@link hold}, and nothing is asked until it is back. */
export function disconnect(
  definition: Definition,
  state: RuleState,
  why: string,
  at: { readonly sourceMs: number; readonly atMs: number },
): Outcome {
  const recollection = interrupted(definition, state.watch.recollection, at.sourceMs);
  return hold(recollection === null ? state : { ...state, watch: { ...state.watch, recollection } }, why, at);
}

/** The way to the equipment is back. Silence counts from now; values count again with their first usable reading. */
export function reconnect(definition: Definition, state: RuleState, atMs: number): RuleState {
  if (definition.silenceMs === null || !state.watch.held) return state;
  return { ...state, watch: { ...state.watch, held: false, lastGoodMs: atMs } };
}

/** What is due by the clock, in the order in which it fell due: a shelf or a suppression that ends, silence, a delay. */
export function wake(definition: Definition, state: RuleState, atMs: number, mint: Mint): Outcome {
  let outcome: Outcome = { state, transitions: [] };
  for (let dueMs = wakeAt(definition, state); dueMs <= atMs; dueMs = wakeAt(definition, outcome.state))
    outcome = chain(outcome, (from) => wakeOne(definition, from, dueMs, atMs, mint));
  return outcome;
}

function wakeOne(definition: Definition, state: RuleState, dueMs: number, atMs: number, mint: Mint): Outcome {
  const { record, watch } = state;
  const stamp: Stamp = { actor: 'system', sourceMs: dueMs, serverMs: atMs };
  // A condition that goes at the very moment a shelf or a suppression ends has gone before it.
  if (watch.pending !== null && dueAt(definition, record.facts.cond, watch.pending) === dueMs)
    return settle(definition, { state, transitions: [] }, atMs, mint);
  if (watch.step !== null && stepDueAt(definition, record, watch.step) === dueMs)
    return settle(definition, { state, transitions: [] }, atMs, mint);
  if (record.facts.shelf?.untilMs === dueMs) {
    const decision = unshelve(record, 'expired', stamp);
    return adopt(state, decision.ok ? decision.transitions : []);
  }
  if (reAlarmDueAt(definition, record) === dueMs) return adopt(state, reAlarm(record, stamp));
  if (watch.liftAtMs === dueMs) {
    const lifted = unsuppress(record, watch.lifting ?? '', { ...stamp, actor: watch.lifting ?? 'system' });
    return {
      state: { record: lifted.record, watch: { ...watch, liftAtMs: null, lifting: null } },
      transitions: lifted.transitions,
    };
  }
  if (watch.recollection?.againMs === dueMs) return askAgain(definition, state, dueMs, atMs);
  const pending = record.facts.cond ? null : { sinceMs: dueMs, sourceMs: dueMs, value: null, notBeforeMs: 0 };
  return { state: { ...state, watch: { ...watch, raw: true, pending } }, transitions: [] };
}

/** Nothing was reported, so nothing has changed but the time. */
function askAgain(definition: Definition, state: RuleState, dueMs: number, atMs: number): Outcome {
  const { shown = null, value = null } = state.watch.inputs[definition.point] ?? {};
  const reading: Reading = { value, shown, usable: true, why: 'good', sourceMs: dueMs, atMs: dueMs };
  return conclude(definition, state, reading, atMs);
}

/** Server time, ms, at which {@link wake} has something to do; Infinity when never. */
export function wakeAt(definition: Definition, { record, watch }: RuleState): number {
  const { facts } = record;
  let earliest = silenceDeadline(definition, { record, watch });
  if (watch.pending !== null) earliest = Math.min(earliest, dueAt(definition, facts.cond, watch.pending));
  if (watch.step !== null) earliest = Math.min(earliest, stepDueAt(definition, record, watch.step));
  if (facts.shelf !== null) earliest = Math.min(earliest, facts.shelf.untilMs);
  earliest = Math.min(earliest, reAlarmDueAt(definition, record));
  if (watch.liftAtMs !== null) earliest = Math.min(earliest, watch.liftAtMs);
  if (watch.recollection !== null) earliest = Math.min(earliest, watch.recollection.againMs);
  return earliest;
}

const silenceDeadline = ({ silenceMs }: Definition, { watch }: RuleState): number =>
  silenceMs === null || watch.held || watch.raw ? Number.POSITIVE_INFINITY : watch.lastGoodMs + silenceMs;

const delayOf = (definition: Definition, cond: boolean): number =>
  cond ? definition.offDelayMs : definition.onDelayMs;

const dueAt = (definition: Definition, cond: boolean, pending: Pending): number =>
  Math.max(pending.sinceMs + delayOf(definition, cond), pending.notBeforeMs);

/** Turns a pending change into the qualified one when its delay has passed. */
function settle(definition: Definition, outcome: Outcome, atMs: number, mint: Mint): Outcome {
  const { record, watch } = outcome.state;
  const { pending } = watch;
  if (pending === null || dueAt(definition, record.facts.cond, pending) > atMs)
    return settleStep(definition, outcome, atMs);
  const sourceMs = Math.min(atMs, pending.sourceMs + delayOf(definition, record.facts.cond));
  const stamp = stampOf(definition, sourceMs, atMs);
  return chain(outcome, (from) => {
    const on = !record.facts.cond;
    const transitions = on
      ? conditionOn(
          record,
          {
            priority: priorityAt(definition, watch.level ?? 1),
            value: pending.value,
            shown: definition.show(pending.value, watch.level ?? 1),
          },
          stamp,
          mint,
        )
      : conditionOff(record, { latching: definition.latching, cause: 'process', value: pending.value }, stamp);
    const excursion = on
      ? { fromMs: pending.sourceMs, toMs: Number.POSITIVE_INFINITY }
      : { fromMs: watch.excursion?.fromMs ?? sourceMs, toMs: sourceMs };
    return adopt({ ...from, watch: { ...from.watch, pending: null, step: null, excursion } }, transitions);
  });
}

/** The level of a usable reading, and the step that it starts, continues or ends. */
export function followLevel(
  definition: Definition,
  { record, watch }: RuleState,
  level: number,
  reading: Reading,
): Pick<Watch, 'level' | 'step'> {
  if (definition.levels.length === 0) return { level: null, step: null };
  const seen = { level, sinceMs: reading.atMs, sourceMs: reading.sourceMs, value: reading.shown };
  return { level, step: nextStep(definition, record, watch.step, seen) };
}

function settleStep(definition: Definition, outcome: Outcome, atMs: number): Outcome {
  const { record, watch } = outcome.state;
  if (watch.step === null) return outcome;
  const { step } = watch;
  const dueMs = stepDueAt(definition, record, step);
  if (dueMs > atMs) return outcome;
  const sourceMs = Math.min(atMs, step.sourceMs + dueMs - step.sinceMs);
  return chain(outcome, (from) =>
    adopt(
      { ...from, watch: { ...from.watch, step: null } },
      takeStep(definition, record, step, stampOf(definition, sourceMs, atMs)),
    ),
  );
}

export const stampOf = (definition: Definition, sourceMs: number, serverMs: number): Stamp => ({
  actor: `rule:${definition.rule.kind}`,
  sourceMs,
  serverMs,
});

/** State after the transitions. */
export const adopt = (state: RuleState, transitions: readonly Transition[]): Outcome => ({
  state: transitions.length === 0 ? state : { ...state, record: replay(transitions, state.record) },
  transitions,
});

const chain = (outcome: Outcome, step: (state: RuleState) => Outcome): Outcome => {
  const next = step(outcome.state);
  return { state: next.state, transitions: [...outcome.transitions, ...next.transitions] };
};
