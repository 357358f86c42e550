// Counts attempts to sign in by account and by address, in memory and bounded: an attacker with many names or addresses
// pushes out the oldest counts, not the server.
import {
  ACCOUNT_POLICY,
  ADDRESS_POLICY,
  attempt,
  type BackOffPolicy,
  type BackOffState,
  takeBack,
} from './core/back-off.ts';

const MAX_KEYS = 10_000;

interface Counter {
  /** 0 when the attempt may go on, else how long to wait. */
  attempt(key: string, nowMs: number): number;
  takeBack(key: string): void;
  forget(key: string): void;
}

function createCounter(policy: BackOffPolicy): Counter {
  const states = new Map<string, BackOffState>();
  return {
    attempt(key, nowMs) {
      const result = attempt(policy, states.get(key), nowMs);
      if (!result.allowed) return result.retryAfterMs;
      // Inserted anew, so that the map's order is by last attempt.
      states.delete(key);
      states.set(key, result.state);
      const oldest = states.size > MAX_KEYS ? states.keys().next().value : undefined;
      if (oldest !== undefined) states.delete(oldest);
      return 0;
    },
    takeBack(key) {
      const state = states.get(key);
      if (state !== undefined) states.set(key, takeBack(state));
    },
    forget: (key) => void states.delete(key),
  };
}

export interface Throttle {
  /** Counts an attempt. @returns 0, or how long to wait in ms. */
  attempt(account: string, address: string, nowMs: number): number;
  /** The attempt was right. */
  succeeded(account: string, address: string): void;
}

export function createThrottle(): Throttle {
  const accounts = createCounter(ACCOUNT_POLICY);
  const addresses = createCounter(ADDRESS_POLICY);
  return {
    attempt(account, address, nowMs) {
      const addressWaitMs = addresses.attempt(address, nowMs);
      return addressWaitMs > 0 ? addressWaitMs : accounts.attempt(account, nowMs);
    },
    succeeded(account, address) {
      accounts.forget(account);
      addresses.takeBack(address);
    },
  };
}
