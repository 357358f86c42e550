// From readings to the qualified condition: hysteresis, on-delay and off-delay, quality, silence. Delays are timestamps
// in the state with a `wakeAt`; nothing here waits.

import { ackOverdue, ackOverdueAt } from './ack-overdue.ts';
import { activated, flip, releaseAt, releaseFlapping } from './chatter.ts';
import type { Definition } from './definition.ts';
import { interrupted, judge } from './judge.ts';
import { nextStep, stepDueAt, takeStep } from './levels.ts';
import { certainty, conditionOff, conditionOn } from './machine.ts';
import { followSchedule, priorityDueAt, priorityInForce } from './priority-times.ts';
import { reAlarm, reAlarmDueAt } from './re-alarm.ts';
import type { Reading } from './reading.ts';
import {
  adopt,
  chain,
  conditionOf,
  type Mint,
  type Outcome,
  type Pending,
  type RuleState,
  stampOf,
  type Watch,
} from './rule-state.ts';
import type { Verdict } from './rules/kind.ts';
import { unshelve } from './shelving.ts';
import { lift, liftAt, postponeLifts } from './suppression.ts';
import { replay, type Stamp } from './transition.ts';

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
  const asked = recollection === null ? state : { record, watch: { ...state.watch, recollection } };
  if (verdict.truth === null)
    return definition.silenceMs === null
      ? hold(asked, verdict.why(), { ...reading, atMs })
      : { state, transitions: [] };
  if (record.occurrence?.uncertain !== true)
    return { state: answered(definition, asked, verdict, verdict.truth, reading), transitions: [] };
  const certain = certainty(record, null, stampOf(definition, reading.sourceMs, atMs));
  const known = { record: replay(certain, record), watch: asked.watch };
  return { state: answered(definition, known, verdict, verdict.truth, reading), transitions: certain };
}

function answered(
  definition: Definition,
  state: RuleState,
  { level }: Verdict,
  truth: boolean,
  reading: Reading,
): RuleState {
  const { record, watch } = state;
  const pending: Pending | null =
    truth === conditionOf(state)
      ? null
      : {
          ...(watch.pending ?? { sinceMs: reading.atMs, sourceMs: reading.sourceMs, notBeforeMs: 0 }),
          value: reading.shown,
        };
  const { level: reached, step } = followLevel(definition, state, level ?? 0, reading);
  // Most readings say what the one before said, and there are many: nothing is made anew for them.
  const sameAnswer = truth === watch.raw && pending === watch.pending && reached === watch.level && step === watch.step;
  if (sameAnswer && !watch.held && definition.silenceMs === null) return state;
  // Whether it was quiet while nobody could tell is not known.
  const flapping =
    watch.held && watch.flapping !== null ? { ...watch.flapping, changedAtMs: reading.atMs } : watch.flapping;
  const lastGoodMs = reading.atMs;
  return { record, watch: { ...watch, raw: truth, pending, held: false, lastGoodMs, flapping, level: reached, step } };
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
  if (watch.pending !== null && dueAt(definition, conditionOf(state), watch.pending) === dueMs)
    return settle(definition, { state, transitions: [] }, atMs, mint);
  if (watch.step !== null && stepDueAt(definition, record, watch.step) === dueMs)
    return settle(definition, { state, transitions: [] }, atMs, mint);
  if (record.facts.shelf?.untilMs === dueMs) {
    const decision = unshelve(record, 'expired', stamp);
    return adopt(state, decision.ok ? decision.transitions : []);
  }
  if (releaseAt(state) === dueMs) return releaseFlapping(definition, state, stamp);
  if (priorityDueAt(definition, record, watch.priorityUntilMs) === dueMs) {
    const { untilMs, transitions } = followSchedule(definition, state, atMs);
    return adopt({ record, watch: { ...watch, priorityUntilMs: untilMs } }, transitions);
  }
  if (ackOverdueAt(definition, record) === dueMs) return adopt(state, ackOverdue(stamp));
  if (reAlarmDueAt(definition, record) === dueMs) return adopt(state, reAlarm(record, stamp));
  if (liftAt(watch) === dueMs) {
    // A condition that is about to return is given its off-delay: it must not sound in its last seconds.
    const returning = conditionOf(state) && watch.pending !== null;
    if (!returning || watch.pending === null) return lift(state, dueMs, stamp);
    const laterMs = dueAt(definition, true, watch.pending);
    return { state: { record, watch: postponeLifts(watch, dueMs, laterMs) }, transitions: [] };
  }
  if (watch.recollection?.againMs === dueMs) return askAgain(definition, state, dueMs, atMs);
  const pending = conditionOf(state) ? null : { sinceMs: dueMs, sourceMs: dueMs, value: null, notBeforeMs: 0 };
  return { state: { ...state, watch: { ...watch, raw: true, pending } }, transitions: [] };
}

/** Nothing was reported, so nothing has changed but the time. */
function askAgain(definition: Definition, state: RuleState, dueMs: number, atMs: number): Outcome {
  const { shown = null, value = null } = state.watch.inputs[definition.point] ?? {};
  const leadMs = state.watch.recollection?.leadMs ?? 0;
  const own = leadMs === 0 ? {} : { own: { atMs: dueMs - leadMs, leadMs } };
  const reading: Reading = { value, shown, usable: true, why: 'good', sourceMs: dueMs, atMs: dueMs, ...own };
  return conclude(definition, state, reading, atMs);
}

/** Server time, ms, at which {@link wake} has something to do; Infinity when never. */
export function wakeAt(definition: Definition, state: RuleState): number {
  const { record, watch } = state;
  const { facts } = record;
  let earliest = silenceDeadline(definition, state);
  if (watch.pending !== null) earliest = Math.min(earliest, dueAt(definition, conditionOf(state), watch.pending));
  if (watch.step !== null) earliest = Math.min(earliest, stepDueAt(definition, record, watch.step));
  if (facts.shelf !== null) earliest = Math.min(earliest, facts.shelf.untilMs);
  if (record.occurrence !== null)
    earliest = Math.min(
      earliest,
      releaseAt(state),
      priorityDueAt(definition, record, watch.priorityUntilMs),
      ackOverdueAt(definition, record),
      reAlarmDueAt(definition, record),
    );
  if (record.facts.suppressedBy.length > 0) earliest = Math.min(earliest, liftAt(watch));
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
  const { pending } = outcome.state.watch;
  const was = conditionOf(outcome.state);
  if (pending === null || dueAt(definition, was, pending) > atMs) return settleStep(definition, outcome, atMs);
  const sourceMs = Math.min(atMs, pending.sourceMs + delayOf(definition, was));
  const stamp = stampOf(definition, sourceMs, atMs);
  return chain(outcome, (from) => change(definition, from, pending, stamp, mint));
}

/** The qualified condition changes: the machine's edge, or one more of a flapping alarm that stays active. */
function change(definition: Definition, state: RuleState, pending: Pending, stamp: Stamp, mint: Mint): Outcome {
  const { record, watch } = state;
  const { value } = pending;
  const settled = { ...watch, pending: null, step: null };
  if (watch.flapping !== null) return { state: flip({ record, watch: settled }, value, stamp), transitions: [] };
  if (record.facts.cond) {
    const { latching } = definition;
    const excursion = { fromMs: watch.excursion?.fromMs ?? stamp.sourceMs, toMs: stamp.sourceMs };
    const off = conditionOff(record, { latching, cause: 'process', value }, stamp);
    return adopt({ record, watch: { ...settled, excursion } }, off);
  }
  const level = watch.level ?? 1;
  const { priority, untilMs: priorityUntilMs } = priorityInForce(definition, level, stamp.serverMs);
  const activation = { priority, value, shown: definition.show(value, level) };
  const excursion = { fromMs: pending.sourceMs, toMs: Number.POSITIVE_INFINITY };
  const on = adopt(
    { record, watch: { ...settled, excursion, priorityUntilMs } },
    conditionOn(record, activation, stamp, mint),
  );
  return chain(on, (from) => activated(from, stamp));
}

const NO_LEVEL = { level: null, step: null } as const;

/** The level of a usable reading, and the step that it starts, continues or ends. */
export function followLevel(
  definition: Definition,
  { record, watch }: RuleState,
  level: number,
  reading: Reading,
): Pick<Watch, 'level' | 'step'> {
  if (definition.levels.length === 0) return NO_LEVEL;
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
