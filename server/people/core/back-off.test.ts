import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_POLICY, ADDRESS_POLICY, attempt, type BackOffState, takeBack, waitMs } from './back-off.ts';

const policy = fc.constantFrom(ACCOUNT_POLICY, ADDRESS_POLICY);
const gaps = fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 200 });

describe('back-off', () => {
  it('lets the first attempts pass, then doubles up to the longest wait', () => {
    expect([4, 5, 6, 7, 11, 500].map((attempts) => waitMs(ACCOUNT_POLICY, attempts))).toEqual([
      0, 1000, 2000, 4000, 60_000, 60_000,
    ]);
  });

  it('says exactly when the next attempt is allowed, and a refused one changes nothing', () => {
    fc.assert(
      fc.property(policy, gaps, (rule, steps) => {
        let state: BackOffState | undefined;
        let nowMs = 1_000_000;
        for (const gap of steps) {
          nowMs += gap;
          const result = attempt(rule, state, nowMs);
          if (result.allowed) {
            state = result.state;
          } else {
            expect(result.retryAfterMs).toBeLessThanOrEqual(rule.maxMs);
            expect(attempt(rule, state, nowMs + result.retryAfterMs - 1).allowed).toBe(false);
            expect(attempt(rule, state, nowMs + result.retryAfterMs).allowed).toBe(true);
          }
        }
      }),
    );
  });

  it('bounds the guesses of an hour, however they are spread', () => {
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 5000 }), (rule, everyMs) => {
        let state: BackOffState | undefined;
        let guesses = 0;
        for (let nowMs = 0; nowMs < 3_600_000; nowMs += everyMs * 10) {
          const result = attempt(rule, state, nowMs);
          if (result.allowed) {
            state = result.state;
            guesses++;
          }
        }
        const doublings = Math.log2(rule.maxMs / rule.baseMs) + 1;
        expect(guesses).toBeLessThanOrEqual(rule.free + doublings + 3_600_000 / rule.maxMs + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('forgets after a quiet hour, survives a clock that goes back, and takes back a right attempt', () => {
    const locked: BackOffState = { attempts: 50, lastAtMs: 10_000_000 };
    expect(attempt(ACCOUNT_POLICY, locked, locked.lastAtMs + ACCOUNT_POLICY.forgetMs)).toMatchObject({
      allowed: true,
      state: { attempts: 1 },
    });
    expect(attempt(ACCOUNT_POLICY, locked, 0)).toEqual({ allowed: false, retryAfterMs: ACCOUNT_POLICY.maxMs });
    expect(takeBack(locked).attempts).toBe(49);
    expect(takeBack({ attempts: 0, lastAtMs: 0 }).attempts).toBe(0);
  });
});
