// Slows down guessing of passwords. Each attempt is counted before the password is looked at, so that many at once gain
// nothing; a refused attempt changes nothing, so that nobody is kept out by someone who only keeps knocking.

export interface BackOffPolicy {
  /** Attempts without any wait. */
  readonly free: number;
  /** Wait after the first attempt beyond; doubles with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** After this long without an attempt everything is forgotten. */
  readonly forgetMs: number;
}

export interface BackOffState {
  readonly attempts: number;
  readonly lastAtMs: number;
}

export type Attempt =
  | { readonly allowed: true; readonly state: BackOffState }
  | { readonly allowed: false; readonly retryAfterMs: number };

/** An account: at most one guess a minute, so that guessing is hopeless and the operator is never out for longer. */
export const ACCOUNT_POLICY: BackOffPolicy = { free: 5, baseMs: 1000, maxMs: 60_000, forgetMs: 3_600_000 };
/** An address may be a whole building behind one router: more attempts are free, but the wait grows longer. */
export const ADDRESS_POLICY: BackOffPolicy = { free: 20, baseMs: 1000, maxMs: 900_000, forgetMs: 3_600_000 };

/** How long to wait after `attempts` attempts. */
export function waitMs(policy: BackOffPolicy, attempts: number): number {
  if (attempts < policy.free) return 0;
  return Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempts - policy.free, 40));
}

export function attempt(policy: BackOffPolicy, state: BackOffState | undefined, nowMs: number): Attempt {
  if (state === undefined || nowMs - state.lastAtMs >= policy.forgetMs) {
    return { allowed: true, state: { attempts: 1, lastAtMs: nowMs } };
  }
  // A clock that went back must not lock anyone out for longer than the longest wait.
  const sinceMs = Math.max(0, nowMs - state.lastAtMs);
  const retryAfterMs = waitMs(policy, state.attempts) - sinceMs;
  if (retryAfterMs > 0) return { allowed: false, retryAfterMs };
  return { allowed: true, state: { attempts: state.attempts + 1, lastAtMs: nowMs } };
}

/** The attempt was right: it no longer counts against the address. (An account is simply forgotten.) */
export function takeBack(state: BackOffState): BackOffState {
  return { ...state, attempts: Math.max(0, state.attempts - 1) };
}
