// All, any and not: Kleene's logic, each member with its own hysteresis and memory.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolvedCondition } from './kind.ts';
import { kindOf } from './registry.ts';

const state = (point: string): ResolvedCondition => ({ kind: 'state', point, equals: 1 });
type Values = Readonly<Record<string, number | null>>;

function ask(rule: ResolvedCondition, values: Values, memory?: unknown, nowMs = 0) {
  const kind = kindOf(rule);
  const of = (point: string) => values[point] ?? null;
  return kind.evaluate(rule, { value: of(kind.point(rule)), before: false, level: 0, of, nowMs, memory });
}

/** The least and the greatest answer over all ways to fill in what is unknown. */
function possible(rule: ResolvedCondition, values: Values): Set<boolean | null> {
  const unknown = Object.keys(values).find((point) => values[point] === null);
  if (unknown === undefined) return new Set([ask(rule, values).truth]);
  return new Set([0, 1].flatMap((value) => [...possible(rule, { ...values, [unknown]: value })]));
}

const POINTS = ['a', 'b', 'c', 'd', 'e'];

/** Every point at most once, so that an unknown answer is unknown indeed. */
const tree = (points: readonly string[]): fc.Arbitrary<ResolvedCondition> => {
  const [first = 'a'] = points;
  if (points.length === 1) return fc.constantFrom(state(first), { kind: 'not' as const, of: state(first) });
  return fc
    .tuple(
      fc.integer({ min: 1, max: points.length - 1 }),
      fc.constantFrom('all' as const, 'any' as const),
      fc.boolean(),
    )
    .chain(([cut, kind, negated]) =>
      fc.tuple(tree(points.slice(0, cut)), tree(points.slice(cut))).map(([left, right]): ResolvedCondition => {
        const group = { kind, of: [left, right] };
        return negated ? { kind: 'not', of: group } : group;
      }),
    );
};

describe('compound conditions', () => {
  it('answer exactly what every way to fill in the unknown agrees on', () => {
    const values = fc.record(
      Object.fromEntries(POINTS.map((point) => [point, fc.constantFrom(0, 1, null)])) as Record<
        string,
        fc.Arbitrary<0 | 1 | null>
      >,
    );
    fc.assert(
      fc.property(tree(POINTS), values, (rule, known) => {
        const answers = possible(rule, known);
        expect(ask(rule, known).truth).toBe(answers.size === 1 ? [...answers][0] : null);
      }),
      { numRuns: 500 },
    );
  });

  it('look at every point once and show the first', () => {
    const rule: ResolvedCondition = { kind: 'all', of: [state('b'), { kind: 'any', of: [state('a'), state('b')] }] };
    expect(kindOf(rule).point(rule)).toBe('b');
    expect(kindOf(rule).others(rule)).toEqual(['a']);
    expect(kindOf(rule).describe(rule)).toBe('(b = 1 and (a = 1 or b = 1))');
  });

  it('keep the hysteresis of each member', () => {
    const rule: ResolvedCondition = {
      kind: 'all',
      of: [{ kind: 'limit', point: 'a', above: 10, deadband: 2 }, state('b')],
    };
    const high = ask(rule, { a: 11, b: 1 });
    expect(high.truth).toBe(true);
    expect(ask(rule, { a: 9, b: 1 }, high.memory).truth).toBe(true);
    expect(ask(rule, { a: 9, b: 1 }).truth).toBe(false);
    const unknown = ask(rule, { a: null, b: 1 }, high.memory);
    expect(unknown.truth).toBeNull();
    expect(ask(rule, { a: 9, b: 1 }, unknown.memory).truth).toBe(true);
  });

  it('ask again at the earliest wish of a member', () => {
    const rule: ResolvedCondition = {
      kind: 'all',
      of: [
        { kind: 'duration', point: 'a', equals: 1, forS: 60 },
        { kind: 'not', of: { kind: 'duration', point: 'b', equals: 1, forS: 30 } },
      ],
    };
    const first = ask(rule, { a: 0, b: 0 });
    const running = ask(rule, { a: 1, b: 1 }, first.memory, 1000);
    expect(running.againMs).toBe(31_000);
    const later = ask(rule, { a: 1, b: 0 }, running.memory, 2000);
    expect(later.againMs).toBe(61_000);
    expect(ask(rule, { a: 1, b: 0 }, later.memory, 61_000).truth).toBe(true);
  });
});
