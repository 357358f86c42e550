// What was just journalled, for those who pass it on: each transition with the alarm as it was right after it.
import type { EquipmentRecord } from '../assets/directory.ts';
import type { OutwardEvent } from '../contract/outward.ts';
import type { Trx } from '../migrations/tables.ts';
import { type AlarmRecord, NORMAL_FACTS } from './core/facts.ts';
import { apply } from './core/transition.ts';
import type { Draft } from './draft.ts';
import { toJournalRow } from './rows.ts';
import type { Rule } from './rule-book.ts';
import { toAlarm } from './view.ts';

/** Somebody who has to know of every transition, in the transaction that makes it true. */
export interface JournalOutbox {
  /** False spares the work when nobody listens. */
  isWanted(): boolean;
  write(trx: Trx, events: readonly OutwardEvent[]): Promise<void>;
}

/** @param seqs journal sequence of each recorded transition, in the same order */
export function journalled(
  draft: Draft,
  seqs: readonly number[],
  identityOf: (rule: Rule) => {
    readonly equipmentId: string;
    readonly alarm: string;
    readonly equipment: EquipmentRecord | undefined;
    readonly affectedEquipment: number;
  },
): OutwardEvent[] {
  const records = new Map<Rule, AlarmRecord>();
  return draft.recorded.flatMap((recorded, index) => {
    const { rule, transition, occurrence } = recorded;
    // Without an alarm there is nothing to pass on.
    if (transition.event === 'EVENT') return [];
    const record = apply(records.get(rule) ?? rule.state.record, transition);
    records.set(rule, record);
    const identity = identityOf(rule);
    const facts = record.occurrence === null ? NORMAL_FACTS : record.facts;
    const shown = record.occurrence ?? occurrence;
    return {
      version: 1,
      seq: seqs[index] ?? 0,
      event: transition.event,
      actor: transition.actor,
      sourceTime: new Date(transition.sourceMs).toISOString(),
      serverTime: new Date(transition.serverMs).toISOString(),
      note: toJournalRow(recorded).note ?? null,
      equipmentClass: identity.equipment?.class ?? null,
      alarm: shown === null ? null : toAlarm(identity, { facts, occurrence: shown }, shown),
    };
  });
}
