// What proves that a subscription lives and still watches its items. Pure. A keep-alive says only that the subscription is there
// (OPC 10000-4, 5.14.1.1): a server that has lost the items goes on sending them, and the values would look quiet for ever.
// The server's own clock is watched as one item more; while it ticks, quiet is never the truth.

export interface LifeProof {
  /** Last proof: Unix ms and monotonic ms. */
  readonly aliveAtMs: number;
  readonly aliveAtMonotonicMs: number;
  /** Last tick of the server's clock, monotonic ms. */
  readonly tickedAtMonotonicMs: number | null;
  /** The clock ticks, so keep-alives no longer prove anything. */
  readonly ticking: boolean;
}

export type Word = 'keep-alive' | 'notification' | 'tick';

export const bornAt = (nowMs: number, monotonicMs: number): LifeProof => ({
  aliveAtMs: nowMs,
  aliveAtMonotonicMs: monotonicMs,
  tickedAtMonotonicMs: null,
  ticking: false,
});

/** @param silenceLimitMs a clock that ticks more rarely than half of it proves nothing, and keep-alives have to do. */
export function heard(
  proof: LifeProof,
  word: Word,
  nowMs: number,
  monotonicMs: number,
  silenceLimitMs: number,
): LifeProof {
  if (word === 'keep-alive' && proof.ticking) return proof;
  const alive = { ...proof, aliveAtMs: nowMs, aliveAtMonotonicMs: monotonicMs };
  if (word !== 'tick') return alive;
  const last = proof.tickedAtMonotonicMs;
  const ticking = last !== null && monotonicMs - last <= silenceLimitMs / 2;
  return { ...alive, tickedAtMonotonicMs: monotonicMs, ticking };
}
