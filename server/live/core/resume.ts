// What a client that connects gets first: the deltas it missed, or the whole picture.
import type { DeltaRing } from './delta-ring.ts';

export type Resume = { readonly kind: 'snapshot' } | { readonly kind: 'deltas'; readonly texts: readonly string[] };

/** More than this to catch up on, and the whole picture is the shorter way; also keeps a client that resumes under its bound. */
export const MAX_RESUME_CHARS = 1_000_000;

/** @param asked `INSTANCE.SEQ` of the query, null when absent; anything unreadable gets a snapshot. */
export function planResume(asked: string | null, instance: string, ring: DeltaRing): Resume {
  const match = /^([\w-]{1,64})\.(\d{1,15})$/.exec(asked ?? '');
  if (match === null || match[1] !== instance) return { kind: 'snapshot' };
  const texts = ring.since(Number(match[2]));
  if (texts === null) return { kind: 'snapshot' };
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  return chars > MAX_RESUME_CHARS ? { kind: 'snapshot' } : { kind: 'deltas', texts };
}
