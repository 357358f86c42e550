// The port of a rule kind: it says whether its condition holds, and why. It knows no delay, no quality, no alarm state.
import type { AlarmRule, LimitRule } from '@louwei/device-profiles';

/** The rule with its parameters replaced by numbers. */
export type ResolvedRule =
  | Exclude<AlarmRule, LimitRule>
  | {
      readonly kind: 'limit';
      readonly point: string;
      readonly above?: number;
      readonly below?: number;
      readonly deadband: number;
    };

export type ResolvedOf<K extends ResolvedRule['kind']> = Extract<ResolvedRule, { kind: K }>;

interface Measured {
  /** Null for texts and when nothing is known. */
  readonly value: number | null;
  /** What the rule said last; hysteresis depends on it. */
  readonly before: boolean;
}

/** `truth` is null when the rule cannot tell. */
export interface Verdict {
  readonly truth: boolean | null;
  readonly why: string;
}

export interface RuleKind<R extends ResolvedRule> {
  /** Point the rule looks at. */
  point(rule: R): string;
  evaluate(rule: R, measured: Measured): Verdict;
  /** Limit shown with the alarm. */
  limit(rule: R): number | null;
  /** The condition becomes true after this much silence, ms; null: silence says nothing. */
  silenceMs(rule: R): number | null;
  /** The condition in one line, for the engineer. */
  describe(rule: R): string;
}
