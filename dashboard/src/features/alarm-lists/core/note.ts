// The note of a journal entry taken apart, so that a screen can say it in the person's language.
import type { alarms } from '@louwei/server/contract';

type Entry = Pick<alarms.JournalEntry, 'event' | 'note'>;

export type Note =
  | { readonly kind: 'none' }
  /** A word of the contract, e.g. why an occurrence was closed. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'cause'; readonly cause: string }
  | { readonly kind: 'plain'; readonly text: string }
  /** Said by a person, with the time until which it holds; `reference` is an order or permit. */
  | { readonly kind: 'until'; readonly reason: string; readonly reference: string | null; readonly untilMs: number };

const CODED: ReadonlySet<string> = new Set(['CLOSED', 'UNSHELVED', 'RTN', 'UNCERTAIN']);

/** A reason may itself contain the separator, so the fixed parts are taken from the end. */
export const readNote = ({ event, note }: Entry): Note => {
  if (note === null || note === '') return { kind: 'none' };
  if (CODED.has(event)) return { kind: 'code', code: note };
  if (event === 'SUPPRESSED' || event === 'UNSUPPRESSED') return { kind: 'cause', cause: note };
  if (event !== 'SHELVED' && event !== 'OOS_ON') return { kind: 'plain', text: note };
  const parts = note.split(' · ');
  const untilMs = Date.parse(parts.pop() ?? '');
  const reference = event === 'OOS_ON' ? (parts.pop() ?? null) : null;
  if (Number.isNaN(untilMs) || parts.length === 0) return { kind: 'plain', text: note };
  return { kind: 'until', reason: parts.join(' · '), reference, untilMs };
};

export interface Who {
  readonly kind: 'person' | 'system' | 'rule' | 'cause';
  readonly name: string;
}

/** Who or what caused an entry. */
export const readActor = (actor: string): Who => {
  if (actor === 'system') return { kind: 'system', name: '' };
  if (actor.startsWith('rule:')) return { kind: 'rule', name: actor.slice('rule:'.length) };
  return { kind: actor.includes(':') ? 'cause' : 'person', name: actor };
};
