// Health of the alarm system by operating position (IEC 62682:2022 clause "monitoring and assessment"), floods and their reports.
import { z } from 'zod';
import { bilingualText, isoTime, priority } from './shared.ts';

/** One line of what a position looks after; fields that are given must all agree. */
export const positionCover = z
  .object({
    site: z.string().min(1).max(200).optional(),
    building: z.string().min(1).max(200).optional(),
    class: z.string().min(1).max(100).optional(),
  })
  .refine((cover) => Object.values(cover).some((part) => part !== undefined), 'at least one of site, building, class');

/** Everything that no position covers belongs to this one. */
export const DEFAULT_POSITION = 'control-room';

export const operatingPosition = z.object({
  id: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'kebab-case, e.g. night-desk'),
  name: z.object({ zh: z.string().min(1).max(80), en: z.string().min(1).max(80) }),
  /** Empty only for the default position. */
  covers: z.array(positionCover).max(200),
});
export type OperatingPosition = z.infer<typeof operatingPosition>;
/** In this order; the first that covers an equipment has it. The default position comes last and is always there. */
export const operatingPositions = z.object({ items: z.array(operatingPosition).max(50) });

export const FIGURES = [
  'per10Min',
  'perHour',
  'perDay',
  'maxPer10Min',
  'periodsAbove10',
  'timeInFlood',
  'top10Share',
  'chattering',
  'fleeting',
  'stale',
  'unauthorisedSuppression',
  'unauthorisedChanges',
  'priority1',
  'priority2',
  'priority3',
  'priority4',
  'timeToAck',
  'dataDays',
] as const;
export type FigureKey = (typeof FIGURES)[number];

export const figure = z.object({
  key: z.enum(FIGURES),
  /** Null when there was nothing to measure. */
  value: z.number().nullable(),
  unit: z.enum(['count', '%', 's', 'd']),
  /** Very likely acceptable up to here; null when the practice names no figure. */
  target: z.number().nullable(),
  /** Largest manageable; null when everything beyond the target asks for action. */
  limit: z.number().nullable(),
  /** How the value has to compare with the target and the limit. */
  compare: z.enum(['atMost', 'below', 'atLeast']),
  verdict: z.enum(['acceptable', 'manageable', 'action']).nullable(),
});
export type Figure = z.infer<typeof figure>;

const alarmIdentity = {
  equipmentId: z.string(),
  equipmentName: bilingualText,
  alarm: z.string(),
  text: bilingualText,
};

export const badActor = z.object({
  ...alarmIdentity,
  priority,
  count: z.int(),
  /** Part of all annunciated activations, %. */
  share: z.number(),
  chattering: z.boolean(),
  /** Activations gone within 10 s without anybody acting. */
  fleeting: z.int(),
  stale: z.boolean(),
});
export type BadActor = z.infer<typeof badActor>;

export const proposal = z.object({
  ...alarmIdentity,
  kind: z.enum(['deadband', 'on-delay', 'off-delay']),
  from: z.number(),
  to: z.number(),
  /** Of both. */
  unit: z.string().nullable(),
  reason: bilingualText,
});
export type Proposal = z.infer<typeof proposal>;

export const alarmHealthQuery = z.object({
  /** Default: 30 days before `to`. */
  from: isoTime.optional(),
  /** Default: now. */
  to: isoTime.optional(),
  position: z.string().max(40).default(DEFAULT_POSITION),
});

export const alarmHealth = z.object({
  position: z.string(),
  positions: z.array(operatingPosition),
  /** Whole 10-min periods, aligned to the epoch. */
  from: isoTime,
  to: isoTime,
  /** Annunciated: activations, re-alarms and escalations of priority. */
  annunciated: z.int(),
  /** Activations while shelved, suppressed or out of service; in no figure. */
  notAnnunciated: z.int(),
  figures: z.array(figure),
  /** Annunciated in each step from `from` on. */
  series: z.object({ stepS: z.int(), counts: z.array(z.int()) }),
  /** Largest first. */
  top10: z.array(badActor),
  /** Alarms outside the top ten that chatter, are fleeting or stale. */
  others: z.array(badActor),
  proposals: z.array(proposal),
});
export type AlarmHealth = z.infer<typeof alarmHealth>;

/** A flood as screens follow it; `end` is null while it lasts, and its last change carries the end. */
export const alarmFlood = z.object({
  /** `position:start`. */
  id: z.string(),
  position: z.string(),
  positionName: bilingualText,
  start: isoTime,
  end: isoTime.nullable(),
  /** Annunciated so far. */
  alarms: z.int(),
  /** Of the same kind of alarm in the same building. */
  groups: z.int(),
});
export type AlarmFlood = z.infer<typeof alarmFlood>;

export const floodReport = alarmFlood.extend({
  /** Most in any 600 s. */
  peakPer10Min: z.int(),
  /** Earliest at its source. */
  firstOut: z.object({ ...alarmIdentity, at: isoTime }),
  top10: z.array(z.object({ ...alarmIdentity, count: z.int() })),
  /** From the start to the first acknowledgement of one of its alarms; null when nobody acknowledged while it lasted. */
  firstAckS: z.number().nullable(),
});
export type FloodReport = z.infer<typeof floodReport>;

export const alarmFloodQuery = z.object({
  from: isoTime.optional(),
  to: isoTime.optional(),
  position: z.string().max(40).optional(),
});
/** Open ones first, then the newest. */
export const alarmFloods = z.object({ items: z.array(floodReport) });
