// One alarm of a class made ready for evaluation: parameters replaced by numbers, delays in ms.
import type { AlarmDefinition, AlarmRule, EquipmentClass, LevelsRule, LimitValue } from '@louwei/device-profiles';
import { type Cause, resolveCause } from './cause.ts';
import type { AlarmValue, Shown } from './facts.ts';
import type { Level, ResolvedRule } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';
import { applySettings, NO_SETTINGS, type Settings } from './settings.ts';
import { fillText, type ValueNames } from './text.ts';

export interface Definition {
  readonly alarm: string;
  readonly rule: ResolvedRule;
  /** Point of the equipment that feeds the rule, `comm` for the connection. */
  readonly point: string;
  /** All points that the rule looks at, {@link point} first. */
  readonly points: readonly string[];
  /** While one of these holds the alarm is suppressed by design. */
  readonly causes: readonly Cause[];
  readonly priority: number;
  /** Of a rule with several levels, the mildest first; empty for all others. */
  readonly levels: readonly Level[];
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  readonly latching: boolean;
  readonly shelvable: boolean;
  readonly silenceMs: number | null;
  readonly reAlarm: { readonly afterMs: number; readonly times: number } | null;
  readonly record: AlarmDefinition;
  /** Equal for definitions that decide alike; a difference is a change of configuration. */
  readonly fingerprint: string;
  /** What the operator sees when it is activated with this value. */
  show(value: AlarmValue, level?: number): Shown;
}

/** @throws Error naming the alarm when its rule refers to a parameter that the class does not have. */
export function definitionsOf(equipmentClass: EquipmentClass, settings: Settings = NO_SETTINGS): readonly Definition[] {
  const effective = applySettings(equipmentClass, settings);
  return Object.entries(effective.alarms).map(([alarm, record]) => define(effective, alarm, record));
}

function define(equipmentClass: EquipmentClass, alarm: string, record: AlarmDefinition): Definition {
  const resolve = (field: string) => (limit: LimitValue) => {
    if (typeof limit === 'number') return limit;
    const parameter = equipmentClass.parameters[limit.parameter];
    if (parameter === undefined)
      throw new Error(
        `class ${equipmentClass.class}: alarms.${alarm}.${field}: found parameter ${limit.parameter}, expected one of the class's parameters`,
      );
    return parameter.default;
  };
  const rule = resolveRule(record.rule, resolve('rule'));
  const causes = record.suppressWhen.map((condition) => resolveCause(condition, resolve('suppressWhen')));
  const kind = kindOf(rule);
  const point = kind.point(rule);
  const described = equipmentClass.points[point];
  const unit = rule.kind === 'stale' ? 's' : (described?.unit ?? null);
  const names: ValueNames = described?.values ?? {};
  const { latching, shelvable } = record;
  const levels = kind.levels?.(rule) ?? [];
  const priority = levels[0]?.priority ?? record.priority;
  const onDelayMs = record.onDelayS * 1000;
  const offDelayMs = record.offDelayS * 1000;
  return {
    alarm,
    rule,
    point,
    points: [point, ...kind.others(rule)],
    causes,
    levels,
    priority,
    onDelayMs,
    offDelayMs,
    latching,
    shelvable,
    silenceMs: kind.silenceMs(rule),
    reAlarm:
      record.reAlarm === undefined ? null : { afterMs: record.reAlarm.afterMin * 60_000, times: record.reAlarm.times },
    record,
    fingerprint: JSON.stringify({ rule, causes, priority, onDelayMs, offDelayMs, latching }),
    show(value, level = 1) {
      const limit = kind.limit(rule, level);
      const text = fillText(record.text, { value, limit, unit, names, decimals: described?.decimals });
      return { point: rule.kind === 'comm-loss' ? null : point, unit, limit, text };
    },
  };
}

function resolveRule(rule: AlarmRule, resolve: (limit: LimitValue) => number): ResolvedRule {
  if (rule.kind === 'levels') return resolveLevels(rule, resolve);
  if (rule.kind !== 'limit' && rule.kind !== 'deviation') return rule;
  const { above, below, ...same } = rule;
  return {
    ...same,
    ...(above === undefined ? {} : { above: resolve(above) }),
    ...(below === undefined ? {} : { below: resolve(below) }),
  };
}

/** @throws Error when a more severe level would be reached before a milder one. */
function resolveLevels(rule: LevelsRule, resolve: (limit: LimitValue) => number): ResolvedRule {
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
