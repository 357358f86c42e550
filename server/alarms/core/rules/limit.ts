// Above or below a limit. The deadband is part of the comparison: once true, the value must come back by it.
import type { ResolvedOf, RuleKind } from './kind.ts';

export const limitKind: RuleKind<ResolvedOf<'limit'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, { value, before }) {
    if (value === null || !Number.isFinite(value)) return { truth: null, why: () => 'no number' };
    const margin = before ? rule.deadband : 0;
    if (rule.above !== undefined) {
      const limit = rule.above - margin;
      const truth = value > limit;
      return { truth, why: () => `${value} ${truth ? '>' : '<='} ${limit}` };
    }
    if (rule.below !== undefined) {
      const limit = rule.below + margin;
      const truth = value < limit;
      return { truth, why: () => `${value} ${truth ? '<' : '>='} ${limit}` };
    }
    return { truth: null, why: () => 'no limit' };
  },
  limit: (rule) => rule.above ?? rule.below ?? null,
  silenceMs: () => null,
  describe: (rule) =>
    rule.above === undefined
      ? `${rule.point} < ${rule.below}, back at ${(rule.below ?? 0) + rule.deadband}`
      : `${rule.point} > ${rule.above}, back at ${rule.above - rule.deadband}`,
};
