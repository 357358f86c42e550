// Runs one definition over stored readings with the functions that run live, on the clock of the readings: what would
// have fired, when and for how long. Nobody acknowledges, so what returned fires again as a new activation.
import type { Quality } from '@louwei/device-profiles';
import { deviceConnection } from './connection.ts';
import type { Definition } from './definition.ts';
import type { AlarmValue } from './facts.ts';
import { observePoint } from './observe-point.ts';
import { wake, wakeAt } from './qualification.ts';
import { type Reading, toReading } from './reading.ts';
import { newRuleState, type Outcome, type RuleState } from './rule-state.ts';
import { COMM_POINT } from './rules/comm-loss.ts';
import type { Transition } from './transition.ts';

export interface StoredReading {
  readonly point: string;
  readonly value: number | null;
  readonly text: string | null;
  readonly quality: Quality;
  readonly timeMs: number;
}

export interface Activation {
  readonly fromMs: number;
  /** Null: still active at the end of the range. */
  readonly toMs: number | null;
  /** Most extreme value of the excursion. */
  readonly peak: AlarmValue;
  /** Most urgent priority that was reached. */
  readonly priority: number;
  /** False: suppressed by design all the time. */
  readonly announced: boolean;
}

export interface BacktestResult {
  /** Announced activations; only these call somebody. */
  readonly count: number;
  readonly suppressed: number;
  readonly totalMs: number;
  readonly longestMs: number;
  /** The first ones; `count` and the times are of all. */
  readonly activations: readonly Activation[];
}

export interface Backtest {
  /** In the order of time; what lies before the range only sets the scene. */
  observe(reading: StoredReading): void;
  end(): BacktestResult;
}

/** More are counted, but not listed. */
export const MAX_LISTED = 2000;

export function createBacktest(
  definition: Definition,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  /** For tests: every transition as it would be journalled. */
  onTransition?: (transition: Transition) => void,
): Backtest {
  const mint = (): string => 'backtest';
  const falling = isFalling(definition);
  let state: RuleState | null = null;
  let answers = true;
  let clockMs = Number.NEGATIVE_INFINITY;
  let peak: AlarmValue = null;
  let open: { fromMs: number; priority: number; announced: boolean } | null = null;
  const activations: Activation[] = [];
  const sums = { count: 0, suppressed: 0, totalMs: 0, longestMs: 0 };

  function close(atMs: number | null): void {
    if (open === null) return;
    const endMs = Math.min(atMs ?? toMs, toMs);
    const startMs = Math.max(open.fromMs, fromMs);
    const { priority, announced } = open;
    open = null;
    if (endMs < fromMs || startMs > toMs) return;
    const lastedMs = Math.max(endMs - startMs, 0);
    if (announced) sums.count++;
    else sums.suppressed++;
    sums.totalMs += lastedMs;
    sums.longestMs = Math.max(sums.longestMs, lastedMs);
    if (activations.length < MAX_LISTED) activations.push({ fromMs: startMs, toMs: atMs, peak, priority, announced });
  }

  function note(transition: Transition): void {
    onTransition?.(transition);
    if (transition.event === 'ACTIVE' || transition.event === 'RE-ACTIVE') {
      const priority = state?.record.occurrence?.priority ?? definition.priority;
      open = { fromMs: transition.sourceMs, priority, announced: transition.announced };
    } else if (transition.event === 'RTN') close(transition.sourceMs);
    else if (open !== null && transition.event === 'UNSUPPRESSED') open.announced ||= transition.announced;
    else if (open !== null && transition.event === 'PRIORITY_CHANGED')
      open.priority = Math.min(open.priority, transition.to);
  }

  function take(outcome: Outcome): RuleState {
    state = outcome.state;
    for (const transition of outcome.transitions) note(transition);
    if (!state.watch.raw && !state.record.facts.cond && peak !== null) peak = null;
    return state;
  }

  /** As the wake timer does it: each deadline at its own time, or as soon as it can be told that it has passed. */
  function advance(from: RuleState, untilMs: number): RuleState {
    let now = from;
    for (let dueMs = wakeAt(definition, now); dueMs < untilMs; dueMs = wakeAt(definition, now))
      now = take(wake(definition, now, Math.max(dueMs, clockMs), mint));
    return now;
  }

  function followPeak(reading: Reading): void {
    if (state === null || !state.watch.raw || !reading.usable) return;
    const { value } = reading;
    if (value === null) return;
    if (typeof peak !== 'number' || (falling ? value < peak : value > peak)) peak = value;
  }

  return {
    observe({ point, timeMs, value, text, quality }) {
      const now = advance(state ?? newRuleState(timeMs), timeMs);
      clockMs = timeMs;
      const reading = toReading({ value, text, quality, timeMs }, timeMs);
      const outcome = observePoint(definition, now, point, reading, mint);
      // The peak belongs to the activation that this very reading may open or end.
      state = outcome.state;
      if (point === definition.point) followPeak(reading);
      let after = take(outcome);
      if (point === COMM_POINT && reading.usable && reading.value !== null && (reading.value !== 0) !== answers) {
        answers = reading.value !== 0;
        after = take(deviceConnection(definition, after, answers, timeMs, timeMs));
      }
    },
    end() {
      if (state !== null) advance(state, toMs);
      close(null);
      return { ...sums, activations };
    },
  };
}

/** The extreme of an alarm on a low value is its smallest value. */
function isFalling({ rule }: Definition): boolean {
  if (rule.kind === 'levels') return rule.side === 'below';
  return 'below' in rule && rule.below !== undefined;
}
