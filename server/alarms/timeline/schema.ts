// A timeline file: equipment, readings and people's verbs along a clock, and the journal entries that must follow.
import { bilingual, camelName, kebabName, MEDIA, quality } from '@louwei/device-profiles';
import { z } from 'zod';
import { ALARM_STATES } from '../../contract/alarms.ts';
import { WORK_ORDER_STATES, WORK_ORDER_STEPS } from '../../contract/work-orders.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Seconds as a number, or with a unit: `500ms`, `30s`, `10min`, `2h`, `1d`. Milliseconds afterwards. */
const duration = z.union([
  z
    .number('a number of seconds')
    .min(0, 'a number of seconds')
    .transform((seconds) => Math.round(seconds * 1000)),
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|min|h|d)$/, 'a number with ms, s, min, h or d, e.g. 10min')
    .transform((text) => {
      const amount = Number.parseFloat(text);
      return Math.round(amount * (UNIT_MS[text.replace(/^[\d.]+/, '')] ?? Number.NaN));
    }),
]);

const id = z.string().min(1);
const value = z.union([z.number(), z.boolean(), z.string(), z.null()]);

/** `at` counts from the start of the timeline; `on` may be left out when there is only one equipment. */
const step = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  z.strictObject({ at: duration, do: z.literal(name), ...fields });

/** Something a person does to an alarm. */
const verb = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  step(name, {
    on: id.optional(),
    alarm: kebabName,
    by: id.default('operator'),
    ...fields,
    /** It must be refused, with this code. */
    refused: z.enum(['conflict', 'invalid-transition', 'invalid-request']).optional(),
    /** False: it must be accepted and change nothing. */
    changed: z.boolean().optional(),
  });

const verbs = [
  verb('acknowledge', { activationSeq: z.int().positive().optional(), comment: z.string().optional() }),
  verb('reset', {}),
  verb('silence', { console: id.default('desk-1') }),
  verb('comment', { text: id }),
  verb('shelve', { minutes: z.number(), reason: z.string(), oneShot: z.boolean().optional() }),
  verb('unshelve', {}),
  verb('take-out-of-service', { reason: z.string(), reference: z.string(), reviewAfter: duration }),
  verb('return-to-service', {}),
] as const;

/** One journal entry: `ALARM EVENT`, or the alarm, the event and any further fields that must match. */
const expected = z.union(
  [
    z
      .string()
      .regex(/^[a-z0-9-]+ [A-Z_-]+$/)
      .transform((text) => {
        const [alarm = '', event = ''] = text.split(' ');
        return { alarm, event };
      }),
    z.looseObject({ alarm: kebabName, event: id, on: id.optional(), at: duration.optional() }),
  ],
  'ALARM EVENT, e.g. winding-hot ACTIVE, or { alarm, event, further fields }',
);

const timelineStep = z.discriminatedUnion('do', [
  step('read', {
    on: id.optional(),
    /** Point -> value; `comm` 1 or 0 says whether the equipment answers its gateway. */
    values: z.record(camelName, value),
    quality: quality.default('good'),
    /** When the source says it was, if not now. */
    sourceAt: duration.optional(),
    /** Kept by the gateway while it could not send: arrives behind newer readings. */
    late: z.boolean().default(false),
  }),
  step('gateway', { id: id.default('gateway'), online: z.boolean() }),
  step('restart', { down: duration }),
  /** These library folders, relative to the file, count from now on. */
  step('library', { folders: z.array(id).min(1) }),
  /** A step of the equipment's open work orders. */
  step('order', {
    on: id.optional(),
    by: id.default('technician'),
    step: z.enum(WORK_ORDER_STEPS),
    reason: z.string().optional(),
    note: z.string().optional(),
    confirmActive: z.boolean().optional(),
    refused: z
      .enum(['invalid-transition', 'invalid-request', 'alarm-active', 'second-person', 'conflict', 'not-found'])
      .optional(),
  }),
  /** Several readings in one delivery, each with its own time at the source. */
  step('deliver', {
    on: id.optional(),
    readings: z
      .array(
        z.strictObject({
          on: id.optional(),
          values: z.record(camelName, value),
          quality: quality.default('good'),
          sourceAt: duration.optional(),
        }),
      )
      .min(1),
  }),
  step('expect', {
    on: id.optional(),
    /** All journal entries since the last `expect`, in order; left out: none. */
    journal: z.array(expected).default([]),
    /** Alarm -> its ISA-18.2 state at this moment. */
    states: z.record(kebabName, z.enum(ALARM_STATES)).default({}),
    /** States of the equipment's work orders, in the order of their creation. */
    orders: z.array(z.enum(WORK_ORDER_STATES)).optional(),
  }),
  ...verbs,
]);

export const timeline = z.strictObject({
  label: bilingual,
  /** Folders with classes, relative to the file, on top of the library that is shipped. */
  library: z.array(id).default([]),
  /** Equipment id -> its class, or class, gateway and bus. */
  equipment: z
    .record(
      id,
      z.union([
        kebabName.transform((kind) => ({ class: kind, gatewayId: 'gateway' })),
        z
          .strictObject({ class: kebabName, gateway: id.default('gateway'), bus: id.optional() })
          .transform(({ class: kind, gateway, bus }) => ({ class: kind, gatewayId: gateway, bus })),
      ]),
    )
    .refine((cast) => Object.keys(cast).length > 0, 'at least one equipment'),
  /** What feeds what. */
  feeds: z.array(z.strictObject({ feeder: id, fed: z.array(id).min(1), medium: z.enum(MEDIA) })).default([]),
  steps: z.array(timelineStep).min(1),
});

export type Timeline = z.output<typeof timeline>;
export type Step = z.output<typeof timelineStep>;
export type Expected = z.output<typeof expected>;
