// When is what we show no longer true: the whole page (server lost) and a single value (stale).
import type { LiveState, PointNow } from './state.ts';

/** Two heartbeats of 5 s missed: nothing on the screen is known to be true any more. */
export const SILENCE_MS = 10_000;
/** A connection that closed and comes back at once need not alarm anybody. */
export const LOST_GRACE_MS = 3_000;
/** A living point speaks at least every `expectEveryS`; three missed turns make it stale. */
export const MISSED_TURNS = 3;
/** Way of a reading from the gateway to the screen, ms. */
const TRANSPORT_MS = 2_000;

export type Link =
  | { readonly kind: 'live' }
  | { readonly kind: 'connecting' }
  /** `sinceMs` is browser time of the last word from the server. */
  | { readonly kind: 'frozen'; readonly sinceMs: number };

export const linkAt = (state: LiveState, nowMs: number): Link => {
  const silent = nowMs - state.heardAtMs > SILENCE_MS;
  const lost = state.lostAtMs !== null && nowMs - state.lostAtMs > LOST_GRACE_MS;
  // Before the first picture there is nothing that could be frozen, so a short start is only "connecting".
  if (silent || (lost && state.position !== null)) return { kind: 'frozen', sinceMs: state.heardAtMs };
  if (state.lostAtMs !== null || !state.following) return { kind: 'connecting' };
  return { kind: 'live' };
};

export type Validity =
  | { readonly kind: 'good' }
  /** Never reported. */
  | { readonly kind: 'unknown' }
  /** The reading is old; the last value is all there is. */
  | { readonly kind: 'stale' }
  /** The gateway says why the value cannot be trusted. */
  | { readonly kind: 'bad'; readonly reason: string };

export const validityOf = (
  now: PointNow | undefined,
  expectEveryS: number | null,
  online: boolean,
  serverNowMs: number,
): Validity => {
  if (now === undefined) return { kind: 'unknown' };
  if (now.quality !== 'good') return { kind: 'bad', reason: now.quality };
  if (now.value === null) return { kind: 'unknown' };
  if (!online) return { kind: 'stale' };
  if (expectEveryS !== null && serverNowMs - now.timeMs > expectEveryS * MISSED_TURNS * 1000 + TRANSPORT_MS)
    return { kind: 'stale' };
  return { kind: 'good' };
};

/** Wait before the n-th attempt to reconnect, ms; `random` in 0..1 keeps many consoles from knocking at once. */
export const retryDelayMs = (attempt: number, random: number): number =>
  Math.min(5_000, 250 * 2 ** Math.min(attempt, 5)) * (0.5 + random / 2);
