// How long to leave something alone that does not answer: doubling, with a ceiling, spread by jitter so that many
// devices behind one failed switch do not all knock at the same moment.

export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * @param failures consecutive failures so far, >= 1
 * @param random in [0, 1); spreads the wait by +-20 %
 */
export function backoffMs(backoff: Backoff, failures: number, random: number): number {
  const plain = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.round(plain * (0.8 + 0.4 * random));
}
