// Alarm settings of one piece of equipment: what differs from its class, who changed it and why.
import { z } from 'zod';
import { bilingualText, isoTime, page, reasonText } from './shared.ts';

/** One entry of the append-only history. */
export const settingChange = z.object({
  /** 1 for the first change of the equipment, then one more each time. */
  version: z.int(),
  at: isoTime,
  by: z.string(),
  reason: z.string(),
  /** The change that this one takes back. */
  undoes: z.int().nullable(),
  /** Null as `from` or `to`: as the class says. */
  changes: z.array(z.object({ field: z.string(), from: z.number().nullable(), to: z.number().nullable() })),
});
export type SettingChange = z.infer<typeof settingChange>;

const fieldView = z.object({
  /** `parameters.NAME` or `alarms.ALARM.onDelayS` / `.offDelayS` / `.deadband` / `.priority`. */
  field: z.string(),
  unit: z.string().nullable(),
  range: z.tuple([z.number(), z.number()]).nullable(),
  classDefault: z.number(),
  /** In force now. */
  value: z.number(),
  last: z.object({ version: z.int(), at: isoTime, by: z.string(), reason: z.string() }).nullable(),
});
export type SettingFieldView = z.infer<typeof fieldView>;

export const alarmSettings = z.object({
  equipmentId: z.string(),
  /** Of the newest change, 0 before the first; a change names the version it is based on. */
  version: z.int(),
  /** Why the settings are not in force: the class has changed and they do not fit it any more. */
  ignored: z.string().nullable(),
  parameters: z.array(
    fieldView.extend({
      parameter: z.string(),
      label: bilingualText,
      /** Alarms whose rule uses it. */
      alarms: z.array(z.string()),
    }),
  ),
  alarms: z.array(
    z.object({
      alarm: z.string(),
      text: bilingualText,
      /** The condition in one line. */
      rule: z.string(),
      point: z.string(),
      priority: z.int(),
      timeToRespondMin: z.number(),
      /** A longer on-delay has to be confirmed. */
      longestOnDelayS: z.number(),
      fields: z.array(fieldView.extend({ what: z.enum(['onDelayS', 'offDelayS', 'deadband', 'priority']) })),
    }),
  ),
});
export type AlarmSettings = z.infer<typeof alarmSettings>;

const reason = reasonText();

export const changeSettings = z.object({
  version: z.int().min(0),
  reason,
  /** Fields to change; null restores the value of the class. Others stay as they are. */
  values: z.record(z.string().max(160), z.number().nullable()),
  /** The person has read that an on-delay takes more than a tenth of the time to respond. */
  confirmed: z.boolean().default(false),
});

export const undoSettings = z.object({
  version: z.int().min(0),
  /** Version of the change to take back. */
  undo: z.int().min(1),
  confirmed: z.boolean().default(false),
});

export const settingsHistoryQuery = page;
export const settingsChanged = z.object({ changed: z.boolean(), version: z.int() });
