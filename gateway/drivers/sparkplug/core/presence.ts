// Whether a Sparkplug device is there: born, dead, or awaited. Pure; times are monotonic ms.

/** Longest wait for a birth certificate, ms: a second, two requests and their answers. */
export const BIRTH_PATIENCE_MS = 10_000;

export type Presence =
  /** The broker is not reached, or nothing was done yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'awaited'; readonly sinceMs: number }
  | { readonly kind: 'born' }
  | { readonly kind: 'gone'; readonly reason: string };

export const UNKNOWN: Presence = { kind: 'unknown' };
export const BORN: Presence = { kind: 'born' };

export const awaited = (presence: Presence, nowMs: number): Presence =>
  presence.kind === 'awaited' ? presence : { kind: 'awaited', sinceMs: nowMs };

export const gone = (reason: string): Presence => ({ kind: 'gone', reason });

/** @param who `plant/pump-house/P-1` */
export function waited(presence: Presence, nowMs: number, who: string): Presence {
  if (presence.kind !== 'awaited' || nowMs - presence.sinceMs < BIRTH_PATIENCE_MS) return presence;
  return gone(`no birth certificate of ${who} within ${BIRTH_PATIENCE_MS / 1000} s`);
}
