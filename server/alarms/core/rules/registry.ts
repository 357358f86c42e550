// The list of rule kinds. A new kind is one module and one line here.
import { bitKind } from './bit.ts';
import { commLossKind } from './comm-loss.ts';
import { compoundKind } from './compound.ts';
import { countKind } from './count.ts';
import { deviationKind } from './deviation.ts';
import { discrepancyKind } from './discrepancy.ts';
import { durationKind } from './duration.ts';
import { frozenKind } from './frozen.ts';
import type { ResolvedOf, ResolvedRule, RuleKind } from './kind.ts';
import { levelsKind } from './levels.ts';
import { limitKind } from './limit.ts';
import { rateOfChangeKind } from './rate-of-change.ts';
import { scheduleKind } from './schedule.ts';
import { staleKind } from './stale.ts';
import { stateKind } from './state.ts';

/** @returns the module of the rule's kind, typed for that very rule. */
export const kindOf = (rule: ResolvedRule): RuleKind<ResolvedRule> => KINDS[rule.kind] as RuleKind<ResolvedRule>;

const compound = compoundKind(kindOf);

const KINDS: { readonly [K in ResolvedRule['kind']]: RuleKind<ResolvedOf<K>> } = {
  limit: limitKind,
  state: stateKind,
  'comm-loss': commLossKind,
  stale: staleKind,
  discrepancy: discrepancyKind,
  deviation: deviationKind,
  levels: levelsKind,
  'rate-of-change': rateOfChangeKind,
  bit: bitKind,
  frozen: frozenKind,
  duration: durationKind,
  count: countKind,
  schedule: scheduleKind,
  all: compound,
  any: compound,
  not: compound,
};
