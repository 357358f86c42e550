// Several limits on one point: the most severe one that is passed is the level. Every level keeps its own deadband.
import type { ResolvedOf, RuleKind } from './kind.ts';

export const levelsKind: RuleKind<ResolvedOf<'levels'>> = {
  point: (rule) => rule.point,
  others: () => [],
  evaluate({ side, levels, deadband }, { value, before, level }) {
    if (value === null || !Number.isFinite(value)) return { truth: null, why: () => 'no number' };
    const sign = side === 'above' ? 1 : -1;
    const held = before ? Math.max(level, 1) : 0;
    const reached = levels.findLastIndex(
      ({ limit }, index) => sign * value > sign * limit - (index < held ? deadband : 0),
    );
    const limit = levels[Math.max(reached, 0)]?.limit;
    return {
      truth: reached >= 0,
      level: reached + 1,
      why: () => (reached >= 0 ? `${value} ${side} ${limit}` : `${value} not ${side} ${limit}`),
    };
  },
  limit: ({ levels }, level) => levels[Math.max(level, 1) - 1]?.limit ?? null,
  levels: ({ levels }) => levels,
  silenceMs: () => null,
  describe: ({ point, side, levels, deadband }) =>
    `${point} ${side} ${levels.map(({ limit, priority }) => `${limit} (P${priority})`).join(', ')}, back by ${deadband}`,
};
