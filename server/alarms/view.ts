// An alarm as the API shows it.
import type { EquipmentRecord } from '../assets/directory.ts';
import type { Alarm, AlarmDetail, JournalEntry } from '../contract/alarms.ts';
import type { Definition } from './core/definition.ts';
import { type AlarmRecord, alarmState, type Occurrence } from './core/facts.ts';
import { kindOf } from './core/rules/registry.ts';
import type { JournalRow } from './rows.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
const NOWHERE = { site: '', building: '', floor: '', room: '' };

export function toAlarm(
  identity: {
    readonly equipmentId: string;
    readonly alarm: string;
    readonly equipment: EquipmentRecord | undefined;
    readonly affectedEquipment?: number;
  },
  { facts }: AlarmRecord,
  occurrence: Occurrence,
  /** Activations of a flapping alarm that are not in the occurrence yet. */
  uncounted = 0,
): Alarm {
  const { equipmentId, alarm, equipment, affectedEquipment = 0 } = identity;
  return {
    id: occurrence.id,
    equipmentId,
    equipmentName: equipment?.name ?? { zh: equipmentId, en: equipmentId },
    place: equipment?.place ?? NOWHERE,
    alarm,
    point: occurrence.shown.point,
    priority: occurrence.priority,
    state: alarmState(facts),
    active: facts.cond,
    acknowledged: facts.acked,
    uncertain: occurrence.uncertain,
    ...(facts.suppressedBy.length === 0 ? {} : { suppressedBy: [...facts.suppressedBy] }),
    text: occurrence.shown.text,
    value: occurrence.value,
    limit: occurrence.shown.limit,
    unit: occurrence.shown.unit,
    activeAt: iso(occurrence.activeAtMs),
    detectedAt: iso(occurrence.detectedAtMs),
    clearedAt: isoOrNull(occurrence.clearedAtMs),
    acknowledgedAt: isoOrNull(occurrence.acknowledgedAtMs),
    acknowledgedBy: occurrence.acknowledgedBy,
    activationSeq: occurrence.activationSeq,
    activations: occurrence.activations + uncounted,
    chattering: occurrence.chattering,
    acknowledgeOverdue: !facts.acked && occurrence.overdueSeq === occurrence.activationSeq,
    firstOut: occurrence.firstOut,
    workOrderId: occurrence.workOrderId,
    ...(affectedEquipment === 0 ? {} : { affectedEquipment }),
    shelvedUntil: isoOrNull(facts.shelf?.untilMs ?? null),
    ...(facts.shelf === null ? {} : { shelvedBy: facts.shelf.by, shelvedReason: facts.shelf.reason }),
    ...(facts.shelf?.oneShot === true ? { shelvedOneShot: true } : {}),
  };
}

export const toJournalEntry = (row: JournalRow, text?: JournalEntry['text']): JournalEntry => ({
  seq: row.seq,
  event: row.event as JournalEntry['event'],
  alarmId: row.alarm_id,
  equipmentId: row.equipment_id,
  alarm: row.alarm,
  priority: row.priority,
  actor: row.actor,
  sourceTime: row.source_time.toISOString(),
  serverTime: row.server_time.toISOString(),
  value: row.value,
  note: row.note,
  ...(text === undefined ? {} : { text }),
});

/** The rationalisation record; empty texts when the class no longer has the alarm. */
export function toGuidance(definition: Definition | undefined): AlarmDetail['guidance'] {
  if (definition === undefined) {
    const nothing = { zh: '', en: '' };
    return {
      cause: nothing,
      consequence: nothing,
      action: { zh: [], en: [] },
      timeToRespondMin: 0,
      rule: '',
      latching: false,
      shelvable: false,
    };
  }
  const { cause, consequence, action, timeToRespondMin } = definition.record;
  const { latching, shelvable } = definition;
  return { cause, consequence, action, timeToRespondMin, rule: describeRule(definition), latching, shelvable };
}

const describeRule = ({ rule, onDelayMs, offDelayMs }: Definition): string =>
  `${kindOf(rule).describe(rule)} (on-delay ${onDelayMs / 1000} s, off-delay ${offDelayMs / 1000} s)`;
