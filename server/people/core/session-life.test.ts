import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ABSOLUTE_MS, expiresMs, IDLE_MS, isExpired, isUseDue } from './session-life.ts';

describe('life of a session', () => {
  it('ends after 12 h without use', () => {
    const times = { lastUsedMs: 0, endsMs: ABSOLUTE_MS };
    expect(isExpired(times, IDLE_MS - 1)).toBe(false);
    expect(isExpired(times, IDLE_MS)).toBe(true);
  });

  it('never outlives its absolute end, however often it is used', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: IDLE_MS - 1 }), { minLength: 1, maxLength: 60 }), (gaps) => {
        let times = { lastUsedMs: 0, endsMs: ABSOLUTE_MS };
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          expect(isExpired(times, nowMs)).toBe(nowMs >= ABSOLUTE_MS);
          if (isExpired(times, nowMs)) return;
          if (isUseDue(times, nowMs)) times = { ...times, lastUsedMs: nowMs };
          else nowMs = times.lastUsedMs;
          expect(expiresMs(times)).toBeLessThanOrEqual(ABSOLUTE_MS);
        }
      }),
    );
  });
});
