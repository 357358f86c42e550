// Alarms as ISA-18.2-2016 / IEC 62682:2022 name them: the state is derived from stored facts.
import { z } from 'zod';
import { bilingualText, isoTime, page, priority, reasonText } from './shared.ts';

/**
 * NORM normal · UNACK unacknowledged · ACKED acknowledged · RTNUN returned, unacknowledged · LATUN latched, unacknowledged ·
 * LATAK latched, acknowledged · SHLVD shelved · DSUPR suppressed by design · OOSRV out of service.
 */
export const ALARM_STATES = ['NORM', 'UNACK', 'ACKED', 'RTNUN', 'LATUN', 'LATAK', 'SHLVD', 'DSUPR', 'OOSRV'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const alarm = z.object({
  /** Id of the occurrence. */
  id: z.string(),
  equipmentId: z.string(),
  equipmentName: bilingualText,
  place: z.object({ site: z.string(), building: z.string(), floor: z.string(), room: z.string() }),
  /** Key of the alarm in the class, e.g. `winding-overtemperature`. */
  alarm: z.string(),
  /** Point the rule looks at; null for comm-loss. */
  point: z.string().nullable(),
  priority,
  state: z.enum(ALARM_STATES),
  /** The condition is true now. */
  active: z.boolean(),
  acknowledged: z.boolean(),
  /** The equipment does not answer: the alarm is kept, but nobody knows whether it still holds. */
  uncertain: z.boolean(),
  /** Causes of which it is a mere consequence, e.g. `gateway:plant-room`, `when:fanRunning=0`; absent when there is none. */
  suppressedBy: z.array(z.string()).optional(),
  text: bilingualText,
  /** At activation, in `unit`. */
  value: z.union([z.number(), z.string(), z.null()]),
  limit: z.number().nullable(),
  unit: z.string().nullable(),
  activeAt: isoTime,
  detectedAt: isoTime,
  clearedAt: isoTime.nullable(),
  acknowledgedAt: isoTime.nullable(),
  acknowledgedBy: z.string().nullable(),
  /** Number of activations within this occurrence; an acknowledgement names the one it saw. */
  activationSeq: z.int(),
  /** How often the condition came within this occurrence; grows also while the alarm flaps. */
  activations: z.int(),
  /** Came three times within a minute: kept active until it has been quiet for a minute. */
  chattering: z.boolean(),
  /** Nobody acknowledged the present activation in time. */
  acknowledgeOverdue: z.boolean(),
  /** The first of its group of alarms, see `firstOutGroup` of the class. */
  firstOut: z.boolean(),
  workOrderId: z.string().nullable(),
  shelvedUntil: isoTime.nullable(),
  /** Who set it aside, and why; absent while it is not shelved. */
  shelvedBy: z.string().optional(),
  shelvedReason: z.string().optional(),
  /** The shelf ends with the condition too. */
  shelvedOneShot: z.boolean().optional(),
  /** Equipment that hangs on what is lost: behind the gateway, on the bus, fed by it. Absent: none. */
  affectedEquipment: z.int().optional(),
});
export type Alarm = z.infer<typeof alarm>;

/** The rationalisation record, shown at the moment of need. */
export const alarmGuidance = z.object({
  cause: bilingualText,
  consequence: bilingualText,
  action: z.object({ zh: z.array(z.string()), en: z.array(z.string()) }),
  timeToRespondMin: z.number(),
  rule: z.string(),
  /** Stays after the condition has gone until a person resets it. */
  latching: z.boolean(),
  shelvable: z.boolean(),
});

export const JOURNAL_EVENTS = [
  'ACTIVE',
  'RE-ACTIVE',
  'RE-ALARM',
  'RTN',
  'ACK',
  'RESET',
  'CLOSED',
  'COMMENT',
  'PRIORITY_CHANGED',
  'SHELVED',
  'UNSHELVED',
  'SILENCED',
  'OOS_ON',
  'OOS_OFF',
  'SUPPRESSED',
  'UNSUPPRESSED',
  'UNCERTAIN',
  'CERTAIN',
  'CHATTERING_ON',
  'CHATTERING_OFF',
  'ACK_OVERDUE',
  'FIRST_OUT',
  'WORK_ORDER',
  'HISTORICAL',
  'EVENT',
  'SERVER_DOWN',
  'CLOCK_SET',
] as const;
export type JournalEvent = (typeof JOURNAL_EVENTS)[number];

export const journalEntry = z.object({
  /** Server-wide, strictly growing. */
  seq: z.number(),
  event: z.enum(JOURNAL_EVENTS),
  alarmId: z.string().nullable(),
  equipmentId: z.string().nullable(),
  alarm: z.string().nullable(),
  priority: priority.nullable(),
  /** Person's username, `system`, or a rule. */
  actor: z.string(),
  /** When it happened at the source, and when the server noted it. */
  sourceTime: isoTime,
  serverTime: isoTime,
  value: z.union([z.number(), z.string(), z.null()]),
  /** Comment, reason, work-order number, old and new priority. */
  note: z.string().nullable(),
  /** What the operator read, of the occurrence or of the event; absent for an alarm without either. */
  text: bilingualText.optional(),
});
export type JournalEntry = z.infer<typeof journalEntry>;

/** What the alarm blinds or cuts off, and the open alarms that are suppressed because of it. */
export const alarmConsequences = z.object({ equipmentIds: z.array(z.string()), alarms: z.array(alarm) });

export const alarmDetail = alarm.extend({
  guidance: alarmGuidance,
  journal: z.array(journalEntry),
  consequences: alarmConsequences.optional(),
});
export type AlarmDetail = z.infer<typeof alarmDetail>;

export const alarmQuery = page.extend({
  /** `open` (default) is every occurrence that is not closed. */
  status: z.enum(['open', 'closed', 'all']).default('open'),
  equipmentId: z.string().optional(),
  priority: z.coerce.number().int().min(1).max(4).optional(),
});
export const journalQuery = page.extend({
  equipmentId: z.string().optional(),
  alarmId: z.string().optional(),
  event: z.enum(JOURNAL_EVENTS).optional(),
  /** Username, `system`, or a rule. */
  actor: z.string().max(64).optional(),
  /** Server time, from `from` up to, not including, `to`. */
  from: isoTime.optional(),
  to: isoTime.optional(),
  after: z.coerce.number().int().optional(),
  /** `oldest` follows the journal as it grows, `newest` reads it backwards. */
  order: z.enum(['oldest', 'newest']).default('oldest'),
});

/** `activationSeq` is what the person saw; a newer activation answers 409. Absent: the present one. */
export const acknowledge = z.object({ activationSeq: z.int().optional(), comment: z.string().max(500).optional() });
export const comment = z.object({ text: z.string().min(1).max(500) });
/** Duration is limited by priority: P1 30 min, P2 4 h, P3 8 h, P4 24 h. */
export const shelve = z.object({
  minutes: z.int().min(1).max(1440),
  reason: reasonText(200),
  /** Ends with the condition too, not only with its time. */
  oneShot: z.boolean().optional(),
});
/** Stops the sound at one desk; journalled, changes nothing else. */
export const silence = z.object({ console: z.string().min(1).max(64) });

/** Taken off the list for work on the equipment; also possible while the alarm is normal. */
export const takeOutOfService = z.object({
  reason: reasonText(200),
  /** Number of the work order or permit that covers the work. */
  reference: z.string().min(1).max(64),
  /** At most 90 days ahead. */
  reviewAt: isoTime,
});
export const outOfService = z.object({
  equipmentId: z.string(),
  alarm: z.string(),
  by: z.string(),
  reason: z.string(),
  reference: z.string(),
  reviewAt: isoTime,
  /** The review is overdue. */
  overdue: z.boolean(),
  /** Occurrence that is hidden by it; null while the alarm is normal. */
  alarmId: z.string().nullable(),
  priority,
  /** Of the occurrence, or of the class while the alarm is normal. */
  text: bilingualText,
});
export type OutOfService = z.infer<typeof outOfService>;
export const outOfServiceList = z.object({ items: z.array(outOfService) });

/** An alarm that a cause makes a mere consequence, whether its condition holds or not. */
export const suppressedAlarm = z.object({
  equipmentId: z.string(),
  alarm: z.string(),
  priority,
  text: bilingualText,
  by: z.array(z.string()),
  /** Its condition holds now: without the cause it would be on the list. */
  active: z.boolean(),
  alarmId: z.string().nullable(),
});
export type SuppressedAlarm = z.infer<typeof suppressedAlarm>;
export const suppressedList = z.object({ items: z.array(suppressedAlarm) });
export const serviceChange = z.object({ changed: z.boolean() });
export const alarmChange = z.object({ changed: z.boolean(), alarm });
