// How a point may be written from afar. A point without this block is read-only, whatever the protocol allows.
import { z } from 'zod';
import { camelName } from './text.ts';

const comparison = {
  is: z.number().optional(),
  above: z.number().optional(),
  below: z.number().optional(),
};

/** A condition on the last good value of a point of the same device; without a good value it does not hold. */
export const interlock = z
  .strictObject({ point: camelName, ...comparison })
  .refine(
    ({ is, above, below }) => is !== undefined || above !== undefined || below !== undefined,
    'at least one of is, above, below',
  );
export type Interlock = z.infer<typeof interlock>;

export const writeRule = z.strictObject({
  /** Values that may be written, in the point's unit; narrower than what is physically possible. */
  range: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, 'range is [low, high] with low < high'),
  /** Only the lower end of the range plus whole steps may be written, in the point's unit. Default 1. */
  step: z.number().positive().default(1),
  /** Most commands to this point in any minute: contactors and motors wear out by switching. */
  perMinute: z.int().min(1).max(60).default(6),
  /** All of them must hold when the command arrives at the gateway. */
  interlock: z.array(interlock).default([]),
  /** A command that has not begun by then is never executed, s. */
  expiryS: z.int().min(2).max(300).default(15),
  /** How it is known that the equipment did it. */
  readBack: z.strictObject({
    point: camelName,
    withinS: z.int().min(1).max(300),
    /** In the read-back point's unit. */
    tolerance: z.number().nonnegative().default(0),
  }),
  /** A second person has to approve. */
  twoPersons: z.boolean().default(false),
});
export type WriteRule = z.infer<typeof writeRule>;

/** MQTT: where the command goes, below the device's base topic; with `path` as a JSON object with this one field. */
export const mqttWriteRule = writeRule.extend({ topic: z.string().min(1), path: z.string().min(1).optional() });
export type MqttWriteRule = z.infer<typeof mqttWriteRule>;

/** Sparkplug: the metric that takes the command, where it is not the one the value is read from. */
export const sparkplugWriteRule = writeRule.extend({ metric: z.string().min(1).optional() });
export type SparkplugWriteRule = z.infer<typeof sparkplugWriteRule>;
