// What a kind of equipment IS: its points, its alarms with the operator's response, its maintenance and its faceplate.
// Written once per class; a model only maps a product's registers, nodes or topics onto these points.
import { z } from 'zod';
import { alarmRule, priorityAtTimes, suppressCondition } from './rule.ts';
import { bilingual, bilingualSteps, camelName, kebabName } from './text.ts';

/** Engineering units a point may carry (UCUM spelling where one exists). */
export const UNITS = [
  '°C',
  'K',
  '%',
  'V',
  'A',
  'mA',
  'W',
  'kW',
  'kVA',
  'kvar',
  'kWh',
  'kvarh',
  'Hz',
  'MPa',
  'kPa',
  'bar',
  'm',
  'mm',
  'm/s',
  'm³',
  'm³/h',
  'L',
  'L/s',
  's',
  'min',
  'h',
  'd',
  '1/min',
  '1/h',
  'mΩ',
  'MΩ',
  'ppm',
  'mg/L',
  'µg/m³',
  'NTU',
  '%LEL',
  'lx',
  'dB',
] as const;
export const unit = z.enum(UNITS);

/** Kinds of points. `state` is on/off; `enumeration` has named numbers; `counter` only grows (kWh, starts). */
export const POINT_KINDS = ['analog', 'state', 'enumeration', 'counter', 'text'] as const;

/** How often a point is wanted: fast 1 s (states, alarms), normal 5 s (measured values), slow 60 s (energy, counters). */
export const POLL_CLASSES = ['fast', 'normal', 'slow'] as const;

export const point = z.strictObject({
  label: bilingual,
  kind: z.enum(POINT_KINDS),
  unit: unit.optional(),
  /** Physically possible values, in `unit`; a reading outside it has quality `out-of-range`. */
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, 'range is [low, high] with low < high')
    .optional(),
  /** Smallest change worth reporting, in `unit` (report by exception). Default: any change. */
  deadband: z.number().nonnegative().optional(),
  poll: z.enum(POLL_CLASSES).default('normal'),
  /** Names of the numbers of a `state` (0 and 1) or `enumeration`. */
  values: z.record(z.string().regex(/^-?\d+$/, 'a whole number'), bilingual).optional(),
  /** Decimals worth showing. */
  decimals: z.int().min(0).max(4).optional(),
  brick: z.string().optional(),
  haystack: z.array(z.string()).optional(),
});
export type Point = z.infer<typeof point>;

/** A figure of the asset that its rules refer to; an asset may override it (recorded and reasoned). */
export const parameter = z.strictObject({
  label: bilingual,
  unit: unit.optional(),
  default: z.number(),
  range: z.tuple([z.number(), z.number()]),
});
export type Parameter = z.infer<typeof parameter>;

/** 1 urgent, 2 high, 3 medium, 4 low (ISA-18.2 allows three or four annunciated priorities). */
export const priority = z.int().min(1).max(4);

export const SKILLS = ['electrical', 'plumbing', 'lift', 'fire', 'hvac', 'access', 'general'] as const;

/** The work order an alarm opens by itself. */
export const alarmWorkOrder = z.strictObject({
  kind: z.enum(['emergency', 'urgent', 'repair']),
  skill: z.enum(SKILLS),
  /** One open order per asset and failure class; alarms of the same failure are linked to it. */
  failureClass: kebabName,
});

/** What one piece of equipment feeds another with. */
export const MEDIA = ['power', 'water', 'heat'] as const;
const medium = z.enum(MEDIA);
export type Medium = z.infer<typeof medium>;

/** One alarm of the class with its rationalisation record (ISA-18.2 / IEC 62682 clause "rationalization"). */
export const alarm = z.strictObject({
  rule: alarmRule,
  priority,
  /** The first schedule that applies counts; outside all of them the alarm has its own priority. Not with levels. */
  priorityWhen: z.array(priorityAtTimes).min(1).max(4).optional(),
  /** How long the condition must hold before it is an alarm, and must be gone before it has returned, in s. */
  onDelayS: z.number().min(0).max(86_400).default(0),
  offDelayS: z.number().min(0).max(86_400).default(0),
  /** A latched alarm stays after the condition has gone until a person resets it. */
  latching: z.boolean().default(false),
  shelvable: z.boolean().default(true),
  /** Sounds again when the condition still holds so long after its acknowledgement, at most so often for one activation. */
  reAlarm: z.strictObject({ afterMin: z.number().positive(), times: z.int().min(1).max(10) }).optional(),
  /** Of the alarms with the same name here, the first one is marked until all of them are normal and reset (ISA-18.1, F). */
  firstOutGroup: kebabName.optional(),
  /** Points of the class that suppress the alarm by design; the cause itself is never suppressed. */
  suppressWhen: z.array(suppressCondition).default([]),
  /** While it is active, whatever this equipment feeds has lost the medium. */
  lossOf: medium.optional(),
  /** While what feeds the equipment has lost one of these, the alarm is suppressed as its consequence. */
  consequenceOf: z.array(medium).default([]),
  /** What the operator reads in the list. `{value}` and `{limit}` are filled in at activation. */
  text: bilingual,
  cause: bilingual,
  consequence: bilingual,
  action: bilingualSteps,
  /** Minutes the operator has before the consequence: response + action + process time, with margin. */
  timeToRespondMin: z.number().positive(),
  workOrder: alarmWorkOrder.optional(),
});
export type AlarmDefinition = z.infer<typeof alarm>;

/** Why a record is not an alarm: ISA-18.2 wants an operator who can do something, and the time to do it. */
export const EVENT_REASONS = ['no-action', 'no-time-to-respond'] as const;
export type EventReason = (typeof EVENT_REASONS)[number];

/**
 * What a site's record of an alarm without operator action or time to respond becomes: journalled, never announced. Made by
 * the loader from such records of site folders; it cannot be written in a file.
 */
export const event = alarm.extend({
  priority: priority.optional(),
  cause: bilingual.optional(),
  consequence: bilingual.optional(),
  action: bilingualSteps.optional(),
  timeToRespondMin: z.number().positive().optional(),
  because: z.array(z.enum(EVENT_REASONS)).min(1),
});
export type EventRecord = z.infer<typeof event>;

export const maintenanceTask = z.strictObject({
  label: bilingual,
  intervalDays: z.int().positive(),
  skill: z.enum(SKILLS),
  checklist: bilingualSteps,
});

export const equipmentClass = z.strictObject({
  $schema: z.string().optional(),
  class: kebabName,
  label: bilingual,
  /** Group in the equipment archive. */
  group: z.enum([
    'fire',
    'transformers',
    'lv-distribution',
    'water',
    'monitoring',
    'lighting',
    'lifts',
    'heating',
    'access',
    'hvac',
  ]),
  brick: z.string().optional(),
  /** Models of the class may name points that can be written. Never for fire protection, lifts and gas alarms. */
  remoteControl: z.boolean().optional(),
  points: z.record(camelName, point),
  parameters: z.record(camelName, parameter).default({}),
  alarms: z.record(kebabName, alarm).default({}),
  maintenance: z.record(kebabName, maintenanceTask).default({}),
  emergencyPlan: z.strictObject({ label: bilingual, steps: bilingualSteps }).optional(),
  /** Points shown first on the equipment's tile and page. */
  faceplate: z.array(camelName).min(1),
});
export type EquipmentClass = z.infer<typeof equipmentClass> & {
  readonly events?: Readonly<Record<string, EventRecord>>;
};
