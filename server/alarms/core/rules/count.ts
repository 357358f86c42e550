// More events in the window than allowed: changes of a state to one of the values (starts per hour), or the increase of
// a counter. A counter that begins again has not counted backwards: that step is none.
import type { ResolvedOf, RuleKind } from './kind.ts';

interface Tally {
  readonly last: number;
  /** Oldest first; a step counts until it is a window old. */
  readonly steps: readonly { readonly atMs: number; readonly by: number }[];
  readonly watchedSinceMs: number;
}

/** More steps than this are counted together with their neighbours: the sum stays right, the oldest leave together. */
const MOST_STEPS = 240;

export const countKind: RuleKind<ResolvedOf<'count'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate(rule, { value, nowMs, memory }) {
    if (value === null || !Number.isFinite(value)) return { truth: null, why: () => 'no number', memory };
    const windowMs = rule.windowS * 1000;
    const before = (memory as Tally | undefined) ?? { last: value, steps: [], watchedSinceMs: nowMs };
    const by = increase(rule, before.last, value);
    const kept = before.steps.filter(({ atMs }) => atMs > nowMs - windowMs);
    const steps = by > 0 ? thin([...kept, { atMs: nowMs, by }]) : kept;
    const tally: Tally = { last: value, steps, watchedSinceMs: before.watchedSinceMs };
    const sum = steps.reduce((total, step) => total + step.by, 0);
    const truth = sum > rule.above;
    const completeMs = before.watchedSinceMs + windowMs;
    // A part of the window can prove too many, but never few enough.
    if (!truth && nowMs < completeMs)
      return { truth: null, why: () => `not watched for ${rule.windowS} s yet`, memory: tally, againMs: completeMs };
    const [oldest] = steps;
    const why = () => `${sum} in ${rule.windowS} s, ${truth ? '>' : '<='} ${rule.above}`;
    return { truth, why, memory: tally, ...(oldest === undefined ? {} : { againMs: oldest.atMs + windowMs }) };
  },
  limit: (rule) => rule.above,
  silenceMs: () => null,
  horizonMs: (rule) => rule.windowS * 1000,
  // Events in a gap are not known; what is found after it counts as one step.
  interrupt: (_rule, memory) => memory,
  describe: (rule) =>
    rule.equals === undefined
      ? `${rule.point} grows by more than ${rule.above} in ${rule.windowS} s`
      : `${rule.point} changes to ${[rule.equals].flat().join(' or ')} more than ${rule.above} times in ${rule.windowS} s`,
};

function increase({ equals }: ResolvedOf<'count'>, last: number, value: number): number {
  if (equals === undefined) return Math.max(value - last, 0);
  const wanted = [equals].flat();
  return wanted.includes(value) && !wanted.includes(last) ? 1 : 0;
}

function thin(steps: Tally['steps']): Tally['steps'] {
  const [first, second, ...rest] = steps;
  if (steps.length <= MOST_STEPS || first === undefined || second === undefined) return steps;
  return [{ atMs: second.atMs, by: first.by + second.by }, ...rest];
}
