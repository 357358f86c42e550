// One occurrence while its entries are counted: its state by replay, since when it stands, since when it waits.
import { type AlarmRecord, EMPTY_RECORD } from '../../alarms/core/facts.ts';
import type { Transition } from '../../alarms/core/transition.ts';
import type { JournalFact } from './announcement.ts';

export const DAY_MS = 86_400_000;
/** Standing without a pause for longer than this is stale. */
const STALE_MS = DAY_MS;

export interface Track {
  readonly fact: JournalFact;
  record: AlarmRecord;
  /** Of the last entry. */
  sinceMs: number;
  /** The condition holds, and nothing sets the alarm aside. */
  standing: boolean;
  activeSinceMs: number;
  /** Announced and not acknowledged yet. */
  waitingSinceMs: number | null;
  /** Announced, and nobody has acted since. */
  fleetingSinceMs: number | null;
}

export const newTrack = (fact: JournalFact, atMs: number): Track => ({
  fact,
  record: EMPTY_RECORD,
  sinceMs: atMs,
  standing: false,
  activeSinceMs: atMs,
  waitingSinceMs: null,
  fleetingSinceMs: null,
});

/** Days (UTC) from `fromMs` on during which it was stale, between its last entry and `untilMs`. */
export function staleDays(track: Track, fromMs: number, untilMs: number): number[] {
  if (!track.standing) return [];
  const staleMs = Math.max(fromMs, track.sinceMs, track.activeSinceMs + STALE_MS);
  const days: number[] = [];
  for (let day = Math.floor(staleMs / DAY_MS); Math.max(staleMs, day * DAY_MS) < untilMs; day++) days.push(day);
  return days;
}

const BY_PEOPLE: ReadonlySet<string> = new Set(['ACK', 'RESET', 'COMMENT', 'SHELVED', 'SILENCED', 'OOS_ON']);

/** Somebody dealt with the alarm. */
export const isActed = ({ event }: Transition): boolean => BY_PEOPLE.has(event);

const isPerson = (actor: string): boolean => actor !== '' && actor !== 'system' && !actor.includes(':');

/** Set aside without a person or without a reason; by logic, without the rule that did it. */
export function isUnauthorised(transition: Transition): boolean {
  switch (transition.event) {
    case 'SHELVED':
    case 'OOS_ON':
      return !isPerson(transition.actor) || transition.reason.trim() === '';
    case 'SUPPRESSED':
      return transition.by.trim() === '';
    default:
      return false;
  }
}
