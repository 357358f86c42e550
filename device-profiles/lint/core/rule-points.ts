// What every rule says of points and numbers: the point exists and is of the right kind, the unit fits, values are known.
import type { EquipmentClass, Point } from '../../schema/class.ts';
import type { LimitValue } from '../../schema/rule.ts';
import { type Finding, finding, oneOf } from './finding.ts';

export type Path = readonly (string | number)[];
type Kind = Point['kind'];

export const NUMBERS: readonly Kind[] = ['analog', 'counter'];
export const STATES: readonly Kind[] = ['state', 'enumeration'];

export function* lintReference(
  path: Path,
  name: string,
  subject: EquipmentClass,
  kinds?: readonly Kind[],
  expected = '',
): Generator<Finding, Point | undefined> {
  const point = Object.hasOwn(subject.points, name) ? subject.points[name] : undefined;
  if (point === undefined) yield finding(path, name, `a point of the class: ${oneOf(Object.keys(subject.points))}`);
  else if (kinds !== undefined && !kinds.includes(point.kind))
    yield finding(path, `${name}, a ${point.kind}`, expected);
  else return point;
  return undefined;
}

export function* lintLimitValue(
  path: Path,
  limit: LimitValue | undefined,
  point: Pick<Point, 'unit'>,
  subject: EquipmentClass,
): Generator<Finding, number | undefined> {
  if (limit === undefined || typeof limit === 'number') return limit;
  const known = Object.hasOwn(subject.parameters, limit.parameter) ? subject.parameters[limit.parameter] : undefined;
  if (known === undefined)
    yield finding(
      [...path, 'parameter'],
      limit.parameter,
      `a parameter of the class: ${oneOf(Object.keys(subject.parameters))}`,
    );
  else if (known.unit !== point.unit)
    yield finding(
      [...path, 'parameter'],
      `${limit.parameter} in ${known.unit ?? 'no unit'}`,
      `the point's unit ${point.unit ?? '(none)'}`,
    );
  return known?.default;
}

export function* lintDeadband(path: Path, deadband: number, point: Point): Generator<Finding> {
  const [low, high] = point.range ?? [-Infinity, Infinity];
  if (deadband >= high - low)
    yield finding([...path, 'deadband'], deadband, "a deadband smaller than the point's range");
}

export function* lintEquals(
  path: Path,
  condition: { point: string; equals: number | number[] },
  subject: EquipmentClass,
  expected: string,
): Generator<Finding> {
  const point = yield* lintReference([...path, 'point'], condition.point, subject, STATES, expected);
  if (point === undefined) return;
  const known = Object.keys(point.values ?? {});
  for (const value of [condition.equals].flat())
    if (!known.includes(String(value))) yield finding([...path, 'equals'], value, oneOf(known));
}
