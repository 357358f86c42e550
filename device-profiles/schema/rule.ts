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

/**
 * True while a value rises (or falls) over the window by more than the limit, in the point's unit per minute. The window
 * bridges noise: it is the difference between now and its beginning, not the slope between two readings.
 */
export const rateOfChangeRule = z
  .strictObject({
    kind: z.literal('rate-of-change'),
    point: camelName,
    /** Per minute, > 0. */
    rise: limitValue.optional(),
    fall: limitValue.optional(),
    windowS: z.number().min(10).max(86_400),
    /** Per minute. */
    deadband: z.number().nonnegative().default(0),
  })
  .refine((rule) => (rule.rise === undefined) !== (rule.fall === undefined), 'exactly one of rise and fall');

/** True while one bit of an integer point is 1 (or 0); bit 0 is the lowest. */
export const bitRule = z.strictObject({
  kind: z.literal('bit'),
  point: camelName,
  bit: z.int().min(0).max(31),
  equals: z.union([z.literal(0), z.literal(1)]).default(1),
});

/** True when a value has not moved by more than the band for the time although its readings are good: a stuck sensor. */
export const frozenRule = z.strictObject({
  kind: z.literal('frozen'),
  point: camelName,
  /** In the point's unit; 0: any change counts. */
  band: z.number().nonnegative().default(0),
  forS: z.number().min(60).max(2_592_000),
});

const oneOrMore = z.union([z.number(), z.array(z.number()).min(1)]);

/** True when a state has had one of the values for the time; only time with good readings counts. */
export const durationRule = z.strictObject({
  kind: z.literal('duration'),
  point: camelName,
  equals: oneOrMore,
  forS: z.number().min(1).max(2_592_000),
});

/** True while more than `above` events lie in the window: changes of a state to `equals`, or the increase of a counter. */
export const countRule = z.strictObject({
  kind: z.literal('count'),
  point: camelName,
  /** For a state or enumeration; absent for a counter. */
  equals: oneOrMore.optional(),
  above: limitValue,
  windowS: z.number().min(1).max(604_800),
});

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, 00:00 to 23:59');

/**
 * True inside a weekly time of the site's time zone; with `to` not after `from` it runs over midnight and belongs to the
 * day on which it starts. Equal times are the whole day.
 */
const weeklyTime = z.strictObject({
  days: z.array(z.enum(WEEKDAYS)).min(1),
  from: timeOfDay,
  to: timeOfDay,
  /** On the dates of the site's holiday calendar: as on any other day, or no such time at all. */
  onHolidays: z.enum(['as-usual', 'never']).default('as-usual'),
});
export const scheduleRule = weeklyTime.extend({ kind: z.literal('schedule') });

/** At these times the alarm has another priority than its own: less urgent while nobody is in the building, or more. */
export const priorityAtTimes = z.strictObject({ schedule: weeklyTime, priority: z.int().min(1).max(4) });

const simpleConditions = [
  limitRule,
  stateRule,
  discrepancyRule,
  deviationRule,
  rateOfChangeRule,
  bitRule,
  frozenRule,
  durationRule,
  countRule,
  scheduleRule,
] as const;
const simpleCondition = z.discriminatedUnion('kind', simpleConditions);
export type SimpleCondition = z.infer<typeof simpleCondition>;

export interface AllRule {
  kind: 'all';
  of: Condition[];
}
export interface AnyRule {
  kind: 'any';
  of: Condition[];
}
export interface NotRule {
  kind: 'not';
  of: Condition;
}
/** What `all`, `any` and `not` combine. */
export type Condition = SimpleCondition | AllRule | AnyRule | NotRule;

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.discriminatedUnion('kind', [...simpleConditions, allRule, anyRule, notRule]),
);
const conditions = z.array(condition).min(2).max(8);

/** True while all of the conditions are; unknown ones count only when no other decides. */
export const allRule = z.strictObject({ kind: z.literal('all'), of: conditions });
/** True while any of the conditions is. */
export const anyRule = z.strictObject({ kind: z.literal('any'), of: conditions });
/** True while the condition is false. */
export const notRule = z.strictObject({ kind: z.literal('not'), of: condition });

/** `all`, `any` and `not` on top of each other, at most. */
export const DEEPEST_NESTING = 4;

export const isCompound = (rule: { readonly kind: string }): rule is AllRule | AnyRule | NotRule =>
  rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'not';

/** Conditions that a compound one combines; none for all others. */
export const membersOf = (rule: { readonly kind: string }): readonly Condition[] =>
  isCompound(rule) ? [rule.of].flat() : [];

const nestingOf = (rule: { readonly kind: string }): number =>
  isCompound(rule) ? 1 + Math.max(...membersOf(rule).map(nestingOf)) : 0;

export const alarmRule = z
  .discriminatedUnion('kind', [...simpleConditions, commLossRule, staleRule, levelsRule, allRule, anyRule, notRule])
  .refine((rule) => rule.kind !== 'schedule', 'a condition of the equipment: a schedule alone is no alarm')
  .refine(
    (rule) => nestingOf(rule) <= DEEPEST_NESTING,
    `all, any and not on top of each other at most ${DEEPEST_NESTING} times`,
  );

/** While any of these holds the alarm is suppressed by design: its cause is shown elsewhere, or the equipment is off. */
export const suppressCondition = z.union([
  z.strictObject({ point: camelName, equals: z.union([z.number(), z.array(z.number()).min(1)]) }),
  z.strictObject({ point: camelName, above: limitValue }),
  z.strictObject({ point: camelName, below: limitValue }),
]);
export type SuppressCondition = z.infer<typeof suppressCondition>;
export type RateOfChangeRule = z.infer<typeof rateOfChangeRule>;
export type BitRule = z.infer<typeof bitRule>;
export type FrozenRule = z.infer<typeof frozenRule>;
export type DurationRule = z.infer<typeof durationRule>;
export type CountRule = z.infer<typeof countRule>;
export type ScheduleRule = z.infer<typeof scheduleRule>;
export type DiscrepancyRule = z.infer<typeof discrepancyRule>;
export type DeviationRule = z.infer<typeof deviationRule>;
export type LevelsRule = z.infer<typeof levelsRule>;
export type AlarmRule = z.infer<typeof alarmRule>;
export type LimitRule = z.infer<typeof limitRule>;
export type StateRule = z.infer<typeof stateRule>;
export type StaleRule = z.infer<typeof staleRule>;
