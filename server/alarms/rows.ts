// Rows of the alarm tables and the facts they hold.
import type { Insertable, Selectable } from 'kysely';
import type { AlarmRecord, Occurrence } from './core/facts.ts';
import { alarmState, type Facts, NORMAL_FACTS } from './core/facts.ts';
import type { Pending } from './core/rule-state.ts';
import type { Transition } from './core/transition.ts';
import type { Recorded } from './draft.ts';
import type { Rule } from './rule-book.ts';
import type { AlarmTables } from './tables.ts';

export type AlarmRow = Selectable<AlarmTables['alarm']>;
export type PendingRow = Selectable<AlarmTables['alarm_pending']>;
export type JournalRow = Selectable<AlarmTables['alarm_journal']>;

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
const json = (value: number | string | null): string | null => (value === null ? null : JSON.stringify(value));

export function toAlarmRow(
  rule: Rule,
  facts: Facts,
  occurrence: Occurrence,
  closedAtMs: number | null,
): Insertable<AlarmTables['alarm']> {
  const { shown } = occurrence;
  return {
    id: occurrence.id,
    equipment_id: rule.equipmentId,
    alarm: rule.definition.alarm,
    definition: rule.definition.fingerprint,
    priority: occurrence.priority,
    state: closedAtMs === null ? alarmState(facts) : 'NORM',
    cond: facts.cond,
    acked: facts.acked,
    latched: facts.latched,
    shelf: facts.shelf,
    suppressed_by: [...facts.suppressedBy],
    oos: facts.oos,
    uncertain: occurrence.uncertain,
    activation_seq: occurrence.activationSeq,
    re_alarms: occurrence.reAlarms,
    chattering: occurrence.chattering,
    activations: occurrence.activations,
    unacknowledged_since: date(occurrence.unacknowledgedSinceMs),
    overdue_seq: occurrence.overdueSeq,
    first_out: occurrence.firstOut,
    opened_at: new Date(occurrence.openedAtMs),
    active_at: new Date(occurrence.activeAtMs),
    detected_at: new Date(occurrence.detectedAtMs),
    cleared_at: date(occurrence.clearedAtMs),
    acknowledged_at: date(occurrence.acknowledgedAtMs),
    acknowledged_by: occurrence.acknowledgedBy,
    work_order_id: occurrence.workOrderId,
    value: json(occurrence.value),
    point: shown.point,
    unit: shown.unit,
    limit_value: shown.limit,
    text_zh: shown.text.zh,
    text_en: shown.text.en,
    closed_at: date(closedAtMs),
  };
}

/** Inverse of {@link toAlarmRow}; a closed row gives its last occurrence with normal facts. */
export function fromAlarmRow(row: AlarmRow): AlarmRecord {
  const occurrence: Occurrence = {
    id: row.id,
    priority: row.priority,
    activationSeq: row.activation_seq,
    reAlarms: row.re_alarms,
    openedAtMs: row.opened_at.getTime(),
    activeAtMs: row.active_at.getTime(),
    detectedAtMs: row.detected_at.getTime(),
    clearedAtMs: row.cleared_at?.getTime() ?? null,
    acknowledgedAtMs: row.acknowledged_at?.getTime() ?? null,
    acknowledgedBy: row.acknowledged_by,
    uncertain: row.uncertain,
    chattering: row.chattering,
    activations: row.activations,
    unacknowledgedSinceMs: row.unacknowledged_since?.getTime() ?? null,
    overdueSeq: row.overdue_seq,
    firstOut: row.first_out,
    workOrderId: row.work_order_id,
    value: row.value,
    shown: {
      point: row.point,
      unit: row.unit,
      limit: row.limit_value,
      text: { zh: row.text_zh, en: row.text_en },
    },
  };
  if (row.closed_at !== null) return { facts: NORMAL_FACTS, occurrence };
  const { cond, acked, latched, shelf, suppressed_by, oos } = row;
  return { facts: { cond, acked, latched, shelf, suppressedBy: suppressed_by, oos }, occurrence };
}

export const toPendingRow = (rule: Rule, pending: Pending): Insertable<AlarmTables['alarm_pending']> => ({
  equipment_id: rule.equipmentId,
  alarm: rule.definition.alarm,
  since: new Date(pending.sinceMs),
  source_time: new Date(pending.sourceMs),
  value: json(pending.value),
});

export function toJournalRow({ rule, transition, occurrence }: Recorded): Insertable<AlarmTables['alarm_journal']> {
  const { actor, sourceMs, serverMs, ...change } = transition;
  return {
    event: transition.event,
    alarm_id: occurrence?.id ?? null,
    equipment_id: rule.equipmentId,
    alarm: rule.definition.alarm,
    priority: transition.event === 'EVENT' ? null : (occurrence?.priority ?? rule.definition.priority),
    actor,
    source_time: new Date(sourceMs),
    server_time: new Date(serverMs),
    value: json('value' in transition ? transition.value : null),
    note: noteOf(transition),
    change,
  };
}

/** Inverse of {@link toJournalRow} for replay. */
export const fromJournalRow = (row: JournalRow): Transition =>
  ({
    ...row.change,
    actor: row.actor,
    sourceMs: row.source_time.getTime(),
    serverMs: row.server_time.getTime(),
  }) as Transition;

/** E.g. `+3600 s`. */
export const signedSeconds = (ms: number): string => `${ms < 0 ? '-' : '+'}${Math.round(Math.abs(ms) / 1000)} s`;

function noteOf(transition: Transition): string | null {
  switch (transition.event) {
    case 'RTN':
      return transition.cause === 'config' ? 'config' : null;
    case 'ACK':
      return transition.comment;
    case 'COMMENT':
      return transition.text;
    case 'CLOSED':
    case 'UNSHELVED':
      return transition.cause;
    case 'PRIORITY_CHANGED':
      return `${transition.from} → ${transition.to}`;
    case 'SHELVED':
      return `${transition.reason} · ${new Date(transition.untilMs).toISOString()}`;
    case 'RE-ALARM':
      return String(transition.count);
    case 'CHATTERING_OFF':
      return String(transition.activations);
    case 'SILENCED':
      return transition.console;
    case 'OOS_ON':
      return `${transition.reason} · ${transition.reference} · ${new Date(transition.reviewAtMs).toISOString()}`;
    case 'SUPPRESSED':
    case 'UNSUPPRESSED':
      return transition.by;
    case 'UNCERTAIN':
      return transition.why;
    case 'WORK_ORDER':
      return transition.number;
    case 'CLOCK_SET':
      return signedSeconds(transition.stepMs);
    default:
      return null;
  }
}
