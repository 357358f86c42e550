// One bit of an integer point is 1 (or 0): status and fault words of drives and controllers.
import type { ResolvedOf, RuleKind } from './kind.ts';

export const bitKind: RuleKind<ResolvedOf<'bit'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, { value }) {
    if (value === null || !Number.isInteger(value) || value < 0 || value >= 2 ** 32)
      return { truth: null, why: () => `${value} has no bits` };
    const found = Math.floor(value / 2 ** rule.bit) % 2;
    return { truth: found === rule.equals, why: () => `bit ${rule.bit} of ${value} is ${found}` };
  },
  limit: () => null,
  silenceMs: () => null,
  describe: (rule) => `bit ${rule.bit} of ${rule.point} = ${rule.equals}`,
};
