// The port of a rule kind: it says whether its condition holds, and why. It knows no delay, no quality, no alarm state.
import type { AlarmRule, DeviationRule, LevelsRule, LimitRule } from '@louwei/device-profiles';

type WithParameters = LimitRule | DeviationRule | LevelsRule;
type Numbers<R extends WithParameters> = Omit<R, 'above' | 'below'> & {
  readonly above?: number;
  readonly below?: number;
};

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

/** The rule with its parameters replaced by numbers. */
export type ResolvedRule =
  | Exclude<AlarmRule, WithParameters>
  | Numbers<LimitRule>
  | Numbers<DeviationRule>
  | ResolvedLevels;

export type ResolvedOf<K extends ResolvedRule['kind']> = Extract<ResolvedRule, { kind: K }>;

interface Measured {
  /** Of the point that the rule is about. Null for texts and when nothing is known. */
  readonly value: number | null;
  /** What the rule said last; hysteresis depends on it. */
  readonly before: boolean;
  /** Level that the rule gave last, 1 is the mildest; only rules with several levels look at it. */
  readonly level: number;
  /** Of the rule's other points; null when nothing is known. */
  readonly of: (point: string) => number | null;
}

/** `truth` is null when the rule cannot tell. */
export interface Verdict {
  readonly truth: boolean | null;
  readonly why: string;
  /** Level that holds, 1 is the mildest, 0 none; absent for rules without levels. */
  readonly level?: number;
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
  /** The condition in one line, for the engineer. */
  describe(rule: R): string;
}
