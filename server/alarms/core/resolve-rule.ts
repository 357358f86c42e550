// A rule of a class with its parameters replaced by numbers and its schedules placed in the site's zone.
import {
  type AlarmRule,
  type Condition,
  type LevelsRule,
  type LimitValue,
  membersOf,
  type ScheduleRule,
} from '@louwei/device-profiles';
import type { ResolvedCondition, ResolvedRule, ResolvedSchedule } from './rules/kind.ts';
import type { Site } from './site.ts';

type Resolve = (limit: LimitValue) => number;

/** @throws Error when a more severe level would be reached before a milder one. */
export function resolveRule(rule: AlarmRule, resolve: Resolve, site: Site): ResolvedRule {
  switch (rule.kind) {
    case 'comm-loss':
    case 'stale':
      return rule;
    case 'levels':
      return resolveLevels(rule, resolve);
    default:
      return resolveCondition(rule, resolve, site);
  }
}

function resolveCondition(rule: Condition, resolve: Resolve, site: Site): ResolvedCondition {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return { kind: rule.kind, of: membersOf(rule).map((member) => resolveCondition(member, resolve, site)) };
    case 'not':
      return { kind: 'not', of: resolveCondition(rule.of, resolve, site) };
    case 'schedule':
      return placeSchedule(rule, site);
    case 'count':
      return { ...rule, above: resolve(rule.above) };
    case 'limit':
    case 'deviation': {
      const { above, below, ...same } = rule;
      return { ...same, ...side('above', above, resolve), ...side('below', below, resolve) };
    }
    case 'rate-of-change': {
      const { rise, fall, ...same } = rule;
      return { ...same, ...side('rise', rise, resolve), ...side('fall', fall, resolve) };
    }
    default:
      return rule;
  }
}

export const placeSchedule = (rule: ScheduleRule, site: Site): ResolvedSchedule => ({
  ...rule,
  timeZone: site.timeZone,
  holidays: rule.onHolidays === 'never' ? site.holidays : [],
});

const side = <Name extends string>(name: Name, limit: LimitValue | undefined, resolve: Resolve) =>
  (limit === undefined ? {} : { [name]: resolve(limit) }) as { readonly [_ in Name]?: number };

function resolveLevels(rule: LevelsRule, resolve: Resolve): ResolvedRule {
  const { point, above, below, deadband } = rule;
  const side = above === undefined ? 'below' : 'above';
  const levels = (above ?? below ?? []).map(({ limit, priority }) => ({ limit: resolve(limit), priority }));
  const sign = side === 'above' ? 1 : -1;
  for (const [index, { limit }] of levels.entries()) {
    const milder = levels[index - 1];
    if (milder !== undefined && sign * limit <= sign * milder.limit)
      throw new Error(`${point}: ${side}: found limit ${limit}, expected one beyond the milder ${milder.limit}`);
  }
  return { kind: 'levels', point, side, levels, deadband };
}
