// Points that may be written: only in classes open to remote control, with a check that can really be made.
import type { EquipmentClass, Point } from '../../schema/class.ts';
import { type DeviceModel, type MappedPoint, type ModbusPoint, pointNames } from '../../schema/model.ts';
import { isNeverWritable } from '../../write/core/allowed.ts';
import { type Finding, finding, oneOf } from './finding.ts';

/** Register types whose writing is one FC 05, 06 or 16. */
const WRITABLE_TYPES: ReadonlySet<string> = new Set(['bit', 'u16', 's16', 'u32', 's32', 'f32']);

export function lintWrites(model: DeviceModel, subject: EquipmentClass): Finding[] {
  const known = pointNames(model);
  return Object.entries<MappedPoint>(model.points).flatMap(([name, mapped]) => {
    const point = subject.points[name];
    if (mapped.write === undefined || point === undefined) return [];
    return [...lintWrite(['points', name, 'write'], name, mapped, point, subject, known)];
  });
}

function* lintWrite(
  path: readonly string[],
  name: string,
  mapped: MappedPoint,
  point: Point,
  subject: EquipmentClass,
  known: readonly string[],
): Generator<Finding> {
  const { write } = mapped;
  if (write === undefined) return;
  if (isNeverWritable(subject))
    yield finding(
      path,
      'a writable point',
      `none: equipment of the class ${subject.class} is never controlled from afar`,
    );
  else if (subject.remoteControl !== true)
    yield finding(path, 'a writable point', `none, or remoteControl in the class ${subject.class}`);
  if (point.kind === 'text' || point.kind === 'counter') yield finding(path, `a writable ${point.kind}`, 'read-only');
  const [low, high] = point.kind === 'state' ? [0, 1] : (point.range ?? [-Infinity, Infinity]);
  if (write.range[0] < low || write.range[1] > high)
    yield finding([...path, 'range'], write.range, `within ${JSON.stringify([low, high])}, the range of ${name}`);
  for (const [index, { point: wanted }] of write.interlock.entries())
    if (!known.includes(wanted))
      yield finding([...path, 'interlock', String(index), 'point'], wanted, `a point of this model: ${oneOf(known)}`);
  if (!known.includes(write.readBack.point))
    yield finding([...path, 'readBack', 'point'], write.readBack.point, `a point of this model: ${oneOf(known)}`);
  if (mapped.map !== undefined)
    yield finding([...path], 'a writable point with a map', 'no map: the raw value has to be clear');
  if ('area' in mapped) yield* lintRegister(path, mapped);
}

function* lintRegister(path: readonly string[], mapped: ModbusPoint): Generator<Finding> {
  if (mapped.area !== 'coil' && mapped.area !== 'holding')
    yield finding([...path], `a writable ${mapped.area}`, 'a coil or a holding register');
  if (!WRITABLE_TYPES.has(mapped.type) || mapped.plus !== undefined || mapped.transform !== undefined)
    yield finding(
      [...path],
      `a writable ${mapped.type}`,
      `one of ${[...WRITABLE_TYPES].join(', ')} without plus or transform`,
    );
  else if (mapped.type === 'bit' && mapped.area === 'holding')
    yield finding(
      [...path],
      'a writable bit of a register',
      'a coil: the neighbours of a bit must not be written with it',
    );
}
