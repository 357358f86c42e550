// The list of rule kinds. A new kind is one module and one line here.
import { commLossKind } from './comm-loss.ts';
import { deviationKind } from './deviation.ts';
import { discrepancyKind } from './discrepancy.ts';
import type { ResolvedOf, ResolvedRule, RuleKind } from './kind.ts';
import { levelsKind } from './levels.ts';
import { limitKind } from './limit.ts';
import { staleKind } from './stale.ts';
import { stateKind } from './state.ts';

const KINDS: { readonly [K in ResolvedRule['kind']]: RuleKind<ResolvedOf<K>> } = {
  limit: limitKind,
  state: stateKind,
  'comm-loss': commLossKind,
  stale: staleKind,
  discrepancy: discrepancyKind,
  deviation: deviationKind,
  levels: levelsKind,
};

/** @returns the module of the rule's kind, typed for that very rule. */
export const kindOf = (rule: ResolvedRule): RuleKind<ResolvedRule> => KINDS[rule.kind] as RuleKind<ResolvedRule>;
