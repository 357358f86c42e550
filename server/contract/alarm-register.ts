// The master alarm list: every alarm of every class in use with its rationalisation record and its review
// (ISA-18.2-2016 "rationalization", IEC 62682:2022).
import { z } from 'zod';
import { bilingualText, priority } from './shared.ts';

const day = z.iso.date();

/** What people decided; the technical record lives in the class. */
export const alarmReview = z.object({
  owner: z.string().nullable(),
  reviewedOn: day.nullable(),
  approvedBy: z.string().nullable(),
  reviewDue: day.nullable(),
});
export type AlarmReview = z.infer<typeof alarmReview>;

export const REVIEW_STATES = ['never', 'overdue', 'due-soon', 'current'] as const;

/** Why a record is not an alarm (ISA-18.2 rationalization). */
export const EVENT_REASONS = ['no-action', 'no-time-to-respond'] as const;

export const alarmDefinition = alarmReview.extend({
  /** An event is journalled when its condition becomes true, and never announced. */
  kind: z.enum(['alarm', 'event']),
  /** Why it is an event; empty for an alarm. */
  because: z.array(z.enum(EVENT_REASONS)),
  class: z.string(),
  classLabel: bilingualText,
  alarm: z.string(),
  text: bilingualText,
  /** Null for an event. */
  priority: priority.nullable(),
  /** Of the class in the equipment archive. */
  group: z.string(),
  /** Devices of the class. */
  equipment: z.int(),
  point: z.string(),
  /** The condition in one line. */
  rule: z.string(),
  /** The mildest first; the priority is that of the level. */
  limits: z.array(z.object({ above: z.number().nullable(), below: z.number().nullable(), priority })),
  /** The limits are distances from a set-point, not values. */
  deviation: z.boolean(),
  unit: z.string().nullable(),
  deadband: z.number().nullable(),
  onDelayS: z.number(),
  offDelayS: z.number(),
  /** Causes that suppress it by design. */
  suppressedBy: z.array(z.string()),
  latching: z.boolean(),
  shelvable: z.boolean(),
  reAlarm: z.object({ afterMin: z.number(), times: z.int() }).nullable(),
  workOrder: z.object({ kind: z.string(), skill: z.string(), failureClass: z.string() }).nullable(),
  cause: bilingualText,
  consequence: bilingualText,
  action: z.object({ zh: z.array(z.string()), en: z.array(z.string()) }),
  timeToRespondMin: z.number(),
  /** `overdue`: the next review lies in the past; `due-soon`: within 30 days. */
  review: z.enum(REVIEW_STATES),
});
export type AlarmDefinition = z.infer<typeof alarmDefinition>;

export const alarmDefinitions = z.object({ items: z.array(alarmDefinition) });

export const alarmExportQuery = z.object({ format: z.enum(['csv', 'json']).default('csv') });
/** A file to save. */
export const alarmExport = z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() });
export type AlarmExport = z.infer<typeof alarmExport>;

/**
 * CSV with a header line. `class` and `alarm` name the alarm; `owner`, `reviewedOn`, `approvedBy` and `reviewDue` are taken,
 * an empty cell clears, a column that is absent stays as it is; all other columns are ignored, so an export can be
 * edited and imported again.
 */
export const reviewImport = z.object({
  csv: z.string().min(1).max(900_000),
  /** Checks and counts only. */
  dryRun: z.boolean(),
});
export const reviewImportResult = z.object({
  /** False for a dry run, and when any line has a fault: then nothing was taken. */
  applied: z.boolean(),
  changed: z.int(),
  unchanged: z.int(),
  faults: z.array(z.object({ line: z.int(), field: z.string(), found: z.string(), expected: z.string() })),
});
export type ReviewImportResult = z.infer<typeof reviewImportResult>;
