// Conditions of alarms: points that exist and are of the right kind, limits that can be reached, causes that are not
// the alarm's own.
import type { AlarmDefinition, EquipmentClass } from '../../schema/class.ts';
import type { AlarmRule, Condition, LevelsRule, LimitValue, SuppressCondition } from '../../schema/rule.ts';
import { lintCompound, lintOverTime } from './condition-rules.ts';
import { type Finding, finding } from './finding.ts';
import { lintDeadband, lintEquals, lintLimitValue, lintReference, NUMBERS, type Path } from './rule-points.ts';

/** Parameters of the class that an alarm refers to, in its rule and in its suppression. */
export function parametersOfAlarm({ rule, suppressWhen }: AlarmDefinition): readonly string[] {
  return [...parametersIn(rule), ...parametersIn(suppressWhen)];
}

function parametersIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const parameter: unknown = Reflect.get(part, 'parameter');
  return typeof parameter === 'string' ? [parameter] : Object.values(part).flatMap(parametersIn);
}

export function* lintRule(path: Path, rule: AlarmRule | Condition, subject: EquipmentClass): Generator<Finding> {
  switch (rule.kind) {
    case 'comm-loss':
      return;
    case 'stale':
      yield* lintReference([...path, 'point'], rule.point, subject);
      return;
    case 'state':
      yield* lintEquals(path, rule, subject, 'a state or enumeration');
      return;
    case 'limit':
      yield* lintLimit(path, rule, subject, 'an analog or counter for a limit');
      return;
    case 'levels':
      yield* lintLevels(path, rule, subject);
      return;
    case 'discrepancy':
      for (const field of ['command', 'feedback'] as const)
        yield* lintReference(
          [...path, field],
          rule[field],
          subject,
          ['state'],
          'a state: command and feedback compare',
        );
      if (rule.command === rule.feedback)
        yield finding([...path, 'feedback'], rule.feedback, 'another point than the command');
      return;
    case 'deviation':
      yield* lintDeviation(path, rule, subject);
      return;
    case 'all':
    case 'any':
    case 'not':
      yield* lintCompound(path, rule, (place, member) => lintRule(place, member, subject));
      return;
    default:
      yield* lintOverTime(path, rule, subject);
  }
}

export function* lintSuppression(path: Path, alarm: AlarmDefinition, subject: EquipmentClass): Generator<Finding> {
  for (const [index, condition] of alarm.suppressWhen.entries()) {
    const place = [...path, 'suppressWhen', index];
    if ('equals' in condition) yield* lintEquals(place, condition, subject, 'a state or enumeration');
    else yield* lintLimit(place, { ...condition, deadband: 0 }, subject, 'an analog or counter for a limit');
    if (isOwnCondition(alarm.rule, condition, subject))
      yield finding(
        [...place, 'point'],
        condition.point,
        "a cause, not the alarm's own condition: it would never sound",
      );
  }
}

/** The suppression holds whenever the alarm's own rule does. A worse limit of the same point is another alarm's cause. */
export function isOwnCondition(rule: AlarmRule, condition: SuppressCondition, subject: EquipmentClass): boolean {
  if (rule.kind === 'state' && 'equals' in condition && rule.point === condition.point) {
    const quiet = [condition.equals].flat();
    return [rule.equals].flat().every((value) => quiet.includes(value));
  }
  if (rule.kind !== 'limit' || rule.point !== condition.point || 'equals' in condition) return false;
  const figure = (limit: LimitValue | undefined): number | undefined =>
    typeof limit === 'object' ? subject.parameters[limit.parameter]?.default : limit;
  const own = figure(rule.above ?? rule.below);
  const quiet = figure('above' in condition ? condition.above : condition.below);
  if (own === undefined || quiet === undefined) return false;
  if ('above' in condition) return rule.above !== undefined && quiet <= own;
  return rule.below !== undefined && quiet >= own;
}

type Limits = { point: string; above?: LimitValue | undefined; below?: LimitValue | undefined; deadband: number };

function* lintLimit(path: Path, rule: Limits, subject: EquipmentClass, expected: string): Generator<Finding> {
  const point = yield* lintReference([...path, 'point'], rule.point, subject, NUMBERS, expected);
  if (point === undefined) return;
  const side = rule.above === undefined ? 'below' : 'above';
  const value = yield* lintLimitValue([...path, side], rule.above ?? rule.below, point, subject);
  const [low, high] = point.range ?? [-Infinity, Infinity];
  if (value !== undefined && (value < low || value > high))
    yield finding([...path, side], value, `a limit within the point's range [${low}, ${high}]`);
  yield* lintDeadband(path, rule.deadband, point);
}

/** Limits of one point, each beyond the one before it. */
function* lintLevels(path: Path, rule: LevelsRule, subject: EquipmentClass): Generator<Finding> {
  const point = yield* lintReference(
    [...path, 'point'],
    rule.point,
    subject,
    NUMBERS,
    'an analog or counter for levels',
  );
  if (point === undefined) return;
  const side = rule.above === undefined ? 'below' : 'above';
  const sign = side === 'above' ? 1 : -1;
  const [low, high] = point.range ?? [-Infinity, Infinity];
  let before: number | undefined;
  for (const [index, { limit }] of (rule.above ?? rule.below ?? []).entries()) {
    const place = [...path, side, index, 'limit'];
    const value = yield* lintLimitValue(place, limit, point, subject);
    if (value === undefined) continue;
    if (value < low || value > high) yield finding(place, value, `a limit within the point's range [${low}, ${high}]`);
    if (before !== undefined && (value - before) * sign <= 0)
      yield finding(place, value, `a limit ${side} that of the milder level, ${before}`);
    before = value;
  }
  yield* lintDeadband(path, rule.deadband, point);
}

function* lintDeviation(path: Path, rule: Limits & { setpoint: string }, subject: EquipmentClass): Generator<Finding> {
  const expected = 'an analog or counter for a deviation';
  const point = yield* lintReference([...path, 'point'], rule.point, subject, NUMBERS, expected);
  const setpoint = yield* lintReference([...path, 'setpoint'], rule.setpoint, subject, NUMBERS, expected);
  if (point === undefined || setpoint === undefined) return;
  if (rule.point === rule.setpoint) yield finding([...path, 'setpoint'], rule.setpoint, 'another point than the value');
  if (setpoint.unit !== point.unit)
    yield finding(
      [...path, 'setpoint'],
      `${rule.setpoint} in ${setpoint.unit ?? 'no unit'}`,
      `the point's unit ${point.unit ?? '(none)'}`,
    );
  const side = rule.above === undefined ? 'below' : 'above';
  const band = yield* lintLimitValue([...path, side], rule.above ?? rule.below, point, subject);
  const [low, high] = point.range ?? [-Infinity, Infinity];
  if (band !== undefined && (band <= 0 || band >= high - low))
    yield finding([...path, side], band, `a band above 0 and smaller than the point's range [${low}, ${high}]`);
  yield* lintDeadband(path, rule.deadband, point);
}
