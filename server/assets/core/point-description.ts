// Points as people see them: from the class when there is one, from the data type otherwise.
import type { EquipmentClass, LimitValue } from '@louwei/device-profiles';
import type { equipment } from '../../contract/index.ts';
import type { EquipmentRecord, PointRecord } from '../directory.ts';

type PointDescription = equipment.PointDescription;

/** Point every device carries: whether it answers its gateway. */
const COMM = 'comm';
/** Longest silence per poll class, s: the gateway repeats an unchanged value at least this often. */
const EXPECT_EVERY_S = { fast: 60, normal: 60, slow: 300 } as const;
const DEFAULT_EXPECT_EVERY_S = 60;

export function describePoints(record: EquipmentRecord, definition: EquipmentClass | undefined): PointDescription[] {
  return [...record.points.values()].map((point) => describePoint(point, definition));
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
