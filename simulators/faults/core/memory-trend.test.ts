// A leak is seen through a breathing heap, and a breathing heap is not taken for a leak.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemorySample, memoryTrend } from './memory-trend.ts';

const life = (minutes: number, rssMiB: (atS: number) => number): MemorySample[] =>
  Array.from({ length: minutes * 30 }, (_, index) => ({ atS: 1000 + index * 2, rssMiB: rssMiB(index * 2) }));

describe('the trend of memory', () => {
  it('is the growth per hour, without the climb of the first ten minutes', () => {
    const trend = memoryTrend(life(60, (atS) => 100 + Math.min(atS, 600) / 10 + (atS * 5) / 3600));
    expect(trend?.slopeMiBPerHour).toBeCloseTo(5, 3);
    expect(trend?.standardErrorMiBPerHour).toBeCloseTo(0, 3);
    expect(trend?.overS).toBe(2998);
  });

  it('is tilted by breaths no further than their height and the length of the run allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 60, maxLength: 60 }),
        (breaths) => {
          const trend = memoryTrend(life(60, (atS) => 100 + (breaths[Math.floor(atS / 60)] ?? 0)));
          expect(trend).not.toBeNull();
          // The most that any breath of 4 MiB can tilt a line of 50 minutes, Cauchy-Schwarz.
          expect(Math.abs(trend?.slopeMiBPerHour ?? Number.NaN)).toBeLessThan((2 * 3600 * Math.sqrt(12)) / 3000 + 0.2);
          expect(trend?.standardErrorMiBPerHour).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('sees a leak of 12 MiB an hour through breaths of 4 MiB', () => {
    const trend = memoryTrend(life(60, (atS) => 100 + (atS * 12) / 3600 + 2 * Math.sin(atS / 37)));
    expect(trend?.slopeMiBPerHour).toBeGreaterThan(11);
    expect(trend?.slopeMiBPerHour).toBeLessThan(13);
    expect(trend?.standardErrorMiBPerHour).toBeLessThan(1);
  });

  it('takes a third of a short life as its warm-up and says nothing of a very short one', () => {
    expect(memoryTrend(life(9, (atS) => (atS < 180 ? atS : 180)))?.slopeMiBPerHour).toBeCloseTo(0, 6);
    expect(memoryTrend(life(6, () => 100))).toBeNull();
    expect(memoryTrend([])).toBeNull();
  });
});
