// When a delivery is tried again: exponential back-off with jitter, up to a bound in time.

export interface RetryPolicy {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Counted from the transition; older than this it is given up. */
  readonly giveUpAfterMs: number;
}

export type NextTry = { readonly giveUp: true } | { readonly giveUp: false; readonly waitMs: number };

/**
 * @param attempts failed ones so far, 1 or more
 * @param random 0 <= random < 1; many receivers that fail together are not asked again together
 */
export function nextTry(policy: RetryPolicy, attempts: number, ageMs: number, random: number): NextTry {
  if (ageMs >= policy.giveUpAfterMs) return { giveUp: true };
  const doubled = policy.firstWaitMs * 2 ** Math.min(attempts - 1, 30);
  const waitMs = Math.round(Math.min(policy.longestWaitMs, doubled) * (0.5 + random / 2));
  return { giveUp: false, waitMs };
}
