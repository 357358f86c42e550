// Nothing new is kept from the log, nothing repeated fills it, and no count is lost while its cause is remembered.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepeats } from './repeats.ts';

describe('causes that repeat', () => {
  it('are told at once, then counted, then told with the count', () => {
    const tell = createRepeats(60_000);
    expect(tell('a', 0)).toBe(0);
    expect(tell('a', 1_000)).toBeNull();
    expect(tell('b', 1_500)).toBe(0);
    expect(tell('a', 59_999)).toBeNull();
    expect(tell('a', 60_000)).toBe(2);
    expect(tell('a', 60_001)).toBeNull();
    expect(tell('a', 200_000)).toBe(1);
  });

  it('never hide a new one, and never count one twice', () => {
    const events = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(90_000)), { maxLength: 60 });
    fc.assert(
      fc.property(events, (steps) => {
        const tell = createRepeats(60_000, 4);
        const seen = new Map<string, { came: number; told: number }>();
        let nowMs = 0;
        for (const [cause, waitMs] of steps) {
          nowMs += waitMs;
          const before = seen.get(cause);
          const count = tell(cause, nowMs);
          if (before === undefined) expect(count).toBe(0);
          const { came, told } = before ?? { came: 0, told: 0 };
          seen.set(cause, { came: came + 1, told: count === null ? told : told + count + 1 });
          if (count !== null) expect(seen.get(cause)?.told).toBe(came + 1);
        }
      }),
    );
  });

  it('are forgotten from the one told longest ago when there are too many', () => {
    const tell = createRepeats(60_000, 2);
    tell('a', 0);
    tell('b', 1);
    tell('c', 2);
    expect(tell('a', 3)).toBe(0);
    expect(tell('c', 4)).toBeNull();
  });
});
