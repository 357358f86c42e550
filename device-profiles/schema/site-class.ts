// A class of a site's own folder: a record without operator action or time to respond is taken as an event instead of being
// refused (ISA-18.2-2016, IEC 62682:2022 "rationalization"). In the shipped library it stays a fault.
import { z } from 'zod';
import {
  type AlarmDefinition,
  alarm,
  type EquipmentClass,
  type EventReason,
  type EventRecord,
  equipmentClass,
  event,
} from './class.ts';
import { kebabName } from './text.ts';

type Raw = Readonly<Record<string, unknown>>;

const isObject = (raw: unknown): raw is Raw => typeof raw === 'object' && raw !== null && !Array.isArray(raw);
const isNothing = (raw: unknown): boolean => raw === undefined || raw === null;

/** No step in either language. Steps in one language only are a fault of the record, not an event. */
const hasNoStep = (action: unknown): boolean =>
  isNothing(action) ||
  (isObject(action) &&
    [action['zh'], action['en']].every((steps) => isNothing(steps) || Object.keys(Object(steps)).length === 0));

/** Why a record is an event and not an alarm; empty for an alarm. */
export const eventReasons = (record: unknown): readonly EventReason[] => {
  if (!isObject(record)) return [];
  const { action, timeToRespondMin } = record;
  return [
    ...(hasNoStep(action) ? (['no-action'] as const) : []),
    ...(isNothing(timeToRespondMin) || timeToRespondMin === 0 ? (['no-time-to-respond'] as const) : []),
  ];
};

const siteRecord = z.unknown().transform((raw, context): AlarmDefinition | EventRecord => {
  const because = eventReasons(raw);
  const { action, timeToRespondMin, ...rest } = isObject(raw) ? raw : {};
  const without = {
    ...rest,
    ...(because.includes('no-action') ? {} : { action }),
    ...(because.includes('no-time-to-respond') ? {} : { timeToRespondMin }),
    because,
  };
  const parsed = because.length === 0 ? alarm.safeParse(raw) : event.safeParse(without);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: raw } as z.core.$ZodRawIssue);
  return z.NEVER;
});

const isEventRecord = (record: AlarmDefinition | EventRecord): record is EventRecord => 'because' in record;

export const siteClass = equipmentClass
  .extend({ alarms: z.record(kebabName, siteRecord).default({}) })
  .transform(({ alarms: records, ...rest }): EquipmentClass => {
    const alarms: Record<string, AlarmDefinition> = {};
    const events: Record<string, EventRecord> = {};
    for (const [name, record] of Object.entries(records)) {
      if (isEventRecord(record)) events[name] = record;
      else alarms[name] = record;
    }
    return { ...rest, alarms, ...(Object.keys(events).length === 0 ? {} : { events }) };
  });

/** The event as the checks and the engine read an alarm: what it lacks is empty. */
export function eventAsAlarm({ because: _, ...record }: EventRecord): AlarmDefinition {
  const nothing = { zh: '', en: '' };
  return {
    ...record,
    priority: record.priority ?? 4,
    cause: record.cause ?? nothing,
    consequence: record.consequence ?? nothing,
    action: record.action ?? { zh: [], en: [] },
    timeToRespondMin: record.timeToRespondMin ?? 0,
  };
}
