import fc from 'fast-check';
import { expect, it } from 'vitest';
import { follow, STEP_MS } from './followed-time.ts';

it('is the wall clock while nobody sets it, however it is slewed', () => {
  expect(follow(1_000_000, { wallMs: 1_005_030, steadyMs: 5_000 })).toEqual({
    nowMs: 1_005_030,
    offsetMs: 1_000_030,
    stepMs: 0,
  });
});

it('goes on as before when the wall clock is set, and says by how much', () => {
  expect(follow(1_000_000, { wallMs: 1_005_000 + 86_400_000, steadyMs: 5_000 })).toEqual({
    nowMs: 1_005_000,
    offsetMs: 1_000_000,
    stepMs: 86_400_000,
  });
});

it('never runs backwards by more than what counts as slewing and never faster than the steady clock by more, whatever the wall clock does', () => {
  const looks = fc.array(
    fc.record({ passesMs: fc.integer({ min: 0, max: 5_000 }), offMs: fc.integer({ min: -4e12, max: 4e12 }) }),
  );
  fc.assert(
    fc.property(looks, (all) => {
      let [offsetMs, steadyMs, beforeMs] = [1.7e12, 0, 1.7e12];
      for (const { passesMs, offMs } of all) {
        steadyMs += passesMs;
        const { nowMs, offsetMs: next } = follow(offsetMs, { wallMs: 1.7e12 + steadyMs + offMs, steadyMs });
        expect(Math.abs(nowMs - beforeMs - passesMs)).toBeLessThanOrEqual(STEP_MS);
        [offsetMs, beforeMs] = [next, nowMs];
      }
    }),
  );
});

it('has followed once the step is added to its offset', () => {
  fc.assert(
    fc.property(fc.integer({ min: -4e12, max: 4e12 }), (setMs) => {
      const clocks = { wallMs: 1.7e12 + setMs, steadyMs: 0 };
      const { offsetMs, stepMs } = follow(1.7e12, clocks);
      expect(follow(offsetMs + stepMs, clocks)).toMatchObject({ nowMs: clocks.wallMs, stepMs: 0 });
    }),
  );
});
