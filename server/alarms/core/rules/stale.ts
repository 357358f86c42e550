// No good reading for too long. A good reading makes it false; only silence makes it true.
import type { ResolvedOf, RuleKind } from './kind.ts';

export const staleKind: RuleKind<ResolvedOf<'stale'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate: () => ({ truth: false, why: () => 'a good reading came' }),
  limit: (rule) => rule.afterS,
  silenceMs: (rule) => rule.afterS * 1000,
  describe: (rule) => `${rule.point} without a good reading for ${rule.afterS} s`,
};
