// One alarm of a class made ready for evaluation: parameters replaced by numbers, delays in ms.
import type { AlarmDefinition, EquipmentClass, LimitValue, Medium } from '@louwei/device-profiles';
import { type Cause, resolveCause } from './cause.ts';
import type { AlarmValue, Shown } from './facts.ts';
import type { PriorityTime } from './priority-times.ts';
import { placeSchedule, resolveRule } from './resolve-rule.ts';
import type { Level, ResolvedRule } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';
import { applySettings, NO_SETTINGS, type Settings } from './settings.ts';
import { DEFAULT_SITE, type Site } from './site.ts';
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
  /** Other priorities at certain times, the first that applies; empty for rules with levels. */
  readonly priorityTimes: readonly PriorityTime[];
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  readonly latching: boolean;
  readonly shelvable: boolean;
  readonly silenceMs: number | null;
  /** How far back the rule's answer reaches, ms; null for rules that need only the newest readings. */
  readonly horizonMs: number | null;
  readonly reAlarm: { readonly afterMs: number; readonly times: number } | null;
  /** Minutes from the announcement to its acknowledgement, by priority. */
  readonly acknowledgeWithinMin: Readonly<Record<number, number>>;
  /** Alarms of the equipment of which the first one is marked; null: it belongs to none. */
  readonly firstOutGroup: string | null;
  /** What its equipment feeds has lost this medium while the alarm is active; null: it is no such cause. */
  readonly lossOf: Medium | null;
  /** It is a consequence while what feeds its equipment has lost one of these. */
  readonly consequenceOf: readonly Medium[];
  readonly record: AlarmDefinition;
  /** Equal for definitions that decide alike; a difference is a change of configuration. */
  readonly fingerprint: string;
  /** What the operator sees when it is activated with this value. */
  show(value: AlarmValue, level?: number): Shown;
}

/** @throws Error naming the alarm when its rule refers to a parameter that the class does not have. */
export function definitionsOf(
  equipmentClass: EquipmentClass,
  settings: Settings = NO_SETTINGS,
  site: Site = DEFAULT_SITE,
): readonly Definition[] {
  const effective = applySettings(equipmentClass, settings);
  return Object.entries(effective.alarms).map(([alarm, record]) => define(effective, alarm, record, site));
}

function define(equipmentClass: EquipmentClass, alarm: string, record: AlarmDefinition, site: Site): Definition {
  const resolve = (field: string) => (limit: LimitValue) => {
    if (typeof limit === 'number') return limit;
    const parameter = equipmentClass.parameters[limit.parameter];
    if (parameter === undefined)
      throw new Error(
        `class ${equipmentClass.class}: alarms.${alarm}.${field}: found parameter ${limit.parameter}, expected one of the class's parameters`,
      );
    return parameter.default;
  };
  const rule = resolveRule(record.rule, resolve('rule'), site);
  const causes = record.suppressWhen.map((condition) => resolveCause(condition, resolve('suppressWhen')));
  const kind = kindOf(rule);
  const point = kind.point(rule);
  const described = equipmentClass.points[point];
  const counts = rule.kind === 'count';
  const unit = rule.kind === 'stale' ? 's' : counts ? null : (described?.unit ?? null);
  // The limit of a count is a number of events, not a value of the point.
  const names: ValueNames = counts ? {} : (described?.values ?? {});
  const { latching, shelvable } = record;
  const levels = kind.levels?.(rule) ?? [];
  const priority = levels[0]?.priority ?? record.priority;
  const priorityTimes = (levels.length > 0 ? [] : (record.priorityWhen ?? [])).map((time) => ({
    schedule: placeSchedule({ kind: 'schedule', ...time.schedule }, site),
    priority: time.priority,
  }));
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
    priorityTimes,
    onDelayMs,
    offDelayMs,
    latching,
    shelvable,
    silenceMs: kind.silenceMs(rule),
    horizonMs: kind.horizonMs?.(rule) ?? null,
    reAlarm:
      record.reAlarm === undefined ? null : { afterMs: record.reAlarm.afterMin * 60_000, times: record.reAlarm.times },
    acknowledgeWithinMin: site.acknowledgeWithinMin,
    firstOutGroup: record.firstOutGroup ?? null,
    lossOf: record.lossOf ?? null,
    consequenceOf: record.consequenceOf,
    record,
    fingerprint: JSON.stringify({
      rule,
      causes,
      priority,
      ...(priorityTimes.length === 0 ? {} : { priorityTimes }),
      onDelayMs,
      offDelayMs,
      latching,
    }),
    show(value, level = 1) {
      const limit = kind.limit(rule, level);
      const text = fillText(record.text, {
        value,
        limit,
        unit,
        names,
        decimals: counts ? undefined : described?.decimals,
      });
      return { point: rule.kind === 'comm-loss' ? null : point, unit, limit, text };
    },
  };
}
