// Whether settings make sense: inside the parameter's and the point's range, able to return, in the order of the class
// (low < high, fan < alarm < trip), and quick enough for the operator.
import type { EquipmentClass, LimitValue } from '@louwei/device-profiles';
import {
  alarmField,
  applySettings,
  type FieldChange,
  parameterField,
  type Settings,
  settingFields,
} from './settings.ts';

export interface SettingProblem {
  readonly field: string;
  readonly found: number;
  readonly expected: string;
}

/** A limit of an alarm: its value now and in the class, and the field that would change it. */
interface PlacedLimit {
  readonly alarm: string;
  readonly point: string;
  readonly side: 'above' | 'below';
  /** Null: the number is written in the rule and cannot be set. */
  readonly field: string | null;
  readonly value: number;
  readonly classValue: number;
  readonly deadband: number;
}

/** @returns what is wrong with the settings; faults that the class itself has are not theirs. */
export function checkSettings(described: EquipmentClass, settings: Settings): readonly SettingProblem[] {
  const problems = [...checkFields(described, settings)];
  if (problems.length > 0) return problems;
  const limits = placedLimits(described, applySettings(described, settings));
  return [
    ...checkPhysical(described, settings, limits),
    ...checkBands(described, settings),
    ...checkOrder(settings, limits),
  ];
}

function* checkFields(described: EquipmentClass, settings: Settings): Generator<SettingProblem> {
  const known = new Map(settingFields(described).map((field) => [field.field, field]));
  for (const [field, found] of Object.entries(settings)) {
    const facts = known.get(field);
    if (facts === undefined) {
      yield { field, found, expected: `a field of class ${described.class}` };
      continue;
    }
    const [low, high] = facts.range ?? [0, Number.MAX_VALUE];
    if (!Number.isFinite(found) || found < low || found > high)
      yield { field, found, expected: `a number from ${low} to ${high}${facts.unit === null ? '' : ` ${facts.unit}`}` };
    else if (field.endsWith('.priority') && !Number.isInteger(found))
      yield { field, found, expected: 'one of 1, 2, 3, 4' };
  }
}

function placedLimits(described: EquipmentClass, effective: EquipmentClass): readonly PlacedLimit[] {
  return Object.entries(effective.alarms).flatMap(([alarm, { rule }]) => {
    if (rule.kind !== 'limit' && rule.kind !== 'levels') return [];
    const place = (side: 'above' | 'below', limit: LimitValue): PlacedLimit[] => {
      const { point, deadband } = rule;
      if (typeof limit === 'number')
        return [{ alarm, point, side, field: null, value: limit, classValue: limit, deadband }];
      const value = effective.parameters[limit.parameter]?.default;
      const classValue = described.parameters[limit.parameter]?.default;
      if (value === undefined || classValue === undefined) return [];
      return [{ alarm, point, side, field: parameterField(limit.parameter), value, classValue, deadband }];
    };
    if (rule.kind === 'levels')
      return (['above', 'below'] as const).flatMap((side) =>
        (rule[side] ?? []).flatMap(({ limit }) => place(side, limit)),
      );
    return (['above', 'below'] as const).flatMap((side) => {
      const limit = rule[side];
      return limit === undefined ? [] : place(side, limit);
    });
  });
}

const isSet = (settings: Settings, field: string | null): field is string =>
  field !== null && Object.hasOwn(settings, field);

/** A limit that the point cannot reach would never raise the alarm; a deadband beyond its range would never end it. */
function* checkPhysical(
  described: EquipmentClass,
  settings: Settings,
  limits: readonly PlacedLimit[],
): Generator<SettingProblem> {
  for (const { alarm, point, side, field, value, deadband } of limits) {
    const range = described.points[point]?.range;
    if (range === undefined) continue;
    const [low, high] = range;
    const reachable = side === 'above' ? value >= low && value < high : value > low && value <= high;
    if (isSet(settings, field) && !reachable) {
      yield { field, found: value, expected: `inside the range of ${point}, ${low} to ${high}` };
      continue;
    }
    const own = alarmField(alarm, 'deadband');
    const returns = side === 'above' ? value - deadband >= low : value + deadband <= high;
    const room = side === 'above' ? value - low : high - value;
    if (!returns && (isSet(settings, own) || isSet(settings, field)))
      yield {
        field: isSet(settings, own) ? own : (field ?? own),
        found: isSet(settings, own) ? deadband : value,
        expected: `a deadband of at most ${round(room)} with the limit ${value}: ${point} could never return`,
      };
  }
}

/** A deadband as wide as the allowed distance from the set-point would never end the alarm. */
function* checkBands(described: EquipmentClass, settings: Settings): Generator<SettingProblem> {
  const effective = applySettings(described, settings);
  for (const [alarm, { rule }] of Object.entries(effective.alarms)) {
    if (rule.kind !== 'deviation') continue;
    const limit = rule.above ?? rule.below;
    if (limit === undefined) continue;
    const band = typeof limit === 'number' ? limit : (effective.parameters[limit.parameter]?.default ?? 0);
    const field = typeof limit === 'number' ? null : parameterField(limit.parameter);
    const own = alarmField(alarm, 'deadband');
    if (isSet(settings, field) && band <= 0)
      yield { field, found: band, expected: 'a distance from the set-point above 0' };
    else if (rule.deadband > band && isSet(settings, own))
      yield { field: own, found: rule.deadband, expected: `at most the band ${band}` };
    else if (rule.deadband > band && isSet(settings, field))
      yield { field, found: band, expected: `at least the deadband ${rule.deadband}` };
  }
}

/** Limits on one point keep the order that the class gives them. */
function* checkOrder(settings: Settings, limits: readonly PlacedLimit[]): Generator<SettingProblem> {
  const seen = new Set<string>();
  for (const lower of limits)
    for (const higher of limits) {
      if (lower.point !== higher.point || lower.classValue >= higher.classValue || lower.value < higher.value) continue;
      const own = isSet(settings, lower.field) ? lower : higher;
      const other = own === lower ? higher : lower;
      if (!isSet(settings, own.field)) continue;
      const expected = `${own === lower ? 'below' : 'above'} ${other.value}, the limit of ${other.alarm}${
        other.field === null ? '' : ` (${other.field})`
      }`;
      const key = `${own.field} ${expected}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield { field: own.field, found: own.value, expected };
    }
}

/** Of the time in which the operator must respond an on-delay may take a tenth (ISA-TR18.2.3). */
const SHARE_OF_RESPONSE = 0.1;

export const longestOnDelayS = (timeToRespondMin: number): number => round(timeToRespondMin * 60 * SHARE_OF_RESPONSE);

/** Doubtful but allowed when the person confirms it. */
export function delayWarnings(described: EquipmentClass, changes: readonly FieldChange[]): readonly SettingProblem[] {
  return Object.entries(described.alarms).flatMap(([alarm, { timeToRespondMin }]) => {
    const field = alarmField(alarm, 'onDelayS');
    const found = changes.find((change) => change.field === field)?.to ?? null;
    const longest = longestOnDelayS(timeToRespondMin);
    if (found === null || found <= longest) return [];
    return [{ field, found, expected: `at most ${longest} s, a tenth of the ${timeToRespondMin} min to respond` }];
  });
}

export const explain = ({ field, found, expected }: SettingProblem): string =>
  `${field}: found ${found}, expected ${expected}`;

const round = (value: number): number => Number(value.toPrecision(6));
