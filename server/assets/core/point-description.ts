// Points as people see them: from the class when there is one, from the data type otherwise.
import { type DeviceModel, type EquipmentClass, type LimitValue, writeRuleOf } from '@louwei/device-profiles';
import type { equipment } from '../../contract/index.ts';
import type { EquipmentRecord, PointRecord } from '../directory.ts';

type PointDescription = equipment.PointDescription;

/** Point every device carries: whether it answers its gateway. */
const COMM = 'comm';
/** Longest silence per poll class, s: the gateway repeats an unchanged value at least this often. */
const EXPECT_EVERY_S = { fast: 60, normal: 60, slow: 300 } as const;
const DEFAULT_EXPECT_EVERY_S = 60;

/** Carries the outcome of the last command for the machine; people read it in the list of commands. */
const COMMAND_OUTCOME = 'commandOutcome';

/** @param model tells which points may be written. */
export function describePoints(
  record: EquipmentRecord,
  definition: EquipmentClass | undefined,
  model?: DeviceModel,
): PointDescription[] {
  return [...record.points.values()]
    .filter(({ name }) => name !== COMMAND_OUTCOME)
    .map((point) => {
      const write = writeOf(point.name, definition, model);
      return { ...describePoint(point, definition), ...(write === undefined ? {} : { write }) };
    });
}

function writeOf(
  point: string,
  definition: EquipmentClass | undefined,
  model: DeviceModel | undefined,
): PointDescription['write'] {
  const rule = definition === undefined || model === undefined ? null : writeRuleOf(model, definition, point);
  if (rule === null) return undefined;
  const { range, step, twoPersons, expiryS, readBack } = rule;
  const interlock = rule.interlock.map((condition) => condition.point);
  return {
    range,
    step,
    twoPersons,
    expiryS,
    interlock,
    readBack: { point: readBack.point, withinS: readBack.withinS },
  };
}

function describePoint(point: PointRecord, definition: EquipmentClass | undefined): PointDescription {
  const known = definition?.points[point.name];
  if (known === undefined) return undeclared(point);
  return {
    point: point.name,
    label: known.label,
    kind: known.kind,
    unit: known.unit ?? null,
    range: known.range ?? null,
    decimals: known.decimals ?? (known.kind === 'analog' ? 1 : 0),
    values: known.values ?? null,
    expectEveryS: EXPECT_EVERY_S[known.poll],
    limits: definition === undefined ? [] : limitsOf(point.name, definition),
  };
}

function undeclared(point: PointRecord): PointDescription {
  const comm = point.name === COMM;
  const kind = point.dataType === 'Boolean' ? 'state' : point.dataType === 'String' ? 'text' : 'analog';
  return {
    point: point.name,
    label: comm ? { zh: '通信', en: 'Communication' } : { zh: point.name, en: point.name },
    kind,
    unit: null,
    range: null,
    decimals: kind === 'analog' ? 2 : 0,
    values: comm ? { 0: { zh: '中断', en: 'Lost' }, 1: { zh: '正常', en: 'OK' } } : null,
    expectEveryS: DEFAULT_EXPECT_EVERY_S,
    limits: [],
  };
}

function limitsOf(point: string, definition: EquipmentClass): PointDescription['limits'] {
  const resolve = (limit: LimitValue | undefined): number | null => {
    if (limit === undefined) return null;
    return typeof limit === 'number' ? limit : (definition.parameters[limit.parameter]?.default ?? null);
  };
  return Object.entries(definition.alarms).flatMap(([alarm, { rule, priority }]) =>
    rule.kind === 'limit' && rule.point === point
      ? [{ alarm, priority, above: resolve(rule.above), below: resolve(rule.below) }]
      : [],
  );
}
