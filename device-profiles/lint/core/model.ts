// A model against its class: points that exist, conversions that fit the kind of point, addresses that do not collide.
import type { EquipmentClass, Point } from '../../schema/class.ts';
import {
  type DeviceModel,
  type MappedPoint,
  type MqttPoint,
  type OpcuaPoint,
  pointNames,
  type SparkplugPoint,
} from '../../schema/model.ts';
import { lintDerivedPoints } from './derived.ts';
import { lintExamples } from './examples.ts';
import { type Finding, finding, oneOf } from './finding.ts';
import { lintModbus } from './modbus.ts';
import { lintWrites } from './write.ts';

export function lintModel(model: DeviceModel, subject: EquipmentClass): Finding[] {
  const points = Object.entries<MappedPoint>(model.points).flatMap(([name, mapped]) => {
    const path = ['points', name];
    if (name === 'comm') return [finding(path, 'a mapping of comm', 'none: the gateway reports comm itself')];
    const point = Object.hasOwn(subject.points, name) ? subject.points[name] : undefined;
    if (point === undefined)
      return [finding(path, name, `a point of the class ${model.class}: ${oneOf(Object.keys(subject.points))}`)];
    return [...lintConversion(path, mapped, point)];
  });
  const empty = pointNames(model).length === 0 ? [finding(['points'], 'no points', 'at least one point')] : [];
  const protocol = [...lintProtocol(model), ...lintDerivedPoints(model, subject), ...lintWrites(model, subject)];
  // An expression that cannot be read has no examples that could hold.
  return [...empty, ...points, ...protocol, ...(protocol.some(isOfDerived) ? [] : lintExamples(model, subject))];
}

const isOfDerived = ({ path }: Finding): boolean => path[0] === 'derived';

function* lintConversion(path: readonly string[], mapped: MappedPoint, point: Point): Generator<Finding> {
  const isNumber = point.kind === 'analog' || point.kind === 'counter';
  if (!isNumber)
    for (const field of ['scale', 'offset'] as const)
      if (mapped[field] !== undefined) yield finding([...path, field], mapped[field], `no ${field} on a ${point.kind}`);
  if (mapped.map !== undefined) {
    if (point.kind === 'text') yield finding([...path, 'map'], 'a map to numbers', 'no map on a text');
    if (Object.keys(mapped.map).length === 0) yield finding([...path, 'map'], mapped.map, 'at least one entry');
    if (point.values !== undefined)
      for (const [raw, value] of Object.entries(mapped.map))
        if (!Object.hasOwn(point.values, String(value)))
          yield finding(
            [...path, 'map', raw],
            value,
            `a value of the class's ${point.kind}: ${oneOf(Object.keys(point.values))}`,
          );
  }
  for (const [raw, quality] of Object.entries(mapped.sentinels ?? {}))
    if (quality === 'good') yield finding([...path, 'sentinels', raw], 'good', 'the reason why there is no value');
  if ('type' in mapped) {
    if (mapped.rollover !== undefined && point.kind !== 'counter')
      yield finding(
        [...path, 'rollover'],
        mapped.rollover,
        `no rollover on a ${point.kind}: only counters begin again`,
      );
    for (const field of ['plus', 'transform'] as const)
      if (mapped[field] !== undefined && !isNumber)
        yield finding([...path, field], mapped[field], `no ${field} on a ${point.kind}`);
    if (mapped.width !== undefined && point.kind === 'state' && mapped.map === undefined)
      yield finding([...path, 'map'], undefined, `a map of the ${mapped.width} bits to 0 and 1`);
    const wantsText = point.kind === 'text';
    if (wantsText !== (mapped.type === 'text' && mapped.map === undefined))
      yield finding(
        [...path, 'type'],
        mapped.type,
        wantsText ? 'text for a text point' : `a number type for a ${point.kind}, or a map of its texts`,
      );
  }
}

function lintProtocol(model: DeviceModel): Finding[] {
  switch (model.protocol) {
    case 'modbus':
      return lintModbus(model);
    case 'opcua':
      return lintSharedSource(model.points, 'node', ({ node }) => node);
    case 'sparkplug':
      return lintSharedSource(model.points, 'metric', ({ metric }) => metric);
    case 'mqtt':
      return [
        ...lintSharedSource(model.points, 'path', ({ topic, path }) => JSON.stringify([topic, path ?? null])),
        ...Object.entries(model.points).flatMap(([name, { topic }]) =>
          /[+#]|^\/|\/$/.test(topic)
            ? [
                finding(
                  ['points', name, 'topic'],
                  topic,
                  'a topic below the base without wildcards and without / at its ends',
                ),
              ]
            : [],
        ),
      ];
  }
}

/** Two points from one place are a slip of copying, unless both derive their value from it with a map. */
function lintSharedSource<P extends OpcuaPoint | MqttPoint | SparkplugPoint>(
  points: Readonly<Record<string, P>>,
  field: string,
  placeOf: (point: P) => string,
): Finding[] {
  const first = new Map<string, [string, P]>();
  return Object.entries(points).flatMap(([name, point]) => {
    const place = placeOf(point);
    const earlier = first.get(place);
    if (earlier === undefined) {
      first.set(place, [name, point]);
      return [];
    }
    if (earlier[1].map !== undefined && point.map !== undefined) return [];
    return [finding(['points', name, field], place, `a place of its own; ${earlier[0]} reads the same`)];
  });
}
