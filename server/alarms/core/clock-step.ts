// The server's wall clock was set. Whatever runs by it is moved by as much: an on-delay, a shelf or the wait for an
// acknowledgement lasts as long as it was to last, and a clock set back again leaves everything as it was.
import { ackOverdueAt } from './ack-overdue.ts';
import type { Definition } from './definition.ts';
import type { AlarmRecord } from './facts.ts';
import { reAlarmDueAt } from './re-alarm.ts';
import type { Outcome, RuleState, Watch } from './rule-state.ts';
import { replay, type Transition } from './transition.ts';

export interface ClockStep {
  /** Forward is positive. */
  readonly stepMs: number;
  /** On the clock as it is set now, Unix ms. */
  readonly nowMs: number;
}

export function moveClock(definition: Definition, { record, watch }: RuleState, step: ClockStep): Outcome {
  const transitions = runsByTheClock(definition, record) ? [setTo(step)] : [];
  return { state: { record: replay(transitions, record), watch: moveWatch(watch, step) }, transitions };
}

const setTo = ({ stepMs, nowMs }: ClockStep): Transition => ({
  event: 'CLOCK_SET',
  stepMs,
  actor: 'system',
  sourceMs: nowMs,
  serverMs: nowMs,
});

/** The journal tells of it only where a time that people were told has changed. */
const runsByTheClock = (definition: Definition, record: AlarmRecord): boolean =>
  record.facts.shelf !== null ||
  Number.isFinite(ackOverdueAt(definition, record)) ||
  Number.isFinite(reAlarmDueAt(definition, record));

/**
 * Times at the source belong to the clocks of the gateways, which nobody has set; but nothing has happened later than now.
 * A schedule is looked at anew at once: it is about the time of day.
 */
function moveWatch(watch: Watch, { stepMs, nowMs }: ClockStep): Watch {
  const { pending, step, flapping, recollection, lifts } = watch;
  const source = <T extends { readonly sourceMs: number }>(of: T): T => ({
    ...of,
    sourceMs: Math.min(of.sourceMs, nowMs),
  });
  return {
    ...watch,
    pending:
      pending === null
        ? null
        : {
            ...source(pending),
            sinceMs: pending.sinceMs + stepMs,
            notBeforeMs: pending.notBeforeMs === 0 ? 0 : pending.notBeforeMs + stepMs,
          },
    step: step === null ? null : { ...source(step), sinceMs: step.sinceMs + stepMs },
    flapping: flapping === null ? null : { ...source(flapping), changedAtMs: flapping.changedAtMs + stepMs },
    recollection:
      recollection === null
        ? null
        : { ...recollection, againMs: recollection.againMs + stepMs, leadMs: recollection.leadMs + stepMs },
    lifts: Object.fromEntries(Object.entries(lifts).map(([id, atMs]) => [id, atMs + stepMs])),
    lastGoodMs: watch.lastGoodMs + stepMs,
    priorityUntilMs: watch.priorityUntilMs === null ? null : nowMs,
  };
}
