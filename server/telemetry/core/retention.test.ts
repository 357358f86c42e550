import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY_MS } from './buckets.ts';
import { keptFromMs } from './retention.ts';

const TODAY = Date.UTC(2026, 0, 31);
const NOW = TODAY + DAY_MS / 2;
const days = (count: number): number[] => Array.from({ length: count }, (_, index) => TODAY - index * DAY_MS);

it('drops what is older than the retention when newer days fill it', () => {
  expect(keptFromMs(days(30), NOW, 20)).toBe(NOW - 20 * DAY_MS);
});

it('drops nothing while there are fewer days than the retention has', () => {
  expect(keptFromMs(days(19), NOW, 20)).toBe(Number.NEGATIVE_INFINITY);
});

it('a clock that is decades ahead drops no more than a day for each day it has brought', () => {
  const later = NOW + 40 * 365 * DAY_MS;
  expect(keptFromMs(days(20), later, 20)).toBe(TODAY - 19 * DAY_MS);
  expect(keptFromMs([...days(20), later], later, 20)).toBe(TODAY - 18 * DAY_MS);
});

it('for any days and any clock: as many of the newest days as the retention has are kept, and never a younger one dropped', () => {
  const held = fc.uniqueArray(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(held, fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 1, max: 30 }), (all, today, keep) => {
      const daysMs = all.map((day) => day * DAY_MS);
      const nowMs = today * DAY_MS + DAY_MS / 2;
      const fromMs = keptFromMs(daysMs, nowMs, keep);
      const kept = daysMs.filter((dayMs) => dayMs + DAY_MS > fromMs);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(keep, daysMs.length));
      for (const dayMs of daysMs) if (dayMs > nowMs - keep * DAY_MS) expect(kept).toContain(dayMs);
    }),
  );
});
