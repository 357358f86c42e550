// A state or enumeration has one of the values.
import type { ResolvedOf, RuleKind } from './kind.ts';

export const stateKind: RuleKind<ResolvedOf<'state'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, { value }) {
    if (value === null) return { truth: null, why: () => 'no value' };
    const wanted = typeof rule.equals === 'number' ? [rule.equals] : rule.equals;
    const truth = wanted.includes(value);
    return { truth, why: () => `${value} ${truth ? 'is' : 'is not'} ${wanted.join(' or ')}` };
  },
  limit: () => null,
  silenceMs: () => null,
  describe: (rule) => `${rule.point} = ${[rule.equals].flat().join(' or ')}`,
};
