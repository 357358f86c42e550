// How many messages a client may send: a store of tokens that fills with time.

export interface Allowance {
  readonly tokens: number;
  readonly atMs: number;
}

/** Changing pages quickly needs a few at once; nobody needs more than two a second for long. */
export const BURST = 20;
export const PER_SECOND = 2;

export const fullAllowance = (nowMs: number): Allowance => ({ tokens: BURST, atMs: nowMs });

/** @returns what is left after one message, or null when there was none left. */
export function spend(allowance: Allowance, nowMs: number): Allowance | null {
  const earned = (Math.max(0, nowMs - allowance.atMs) / 1000) * PER_SECOND;
  const tokens = Math.min(BURST, allowance.tokens + earned);
  return tokens < 1 ? null : { tokens: tokens - 1, atMs: nowMs };
}
