// Rules that look at time, against a plain reading of the whole history.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolvedRule, Verdict } from './kind.ts';
import { kindOf } from './registry.ts';

interface Seen {
  readonly atMs: number;
  readonly value: number | null;
}

/** Asks at every reading and whenever the rule wants to be asked, and once more at the end. */
function run(rule: ResolvedRule, readings: readonly Seen[], endMs: number) {
  const kind = kindOf(rule);
  let memory: unknown;
  let before = false;
  let value: number | null = null;
  let answer: Verdict = { truth: null, why: () => 'nothing' };
  const ask = (nowMs: number): void => {
    answer = kind.evaluate(rule, { value, before, level: 0, of: () => value, nowMs, memory });
    if (answer.againMs !== undefined) expect(answer.againMs).toBeGreaterThan(nowMs);
    memory = answer.memory;
    before = answer.truth ?? before;
  };
  const upTo = (atMs: number): void => {
    while (answer.againMs !== undefined && answer.againMs < atMs) ask(answer.againMs);
  };
  for (const reading of readings) {
    upTo(reading.atMs);
    value = reading.value;
    ask(reading.atMs);
  }
  upTo(endMs);
  ask(endMs);
  return { ...answer, memory };
}

const steps = (values: fc.Arbitrary<number>, longestMs: number) =>
  fc
    .array(fc.record({ after: fc.integer({ min: 1, max: longestMs }), value: values }), { minLength: 1, maxLength: 30 })
    .map((list) => {
      let atMs = 0;
      return list.map(({ after, value }): Seen & { value: number } => {
        atMs += after;
        return { atMs, value };
      });
    });
const later = fc.integer({ min: 1, max: 200_000 });
const runs = { numRuns: 2000 };
const valueAt = (history: readonly (Seen & { value: number })[], atMs: number) =>
  history.findLast((seen) => seen.atMs <= atMs)?.value;

describe('rate of change', () => {
  const rule = { kind: 'rate-of-change', point: 'p', rise: 2, windowS: 60, deadband: 0.5 } as const;

  it('is the difference over the window, on both sides of the limit, and slides on in silence', () => {
    const from = [{ atMs: 0, value: 10 }];
    expect(run(rule, [...from, { atMs: 90_000, value: 12 }], 90_000).truth).toBe(false);
    expect(run(rule, [...from, { atMs: 90_000, value: 12.1 }], 90_000).truth).toBe(true);
    expect(run(rule, [...from, { atMs: 90_000, value: 12.1 }], 149_999).truth).toBe(true);
    expect(run(rule, [...from, { atMs: 90_000, value: 12.1 }], 150_000).truth).toBe(false);
  });

  it('cannot deny before the window is full, but can affirm', () => {
    expect(run(rule, [{ atMs: 0, value: 10 }], 59_999).truth).toBeNull();
    expect(run(rule, [{ atMs: 0, value: 10 }], 60_000).truth).toBe(false);
    expect(
      run(
        rule,
        [
          { atMs: 0, value: 10 },
          { atMs: 5000, value: 13 },
        ],
        6000,
      ).truth,
    ).toBe(true);
  });

  it('falls', () => {
    const { rise: _, ...same } = rule;
    expect(
      run(
        { ...same, fall: 2 },
        [
          { atMs: 0, value: 10 },
          { atMs: 5000, value: 7 },
        ],
        6000,
      ).truth,
    ).toBe(true);
    expect(
      run(
        { ...same, fall: 2 },
        [
          { atMs: 0, value: 10 },
          { atMs: 5000, value: 13 },
        ],
        60_000,
      ).truth,
    ).toBe(false);
  });

  it('begins its window again after a gap', () => {
    const gap = [
      { atMs: 0, value: 10 },
      { atMs: 30_000, value: null },
      { atMs: 40_000, value: 20 },
    ];
    expect(run(rule, gap, 45_000).truth).toBeNull();
    expect(run(rule, gap, 100_000).truth).toBe(false);
  });

  it('agrees with the whole history of slow readings, and its memory stays small whatever comes', () => {
    const plain = { ...rule, deadband: 0 };
    fc.assert(
      fc.property(steps(fc.integer({ min: 0, max: 6 }), 40_000), later, (history, after) => {
        // Readings further apart than a part of the window are remembered exactly.
        const slow = history.map((seen, index) => ({ ...seen, atMs: seen.atMs + index * 1000 }));
        const endMs = (slow.at(-1)?.atMs ?? 0) + after;
        const answer = run(plain, slow, endMs);
        const start = valueAt(slow, endMs - 60_000);
        const now = valueAt(slow, endMs) ?? 0;
        if (start !== undefined) expect(answer.truth).toBe(now - start > 2);
        else expect(answer.truth).toBe(now - (slow[0]?.value ?? 0) > 2 ? true : null);
      }),
      runs,
    );
    const flood = Array.from({ length: 5000 }, (_, index) => ({ atMs: index * 37, value: (index * 7919) % 13 }));
    expect((run(plain, flood, 200_000).memory as unknown[]).length).toBeLessThanOrEqual(62);
    expect((run(plain, flood, 5000 * 37).memory as unknown[]).length).toBeLessThanOrEqual(62);
  });
});

describe('bit', () => {
  it.each([
    [0b100, 2, 1, true],
    [0b011, 2, 1, false],
    [0b011, 2, 0, true],
    [2 ** 31, 31, 1, true],
    [2 ** 31 - 1, 31, 1, false],
  ] as const)('of %i, bit %i = %i: %s', (value, bit, equals, truth) => {
    expect(run({ kind: 'bit', point: 'p', bit, equals }, [{ atMs: 0, value }], 0).truth).toBe(truth);
  });

  it.each([null, -1, 1.5, Number.NaN, 2 ** 32])('cannot tell of %s', (value) => {
    expect(run({ kind: 'bit', point: 'p', bit: 0, equals: 1 }, [{ atMs: 0, value }], 0).truth).toBeNull();
  });
});

describe('frozen', () => {
  const rule = { kind: 'frozen', point: 'p', band: 0.5, forS: 60 } as const;

  it('needs the whole time within the band, and a move of more than the band to end', () => {
    expect(run(rule, [{ atMs: 0, value: 5 }], 59_999).truth).toBeNull();
    expect(run(rule, [{ atMs: 0, value: 5 }], 60_000).truth).toBe(true);
    expect(
      run(
        rule,
        [
          { atMs: 0, value: 5 },
          { atMs: 30_000, value: 5.5 },
        ],
        60_000,
      ).truth,
    ).toBe(true);
    expect(
      run(
        rule,
        [
          { atMs: 0, value: 5 },
          { atMs: 30_000, value: 5.6 },
        ],
        60_000,
      ).truth,
    ).toBe(false);
    expect(
      run(
        rule,
        [
          { atMs: 0, value: 5 },
          { atMs: 30_000, value: 5.6 },
        ],
        90_000,
      ).truth,
    ).toBe(true);
  });

  it('does not count time in which nobody could tell', () => {
    const gap = [
      { atMs: 0, value: 5 },
      { atMs: 50_000, value: null },
      { atMs: 55_000, value: 5 },
    ];
    expect(run(rule, gap, 114_999).truth).toBeNull();
    expect(run(rule, gap, 115_000).truth).toBe(true);
  });
});

describe('duration', () => {
  const rule = { kind: 'duration', point: 'p', equals: 1, forS: 60 } as const;

  it('counts from the change, and a leave ends it', () => {
    const start = [
      { atMs: 0, value: 0 },
      { atMs: 10_000, value: 1 },
    ];
    expect(run(rule, start, 69_999).truth).toBe(false);
    expect(run(rule, start, 70_000).truth).toBe(true);
    expect(run(rule, [...start, { atMs: 80_000, value: 0 }], 80_000).truth).toBe(false);
  });

  it('counts good time only and goes on after a gap', () => {
    const gap = [
      { atMs: 0, value: 0 },
      { atMs: 10_000, value: 1 },
      { atMs: 40_000, value: null },
      { atMs: 100_000, value: 1 },
    ];
    expect(run(rule, gap, 129_999).truth).toBe(false);
    expect(run(rule, gap, 130_000).truth).toBe(true);
  });

  it('does not deny what may have begun before anybody watched', () => {
    expect(run(rule, [{ atMs: 0, value: 1 }], 59_999).truth).toBeNull();
  });

  it('agrees with the whole history', () => {
    fc.assert(
      fc.property(steps(fc.integer({ min: 0, max: 1 }), 50_000), later, (history, after) => {
        const endMs = (history.at(-1)?.atMs ?? 0) + after;
        const left = history.findLastIndex(({ value }) => value === 0);
        const entered = history[left + 1]?.atMs;
        const { truth } = run(rule, history, endMs);
        if (entered === undefined) expect(truth).toBe(false);
        else if (endMs - entered >= 60_000) expect(truth).toBe(true);
        else expect(truth).toBe(left === -1 ? null : false);
      }),
      runs,
    );
  });
});

describe('count', () => {
  const starts = { kind: 'count', point: 'p', equals: 1, above: 2, windowS: 60 } as const;
  const growth = { kind: 'count', point: 'p', above: 2, windowS: 60 } as const;

  it('counts changes to the state and forgets them after the window', () => {
    const pulse = (atMs: number) => [
      { atMs, value: 1 },
      { atMs: atMs + 1000, value: 0 },
    ];
    const three = [{ atMs: 0, value: 0 }, ...pulse(10_000), ...pulse(20_000), ...pulse(30_000)];
    expect(run(starts, three.slice(0, -2), 60_000).truth).toBe(false);
    expect(run(starts, three, 30_000).truth).toBe(true);
    expect(run(starts, three, 69_999).truth).toBe(true);
    expect(run(starts, three, 70_000).truth).toBe(false);
  });

  it('agrees with the whole history of a state', () => {
    fc.assert(
      fc.property(steps(fc.integer({ min: 0, max: 1 }), 20_000), later, (history, after) => {
        const endMs = (history.at(-1)?.atMs ?? 0) + after;
        const edges = history.filter(({ value }, index) => value === 1 && index > 0 && history[index - 1]?.value === 0);
        const within = edges.filter(({ atMs }) => atMs > endMs - 60_000).length;
        const complete = endMs >= (history[0]?.atMs ?? 0) + 60_000;
        expect(run(starts, history, endMs).truth).toBe(within > 2 ? true : complete ? false : null);
      }),
      runs,
    );
  });

  it('never counts a counter backwards', () => {
    const reset = [
      { atMs: 0, value: 100 },
      { atMs: 61_000, value: 0 },
      { atMs: 62_000, value: 2 },
    ];
    expect(run(growth, reset, 62_000).truth).toBe(false);
    expect(run(growth, [...reset, { atMs: 63_000, value: 3 }], 63_000).truth).toBe(true);
  });

  it('keeps the sum when it forgets single steps, and stays small', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ atMs: index * 25, value: index }));
    const answer = run({ ...growth, above: 1998 }, many, 2000 * 25);
    expect(answer.truth).toBe(true);
    expect((answer.memory as { steps: unknown[] }).steps.length).toBeLessThanOrEqual(240);
  });
});
