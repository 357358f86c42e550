// Marks the first alarm of each group of an equipment in the transaction that announces it.
import { firstOut } from './core/first-out.ts';
import { adopt } from './core/rule-state.ts';
import { type Draft, enter, stateIn } from './draft.ts';
import type { RuleBook } from './rule-book.ts';

export function markFirstOut(draft: Draft, book: RuleBook): void {
  const touched = new Map<string, { readonly equipmentId: string; readonly group: string }>();
  for (const { rule, transition } of draft.recorded) {
    const group = rule.definition.firstOutGroup;
    if (group === null || !('announced' in transition && transition.announced)) continue;
    touched.set(`${rule.equipmentId}/${group}`, { equipmentId: rule.equipmentId, group });
  }
  for (const { equipmentId, group } of touched.values()) {
    const rules = book.watched(equipmentId)?.rules.filter(({ definition }) => definition.firstOutGroup === group) ?? [];
    const members = rules.map((rule) => ({ before: rule.state.record, after: stateIn(draft, rule).record }));
    const index = firstOut(members);
    const rule = index === null ? undefined : rules[index];
    const occurrence = rule === undefined ? null : stateIn(draft, rule).record.occurrence;
    if (rule === undefined || occurrence === null) continue;
    const stamp = { actor: 'system', sourceMs: occurrence.activeAtMs, serverMs: occurrence.detectedAtMs };
    enter(draft, rule, adopt(stateIn(draft, rule), [{ event: 'FIRST_OUT', ...stamp }]));
  }
}
