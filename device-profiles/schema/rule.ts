// Conditions of alarms. Each kind is one member of the union and is evaluated by one module of the server's alarm engine.
import { z } from 'zod';
import { camelName } from './text.ts';

/** A number, or the name of one of the class's parameters. */
export const limitValue = z.union([z.number(), z.strictObject({ parameter: camelName })]);
export type LimitValue = z.infer<typeof limitValue>;

/** True above (or below) the limit; returns when the value is back by the deadband (hysteresis in the comparison). */
export const limitRule = z
  .strictObject({
    kind: z.literal('limit'),
    point: camelName,
    above: limitValue.optional(),
    below: limitValue.optional(),
    /** In the point's unit; >= 0. */
    deadband: z.number().nonnegative().default(0),
  })
  .refine((rule) => (rule.above === undefined) !== (rule.below === undefined), 'exactly one of above and below');

/** True while a state or enumeration has one of the values. */
export const stateRule = z.strictObject({
  kind: z.literal('state'),
  point: camelName,
  equals: z.union([z.number(), z.array(z.number()).min(1)]),
});

/** True while the device does not answer its gateway. Needs no point. */
export const commLossRule = z.strictObject({ kind: z.literal('comm-loss') });

/** True while a point has had no good reading for the time. */
export const staleRule = z.strictObject({ kind: z.literal('stale'), point: camelName, afterS: z.number().positive() });

/** True while two states differ: what was commanded and what is reported back. */
export const discrepancyRule = z.strictObject({
  kind: z.literal('discrepancy'),
  command: camelName,
  feedback: camelName,
});

/** True while a value lies off its set-point by more than the band: `above` set-point + band, or `below` set-point - band. */
export const deviationRule = z
  .strictObject({
    kind: z.literal('deviation'),
    point: camelName,
    setpoint: camelName,
    /** Allowed distance, in the point's unit, > 0. */
    above: limitValue.optional(),
    below: limitValue.optional(),
    deadband: z.number().nonnegative().default(0),
  })
  .refine((rule) => (rule.above === undefined) !== (rule.below === undefined), 'exactly one of above and below');

/** One of several limits on the same point, with the priority that the alarm has beyond it. */
const level = z.strictObject({ limit: limitValue, priority: z.int().min(1).max(4) });
const risingLevels = z
  .array(level)
  .min(2)
  .refine(
    (levels) => levels.every(({ priority }, index) => index === 0 || priority < (levels[index - 1]?.priority ?? 0)),
    'levels from the mildest to the most severe, each more urgent (a smaller priority) than the one before',
  );

/**
 * Several limits on one point as one alarm, e.g. high and high-high: the more severe level supersedes the milder one, and
 * when only the milder one holds the priority steps down without a sound. The mildest level comes first.
 */
export const levelsRule = z
  .strictObject({
    kind: z.literal('levels'),
    point: camelName,
    above: risingLevels.optional(),
    below: risingLevels.optional(),
    /** In the point's unit, for every level; >= 0. */
    deadband: z.number().nonnegative().default(0),
  })
  .refine((rule) => (rule.above === undefined) !== (rule.below === undefined), 'exactly one of above and below');

export const alarmRule = z.discriminatedUnion('kind', [
  limitRule,
  stateRule,
  commLossRule,
  staleRule,
  discrepancyRule,
  deviationRule,
  levelsRule,
]);

/** While any of these holds the alarm is suppressed by design: its cause is shown elsewhere, or the equipment is off. */
export const suppressCondition = z.union([
  z.strictObject({ point: camelName, equals: z.union([z.number(), z.array(z.number()).min(1)]) }),
  z.strictObject({ point: camelName, above: limitValue }),
  z.strictObject({ point: camelName, below: limitValue }),
]);
export type SuppressCondition = z.infer<typeof suppressCondition>;
export type DiscrepancyRule = z.infer<typeof discrepancyRule>;
export type DeviationRule = z.infer<typeof deviationRule>;
export type LevelsRule = z.infer<typeof levelsRule>;
export type AlarmRule = z.infer<typeof alarmRule>;
export type LimitRule = z.infer<typeof limitRule>;
export type StateRule = z.infer<typeof stateRule>;
export type StaleRule = z.infer<typeof staleRule>;
