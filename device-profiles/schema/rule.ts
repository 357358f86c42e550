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

export const alarmRule = z.discriminatedUnion('kind', [limitRule, stateRule, commLossRule, staleRule]);
export type AlarmRule = z.infer<typeof alarmRule>;
export type LimitRule = z.infer<typeof limitRule>;
export type StateRule = z.infer<typeof stateRule>;
export type StaleRule = z.infer<typeof staleRule>;
