// Back-test of an alarm: today's definition and a draft over the stored history, side by side.
import { alarmRule, suppressCondition } from '@louwei/device-profiles';
import { z } from 'zod';
import { isoTime, priority } from './shared.ts';

const draftRule = z.strictObject({
  rule: alarmRule,
  priority: priority.default(3),
  onDelayS: z.number().min(0).max(86_400).default(0),
  offDelayS: z.number().min(0).max(86_400).default(0),
  suppressWhen: z.array(suppressCondition).max(20).default([]),
});

export const backtestRequest = z.object({
  equipmentId: z.string().min(1).max(200),
  /** Key of the alarm in the class; with a draft rule it may be a new one. */
  alarm: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower case letters, digits and hyphens'),
  /** Settings of the equipment by field, null is the class's value; or a whole rule. */
  draft: z.union([z.strictObject({ values: z.record(z.string().max(160), z.number().nullable()) }), draftRule]),
  from: isoTime,
  to: isoTime,
  /** IANA name; days are counted in it. */
  timeZone: z.string().max(64).default('UTC'),
});

const activation = z.object({
  from: isoTime,
  /** Null: still active at the end of the range. */
  to: isoTime.nullable(),
  durationS: z.number(),
  peak: z.union([z.number(), z.string(), z.null()]),
  priority,
  announced: z.boolean(),
});

const run = z.object({
  rule: z.string(),
  onDelayS: z.number(),
  offDelayS: z.number(),
  /** Announced activations; suppressed ones are counted apart. */
  count: z.int(),
  perDay: z.number(),
  suppressed: z.int(),
  totalS: z.number(),
  longestS: z.number(),
  /** The first 2,000. */
  activations: z.array(activation),
});
export type BacktestRun = z.infer<typeof run>;

export const backtestAnswer = z.object({
  equipmentId: z.string(),
  alarm: z.string(),
  point: z.string(),
  from: isoTime,
  to: isoTime,
  /** Null: the class has no such alarm. */
  today: run.nullable(),
  draft: run,
  difference: z.object({ count: z.int(), totalS: z.number(), onlyToday: z.int(), onlyDraft: z.int() }).nullable(),
  days: z.array(z.object({ day: z.string(), today: z.int(), draft: z.int() })),
  /** What the history of each point lacks; empty gaps and 0 s when it is complete. */
  history: z.array(
    z.object({
      point: z.string(),
      readings: z.int(),
      usable: z.int(),
      missingS: z.number(),
      /** The first 100. */
      gaps: z.array(z.object({ from: isoTime, to: isoTime })),
    }),
  ),
  /** Time in the engine and of the whole request. */
  engineMs: z.number(),
  tookMs: z.number(),
});
export type Backtest = z.infer<typeof backtestAnswer>;
