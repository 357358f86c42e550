// The only way an alarm changes: a transition, which is also its journal entry. Replaying the journal gives the state.
import type { AlarmRecord, AlarmValue, Facts, Occurrence, Shown } from './facts.ts';
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
      readonly announced: boolean;
    }
  | { readonly event: 'RE-ACTIVE'; readonly value: AlarmValue; readonly shown: Shown; readonly announced: boolean }
  | {
      readonly event: 'RTN';
      readonly latched: boolean;
      readonly cause: 'process' | 'config';
      readonly value: AlarmValue;
    }
  | { readonly event: 'ACK'; readonly comment: string | null }
  | { readonly event: 'RESET' }
  | {
      readonly event: 'CLOSED';
      readonly cause: 'acknowledged' | 'returned' | 'reset' | 'modifier-ended' | 'definition-removed';
    }
  | { readonly event: 'COMMENT'; readonly text: string }
  | { readonly event: 'PRIORITY_CHANGED'; readonly from: number; readonly to: number; readonly announced: boolean }
  | { readonly event: 'SHELVED'; readonly untilMs: number; readonly reason: string; readonly extensions: number }
  | { readonly event: 'UNSHELVED'; readonly cause: 'person' | 'expired'; readonly announced: boolean }
  | { readonly event: 'SUPPRESSED'; readonly by: string }
  | { readonly event: 'UNSUPPRESSED'; readonly by: string; readonly announced: boolean }
  | { readonly event: 'UNCERTAIN'; readonly why: string }
  | { readonly event: 'CERTAIN' }
  | { readonly event: 'WORK_ORDER'; readonly workOrderId: string; readonly number: string; readonly created: boolean }
  | { readonly event: 'HISTORICAL'; readonly value: AlarmValue };

export type Transition = Change & Stamp;

export function apply(record: AlarmRecord, transition: Transition): AlarmRecord {
  const { facts, occurrence } = record;
  if (transition.event === 'HISTORICAL') return record;
  if (transition.event === 'ACTIVE') return activate(facts, transition);
  if (occurrence === null) return record;
  if (transition.event === 'CLOSED') return EMPTY_RECORD;
  return { facts: nextFacts(facts, transition), occurrence: nextOccurrence(occurrence, transition) };
}

export const replay = (transitions: readonly Transition[], from: AlarmRecord = EMPTY_RECORD): AlarmRecord =>
  transitions.reduce(apply, from);

function activate(facts: Facts, transition: Transition & { event: 'ACTIVE' }): AlarmRecord {
  return {
    facts: { ...facts, cond: true, acked: false, latched: false, suppressedBy: transition.suppressedBy },
    occurrence: {
      id: transition.id,
      priority: transition.priority,
      activationSeq: 1,
      openedAtMs: transition.serverMs,
      activeAtMs: transition.sourceMs,
      detectedAtMs: transition.serverMs,
      clearedAtMs: null,
      acknowledgedAtMs: null,
      acknowledgedBy: null,
      uncertain: false,
      workOrderId: null,
      value: transition.value,
      shown: transition.shown,
    },
  };
}

function nextFacts(facts: Facts, transition: Transition): Facts {
  switch (transition.event) {
    case 'RE-ACTIVE':
      return { ...facts, cond: true, acked: false, latched: false };
    case 'RTN':
      return { ...facts, cond: false, latched: transition.latched };
    case 'ACK':
      return { ...facts, acked: true };
    case 'RESET':
      return { ...facts, latched: false };
    case 'PRIORITY_CHANGED':
      return transition.announced ? { ...facts, acked: false } : facts;
    case 'SHELVED': {
      const { untilMs, reason, extensions, actor } = transition;
      return { ...facts, shelf: { untilMs, reason, extensions, by: actor } };
    }
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
      return facts;
  }
}

const UNACKNOWLEDGED = { acknowledgedAtMs: null, acknowledgedBy: null } as const;

function nextOccurrence(occurrence: Occurrence, transition: Transition): Occurrence {
  switch (transition.event) {
    case 'RE-ACTIVE':
      return {
        ...occurrence,
        ...UNACKNOWLEDGED,
        activationSeq: occurrence.activationSeq + 1,
        activeAtMs: transition.sourceMs,
        detectedAtMs: transition.serverMs,
        clearedAtMs: null,
        value: transition.value,
        shown: transition.shown,
      };
    case 'RTN':
      return { ...occurrence, clearedAtMs: transition.sourceMs };
    case 'ACK':
      return { ...occurrence, acknowledgedAtMs: transition.serverMs, acknowledgedBy: transition.actor };
    case 'PRIORITY_CHANGED':
      return { ...occurrence, ...(transition.announced ? UNACKNOWLEDGED : {}), priority: transition.to };
    case 'UNSHELVED':
    case 'UNSUPPRESSED':
      return transition.announced ? { ...occurrence, ...UNACKNOWLEDGED } : occurrence;
    case 'UNCERTAIN':
      return { ...occurrence, uncertain: true };
    case 'CERTAIN':
      return { ...occurrence, uncertain: false };
    case 'WORK_ORDER':
      return { ...occurrence, workOrderId: transition.workOrderId };
    default:
      return occurrence;
  }
}
