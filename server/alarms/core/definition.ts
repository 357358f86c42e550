// One alarm of a class made ready for evaluation: parameters replaced by numbers, delays in ms.
import type { AlarmDefinition, AlarmRule, EquipmentClass, LimitValue } from '@louwei/device-profiles';
import type { AlarmValue, Shown } from './facts.ts';
import type { ResolvedRule } from './rules/kind.ts';
import { kindOf } from './rules/registry.ts';
import { fillText, type ValueNames } from './text.ts';

export interface Definition {
  readonly alarm: string;
  readonly rule: ResolvedRule;
  /** Point of the equipment that feeds the rule, `comm` for the connection. */
  readonly point: string;
  readonly priority: number;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  readonly latching: boolean;
  readonly shelvable: boolean;
  readonly silenceMs: number | null;
  readonly record: AlarmDefinition;
  /** Equal for definitions that decide alike; a difference is a change of configuration. */
  readonly fingerprint: string;
  /** What the operator sees when it is activated with this value. */
  show(value: AlarmValue): Shown;
}

/** @throws Error naming the alarm when its rule refers to a parameter that the class does not have. */
export function definitionsOf(equipmentClass: EquipmentClass): readonly Definition[] {
  return Object.entries(equipmentClass.alarms).map(([alarm, record]) => define(equipmentClass, alarm, record));
}

function define(equipmentClass: EquipmentClass, alarm: string, record: AlarmDefinition): Definition {
  const rule = resolveRule(record.rule, (limit) => {
    if (typeof limit === 'number') return limit;
    const parameter = equipmentClass.parameters[limit.parameter];
    if (parameter === undefined)
      throw new Error(
        `class ${equipmentClass.class}: alarms.${alarm}.rule: found parameter ${limit.parameter}, expected one of the class's parameters`,
      );
    return parameter.default;
  });
  const kind = kindOf(rule);
  const point = kind.point(rule);
  const described = equipmentClass.points[point];
  const limit = kind.limit(rule);
  const unit = rule.kind === 'stale' ? 's' : (described?.unit ?? null);
  const names: ValueNames = described?.values ?? {};
  const { priority, latching, shelvable } = record;
  const onDelayMs = record.onDelayS * 1000;
  const offDelayMs = record.offDelayS * 1000;
  return {
    alarm,
    rule,
    point,
    priority,
    onDelayMs,
    offDelayMs,
    latching,
    shelvable,
    silenceMs: kind.silenceMs(rule),
    record,
    fingerprint: JSON.stringify({ rule, priority, onDelayMs, offDelayMs, latching }),
    show: (value) => ({
      point: rule.kind === 'comm-loss' ? null : point,
      unit,
      limit,
      text: fillText(record.text, { value, limit, unit, names, decimals: described?.decimals }),
    }),
  };
}

function resolveRule(rule: AlarmRule, resolve: (limit: LimitValue) => number): ResolvedRule {
  if (rule.kind !== 'limit') return rule;
  const { kind, point, deadband } = rule;
  return {
    kind,
    point,
    deadband,
    ...(rule.above === undefined ? {} : { above: resolve(rule.above) }),
    ...(rule.below === undefined ? {} : { below: resolve(rule.below) }),
  };
}
