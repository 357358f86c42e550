// The port of a rule kind: it says whether its condition holds, and why. It knows no delay, no quality, no alarm state.
import type {
  AlarmRule,
  AllRule,
  AnyRule,
  CountRule,
  DeviationRule,
  LevelsRule,
  LimitRule,
  NotRule,
  RateOfChangeRule,
  ScheduleRule,
  SimpleCondition,
} from '@louwei/device-profiles';

type OneSided = LimitRule | DeviationRule | RateOfChangeRule;
type Sides = 'above' | 'below' | 'rise' | 'fall';
/** Its limits are numbers now. */
type Numbers<R extends OneSided> = R extends OneSided
  ? Omit<R, Sides> & { readonly [Side in Extract<keyof R, Sides>]?: number }
  : never;

export interface Level {
  readonly limit: number;
  readonly priority: number;
}

interface ResolvedLevels {
  readonly kind: 'levels';
  readonly point: string;
  readonly side: 'above' | 'below';
  /** From the mildest to the most severe. */
  readonly levels: readonly Level[];
  readonly deadband: number;
}

export interface ResolvedCount extends Omit<CountRule, 'above'> {
  readonly above: number;
}

/** With the site's zone and holidays in it, so that a change of them is a change of the rule. */
export interface ResolvedSchedule extends ScheduleRule {
  readonly timeZone: string;
  readonly holidays: readonly string[];
}

export interface ResolvedGroup {
  readonly kind: 'all' | 'any';
  readonly of: readonly ResolvedCondition[];
}
export interface ResolvedNot {
  readonly kind: 'not';
  readonly of: ResolvedCondition;
}

/** A condition with its parameters replaced by numbers. */
export type ResolvedCondition =
  | Exclude<SimpleCondition, OneSided | CountRule | ScheduleRule>
  | Numbers<OneSided>
  | ResolvedCount
  | ResolvedSchedule
  | ResolvedGroup
  | ResolvedNot;

/** The rule with its parameters replaced by numbers. */
export type ResolvedRule =
  | Exclude<AlarmRule, SimpleCondition | LevelsRule | AllRule | AnyRule | NotRule>
  | ResolvedLevels
  | ResolvedCondition;

export type ResolvedOf<K extends ResolvedRule['kind']> = Extract<ResolvedRule, { kind: K }>;

export interface Measured {
  /** Of the point that the rule is about. Null for texts and when nothing is known. */
  readonly value: number | null;
  /** What the rule said last; hysteresis depends on it. */
  readonly before: boolean;
  /** Level that the rule gave last, 1 is the mildest; only rules with several levels look at it. */
  readonly level: number;
  /** Of the rule's other points; null when nothing is known. */
  readonly of: (point: string) => number | null;
  /** Of the readings, ms; never runs backwards. Only kinds that look at time use it and the memory. */
  readonly nowMs: number;
  /** What the rule itself answered last; undefined at first. */
  readonly memory: unknown;
}

/** For kinds that look at the newest readings only. */
export const TIMELESS = { nowMs: 0, memory: undefined } as const;

/** `truth` is null when the rule cannot tell. */
export interface Verdict {
  readonly truth: boolean | null;
  /** Put into words only when somebody asks: rules answer thousands of times a second. */
  readonly why: () => string;
  /** Level that holds, 1 is the mildest, 0 none; absent for rules without levels. */
  readonly level?: number;
  /** Of kinds that look at time: what they need next time, bounded in size. */
  readonly memory?: unknown;
  /** When the answer may change without a reading, ms, after `nowMs`; absent: never. */
  readonly againMs?: number;
}

export interface RuleKind<R extends ResolvedRule> {
  /** Point that the rule is about; its value is shown with the alarm. */
  point(rule: R): string;
  /** Further points that the rule compares it with. */
  others(rule: R): readonly string[];
  evaluate(rule: R, measured: Measured): Verdict;
  /** Limit shown with the alarm when it is at this level. */
  limit(rule: R, level: number): number | null;
  /** Absent for rules without levels: the alarm's own priority counts. */
  levels?(rule: R): readonly Level[];
  /** The condition becomes true after this much silence, ms; null: silence says nothing. */
  silenceMs(rule: R): number | null;
  /**
   * Of kinds that look at time: how far back their answer reaches, ms. They are asked also when a value is unknown (null),
   * and again at {@link Verdict.againMs}.
   */
  horizonMs?(rule: R): number;
  /** Nobody watches from now on; what is remembered must not count that time. */
  interrupt?(rule: R, memory: unknown, nowMs: number): unknown;
  /** The condition in one line, for the engineer. */
  describe(rule: R): string;
}
