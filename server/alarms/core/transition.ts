// The only way an alarm changes: a transition, which is also its journal entry. Replaying the journal gives the state.
import type { AlarmRecord, AlarmValue, Facts, Occurrence, OutOfService, Shown } from './facts.ts';
import { EMPTY_RECORD } from './facts.ts';

/** Who, when at the source, when on the server. No entry exists without all three. */
export interface Stamp {
  /** A person's username, `system`, or what decided it, e.g. `rule:limit`. */
  readonly actor: string;
  readonly sourceMs: number;
  readonly serverMs: number;
}

/** `announced` = blinks and sounds again; that is also when people may have to be sent. */
export type Change =
  | {
      readonly event: 'ACTIVE';
      readonly id: string;
      readonly priority: number;
      readonly value: AlarmValue;
      readonly shown: Shown;
      readonly suppressedBy: readonly string[];
      /** Present when the alarm was out of service already. */
      readonly oos?: OutOfService;
      readonly announced: boolean;
    }
  | { readonly event: 'RE-ACTIVE'; readonly value: AlarmValue; readonly shown: Shown; readonly announced: boolean }
  | {
      readonly event: 'RTN';
      readonly latched: boolean;
      readonly cause: 'process' | 'config';
      readonly value: AlarmValue;
    }
  | { readonly event: 'RE-ALARM'; readonly count: number; readonly announced: true }
  | { readonly event: 'ACK'; readonly comment: string | null }
  | { readonly event: 'RESET' }
  | {
      readonly event: 'CLOSED';
      readonly cause: 'acknowledged' | 'returned' | 'reset' | 'modifier-ended' | 'definition-removed';
    }
  | { readonly event: 'COMMENT'; readonly text: string }
  | {
      readonly event: 'PRIORITY_CHANGED';
      readonly from: number;
      readonly to: number;
      readonly announced: boolean;
      /** Of an alarm with levels: the value that reached the level, and what is shown from now on. */
      readonly at?: { readonly value: AlarmValue; readonly shown: Shown };
    }
  | {
      readonly event: 'SHELVED';
      readonly untilMs: number;
      readonly reason: string;
      readonly extensions: number;
      readonly oneShot?: true;
    }
  | { readonly event: 'UNSHELVED'; readonly cause: 'person' | 'expired' | 'one-shot'; readonly announced: boolean }
  | { readonly event: 'SILENCED'; readonly console: string }
  | { readonly event: 'OOS_ON'; readonly reason: string; readonly reference: string; readonly reviewAtMs: number }
  | { readonly event: 'OOS_OFF'; readonly announced: boolean }
  | { readonly event: 'SUPPRESSED'; readonly by: string }
  | { readonly event: 'UNSUPPRESSED'; readonly by: string; readonly announced: boolean }
  | { readonly event: 'UNCERTAIN'; readonly why: string }
  | { readonly event: 'CERTAIN' }
  | { readonly event: 'WORK_ORDER'; readonly workOrderId: string; readonly number: string; readonly created: boolean }
  | { readonly event: 'CHATTERING_ON' }
  /** `activations` of the occurrence, with those that were not journalled one by one. */
  | { readonly event: 'CHATTERING_OFF'; readonly activations: number }
  | { readonly event: 'ACK_OVERDUE' }
  /** The server's wall clock was set by so much, forward is positive; the times of the alarm that are counted are moved with it. */
  | { readonly event: 'CLOCK_SET'; readonly stepMs: number }
  | { readonly event: 'FIRST_OUT' }
  | { readonly event: 'HISTORICAL'; readonly value: AlarmValue }
  /** The condition of a record that is no alarm became true: it changes nothing. */
  | { readonly event: 'EVENT'; readonly value: AlarmValue; readonly shown: Shown };

export type Transition = Change & Stamp;

export function apply(record: AlarmRecord, transition: Transition): AlarmRecord {
  const { facts, occurrence } = record;
  if (transition.event === 'HISTORICAL') return record;
  if (transition.event === 'ACTIVE') return activate(facts, transition);
  // Only an event has a condition without an occurrence.
  if (occurrence === null && transition.event === 'RTN') return { ...record, facts: { ...facts, cond: false } };
  if (occurrence === null) return { ...record, facts: serviceFacts(facts, transition) };
  if (transition.event === 'CLOSED') return EMPTY_RECORD;
  return { facts: nextFacts(facts, transition), occurrence: nextOccurrence(occurrence, transition) };
}

export const replay = (transitions: readonly Transition[], from: AlarmRecord = EMPTY_RECORD): AlarmRecord =>
  transitions.reduce(apply, from);

function activate(facts: Facts, transition: Transition & { event: 'ACTIVE' }): AlarmRecord {
  return {
    facts: {
      ...facts,
      cond: true,
      acked: false,
      latched: false,
      suppressedBy: transition.suppressedBy,
      oos: transition.oos ?? null,
    },
    occurrence: {
      id: transition.id,
      priority: transition.priority,
      activationSeq: 1,
      reAlarms: 0,
      openedAtMs: transition.serverMs,
      activeAtMs: transition.sourceMs,
      detectedAtMs: transition.serverMs,
      clearedAtMs: null,
      acknowledgedAtMs: null,
      acknowledgedBy: null,
      uncertain: false,
      chattering: false,
      activations: 1,
      unacknowledgedSinceMs: transition.announced ? transition.serverMs : null,
      overdueSeq: 0,
      firstOut: false,
      workOrderId: null,
      value: transition.value,
      shown: transition.shown,
    },
  };
}

/** Out of service is the one fact that an alarm can have without an occurrence by the hand of a person. */
function serviceFacts(facts: Facts, transition: Transition): Facts {
  if (transition.event === 'OOS_OFF') return { ...facts, oos: null, acked: transition.announced ? false : facts.acked };
  if (transition.event !== 'OOS_ON') return facts;
  const { actor, reason, reference, reviewAtMs } = transition;
  return { ...facts, oos: { by: actor, reason, reference, reviewAtMs } };
}

function nextFacts(facts: Facts, transition: Transition): Facts {
  switch (transition.event) {
    case 'RE-ACTIVE':
      return { ...facts, cond: true, acked: false, latched: false };
    case 'RTN':
      return { ...facts, cond: false, latched: transition.latched };
    case 'RE-ALARM':
      return { ...facts, acked: false };
    case 'ACK':
      return { ...facts, acked: true };
    case 'RESET':
      return { ...facts, latched: false };
    case 'PRIORITY_CHANGED':
      return transition.announced ? { ...facts, acked: false } : facts;
    case 'SHELVED': {
      const { untilMs, reason, extensions, actor, oneShot } = transition;
      const shelf = { untilMs, reason, extensions, by: actor, ...(oneShot === undefined ? {} : { oneShot }) };
      return { ...facts, shelf };
    }
    case 'CLOCK_SET':
      return facts.shelf === null
        ? facts
        : { ...facts, shelf: { ...facts.shelf, untilMs: facts.shelf.untilMs + transition.stepMs } };
    case 'UNSHELVED':
      return { ...facts, shelf: null, acked: transition.announced ? false : facts.acked };
    case 'SUPPRESSED':
      return { ...facts, suppressedBy: [...facts.suppressedBy, transition.by] };
    case 'UNSUPPRESSED':
      return {
        ...facts,
        suppressedBy: facts.suppressedBy.filter((by) => by !== transition.by),
        acked: transition.announced ? false : facts.acked,
      };
    default:
      return serviceFacts(facts, transition);
  }
}

const UNACKNOWLEDGED = { acknowledgedAtMs: null, acknowledgedBy: null } as const;

/** The clock of the acknowledgement runs on while it is unacknowledged, unless its end was noted already. */
const waitingSince = (occurrence: Occurrence, { serverMs }: Stamp): number =>
  occurrence.unacknowledgedSinceMs === null || occurrence.overdueSeq === occurrence.activationSeq
    ? serverMs
    : occurrence.unacknowledgedSinceMs;

function nextOccurrence(occurrence: Occurrence, transition: Transition): Occurrence {
  switch (transition.event) {
    case 'RE-ACTIVE':
      return {
        ...occurrence,
        ...UNACKNOWLEDGED,
        activationSeq: occurrence.activationSeq + 1,
        activations: occurrence.activations + 1,
        ...(transition.announced ? { unacknowledgedSinceMs: waitingSince(occurrence, transition) } : {}),
        reAlarms: 0,
        activeAtMs: transition.sourceMs,
        detectedAtMs: transition.serverMs,
        clearedAtMs: null,
        value: transition.value,
        shown: transition.shown,
      };
    // Who acknowledged before has not answered to this one: it gets a number of its own.
    case 'RE-ALARM':
      return {
        ...occurrence,
        ...UNACKNOWLEDGED,
        activationSeq: occurrence.activationSeq + 1,
        unacknowledgedSinceMs: transition.serverMs,
        reAlarms: transition.count,
      };
    case 'RTN':
      return { ...occurrence, clearedAtMs: transition.sourceMs };
    case 'ACK':
      return {
        ...occurrence,
        acknowledgedAtMs: transition.serverMs,
        acknowledgedBy: transition.actor,
        unacknowledgedSinceMs: null,
      };
    case 'PRIORITY_CHANGED':
      return {
        ...occurrence,
        ...(transition.announced
          ? { ...UNACKNOWLEDGED, unacknowledgedSinceMs: waitingSince(occurrence, transition) }
          : {}),
        ...transition.at,
        // Whoever acknowledges the milder level has not seen the more severe one.
        activationSeq: occurrence.activationSeq + (transition.announced && transition.at !== undefined ? 1 : 0),
        priority: transition.to,
      };
    case 'UNSHELVED':
    case 'UNSUPPRESSED':
    case 'OOS_OFF':
      return transition.announced
        ? { ...occurrence, ...UNACKNOWLEDGED, unacknowledgedSinceMs: transition.serverMs }
        : occurrence;
    case 'UNCERTAIN':
      return { ...occurrence, uncertain: true };
    case 'CERTAIN':
      return { ...occurrence, uncertain: false };
    case 'CHATTERING_ON':
      return { ...occurrence, chattering: true };
    case 'CHATTERING_OFF':
      return { ...occurrence, chattering: false, activations: transition.activations };
    case 'CLOCK_SET': {
      const moved = (atMs: number | null): number | null => (atMs === null ? null : atMs + transition.stepMs);
      const { acknowledgedAtMs, unacknowledgedSinceMs } = occurrence;
      return {
        ...occurrence,
        acknowledgedAtMs: moved(acknowledgedAtMs),
        unacknowledgedSinceMs: moved(unacknowledgedSinceMs),
      };
    }
    case 'ACK_OVERDUE':
      return { ...occurrence, overdueSeq: occurrence.activationSeq };
    case 'FIRST_OUT':
      return { ...occurrence, firstOut: true };
    case 'WORK_ORDER':
      return { ...occurrence, workOrderId: transition.workOrderId };
    default:
      return occurrence;
  }
}
