// A value lies off its set-point by more than the band. The deadband narrows the band once the condition is true.
import type { ResolvedOf, RuleKind } from './kind.ts';

export const deviationKind: RuleKind<ResolvedOf<'deviation'>> = {
  point: (rule) => rule.point,
  others: (rule) => [rule.setpoint],
  evaluate(rule, { value, before, of }) {
    const setpoint = of(rule.setpoint);
    if (value === null || setpoint === null || !Number.isFinite(value - setpoint))
      return { truth: null, why: () => 'value or set-point unknown' };
    const band = rule.above ?? rule.below;
    if (band === undefined) return { truth: null, why: () => 'no band' };
    const margin = before ? rule.deadband : 0;
    const off = rule.above === undefined ? setpoint - value : value - setpoint;
    const truth = off > band - margin;
    return {
      truth,
      why: () => `${value}, set-point ${setpoint}: off by ${off}, ${truth ? '>' : '<='} ${band - margin}`,
    };
  },
  limit: (rule) => rule.above ?? rule.below ?? null,
  silenceMs: () => null,
  describe: (rule) =>
    rule.above === undefined
      ? `${rule.point} < ${rule.setpoint} - ${rule.below}, back by ${rule.deadband}`
      : `${rule.point} > ${rule.setpoint} + ${rule.above}, back by ${rule.deadband}`,
};
