// Commanded and reported state differ: the equipment does not do what it is told (ASHRAE Guideline 36, fan status).
import type { ResolvedOf, RuleKind } from './kind.ts';

export const discrepancyKind: RuleKind<ResolvedOf<'discrepancy'>> = {
  point: (rule) => rule.feedback,
  others: (rule) => [rule.command],
  evaluate(rule, { value, of }) {
    const commanded = of(rule.command);
    if (value === null || commanded === null) return { truth: null, why: () => 'command or feedback unknown' };
    return { truth: value !== commanded, why: () => `commanded ${commanded}, reported ${value}` };
  },
  limit: () => null,
  silenceMs: () => null,
  describe: (rule) => `${rule.feedback} ≠ ${rule.command}`,
};
