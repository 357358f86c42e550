// Points, parameters and faceplate of a class: units, ranges and names that fit together.
import type { EquipmentClass, Point } from '../../schema/class.ts';
import { isNeverWritable } from '../../write/core/allowed.ts';
import { type Finding, finding, oneOf } from './finding.ts';

/** Names of numbers without a unit: a power factor, a count, a floor. Every other analog or counter carries a unit. */
const DIMENSIONLESS = /(factor|count|floor|ratio|index|ph)$/i;

const isNumber = (point: Point): boolean => point.kind === 'analog' || point.kind === 'counter';

export function lintPoints(subject: EquipmentClass): Finding[] {
  const points = Object.entries(subject.points).flatMap(([name, point]) => [...lintPoint(name, point)]);
  const parameters = Object.entries(subject.parameters).flatMap(([name, { default: value, range }]) => {
    const path = ['parameters', name];
    if (range[0] >= range[1]) return [finding([...path, 'range'], range, '[low, high] with low < high')];
    if (value < range[0] || value > range[1])
      return [finding([...path, 'default'], value, `a value within its range ${JSON.stringify(range)}`)];
    return [];
  });
  const comm =
    subject.points['comm']?.kind === 'state'
      ? []
      : [finding(['points', 'comm'], subject.points['comm']?.kind, 'a state point comm: every device carries it')];
  const control =
    subject.remoteControl === true && isNeverWritable(subject)
      ? [finding(['remoteControl'], true, 'absent: this kind of equipment is never controlled from afar')]
      : [];
  return [...points, ...comm, ...control, ...parameters, ...lintFaceplate(subject)];
}

function* lintPoint(name: string, point: Point): Generator<Finding> {
  const path = ['points', name];
  if (isNumber(point)) {
    if (point.unit === undefined && !DIMENSIONLESS.test(name))
      yield finding(
        [...path, 'unit'],
        undefined,
        `a unit for the ${point.kind} (or a name ending in Factor, Count, Floor, Ratio, Index)`,
      );
    if (point.values !== undefined) yield finding([...path, 'values'], 'values', `none on a ${point.kind}`);
  } else {
    for (const field of ['unit', 'range', 'deadband', 'decimals'] as const)
      if (point[field] !== undefined) yield finding([...path, field], point[field], `no ${field} on a ${point.kind}`);
  }
  if (point.kind === 'analog' && point.range === undefined)
    yield finding([...path, 'range'], undefined, '[low, high] of the physically possible values of an analog');
  if (point.range !== undefined && point.deadband !== undefined && point.deadband >= point.range[1] - point.range[0])
    yield finding([...path, 'deadband'], point.deadband, 'a deadband smaller than the range');
  yield* lintValues(path, point);
}

function* lintValues(path: readonly string[], point: Point): Generator<Finding> {
  const keys = Object.keys(point.values ?? {});
  if (point.kind === 'state' && (keys.length !== 2 || !keys.includes('0') || !keys.includes('1')))
    yield finding([...path, 'values'], keys, 'names of the two values 0 and 1 of a state');
  if (point.kind === 'enumeration' && keys.length < 2)
    yield finding([...path, 'values'], keys, 'names of at least two values of an enumeration');
  if (point.kind === 'text' && point.values !== undefined) yield finding([...path, 'values'], keys, 'none on a text');
}

function lintFaceplate(subject: EquipmentClass): Finding[] {
  return subject.faceplate.flatMap((name, index) => {
    if (!Object.hasOwn(subject.points, name))
      return [finding(['faceplate', index], name, `a point of the class: ${oneOf(Object.keys(subject.points))}`)];
    return subject.faceplate.indexOf(name) < index ? [finding(['faceplate', index], name, 'each point once')] : [];
  });
}
