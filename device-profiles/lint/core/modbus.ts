// Modbus addresses of a model: types that fit their area, registers that do not overlap, reads the product can answer.
import { sentinelBounds } from '../../decode/core/conversion.ts';
import { pointSpans, rawRange, registerCount, wireAddress } from '../../decode/core/registers.ts';
import type { ModbusModel, ModbusPoint } from '../../schema/model.ts';
import { lintDerived } from './derived.ts';
import { type Finding, finding } from './finding.ts';

export function lintModbus(model: ModbusModel): Finding[] {
  const own = placesOf(model).flatMap(({ path, place }) => [...lintPoint(path, place, model)]);
  return [...own, ...lintOverlaps(model), ...lintDerived(model)];
}

type Place = { readonly path: readonly [string, string]; readonly place: ModbusPoint };

const placesOf = ({ points, inputs }: ModbusModel): Place[] => [
  ...Object.entries(points).map(([name, place]): Place => ({ path: ['points', name], place })),
  ...Object.entries(inputs).map(([name, place]): Place => ({ path: ['inputs', name], place })),
];

function* lintPoint(path: readonly string[], point: ModbusPoint, model: ModbusModel): Generator<Finding> {
  const bitArea = point.area === 'coil' || point.area === 'discrete';
  if (bitArea && point.type !== 'bit') yield finding([...path, 'type'], point.type, `bit in the area ${point.area}`);
  if (!bitArea && point.type === 'bit' && point.bit === undefined)
    yield finding([...path, 'bit'], undefined, `which bit of the ${point.area} register, 0 to 15`);
  yield* lintField(path, point);
  if (point.bit !== undefined && (bitArea || point.type !== 'bit'))
    yield finding([...path, 'bit'], point.bit, 'no bit: it belongs to type bit in a register area');
  if (point.type === 'text' && point.length === undefined)
    yield finding([...path, 'length'], undefined, 'the number of registers of the text');
  if (point.type !== 'text' && point.length !== undefined)
    yield finding([...path, 'length'], point.length, 'no length: it belongs to type text');
  if (point.type === 'bit' && point.word === undefined && point.wordOrder !== undefined)
    yield finding([...path, 'wordOrder'], point.wordOrder, 'no word order on a bit of one register');
  const parts = point.plus ?? [];
  if (parts.length > 0 && ['bit', 'text', 'f32', 'f64'].includes(point.type))
    yield finding([...path, 'plus'], `plus on type ${point.type}`, 'plus with a type of whole numbers only');
  const count = registerCount(point);
  for (const [index, part] of [point, ...parts].entries()) {
    const start = wireAddress(model, part);
    const size = registerCount(part);
    if (start < 0 || start + size > 0x1_0000)
      yield finding(
        index === 0 ? [...path, 'address'] : [...path, 'plus', index - 1, 'address'],
        part.address,
        `${model.modbus.addressBase} to ${0x1_0000 - size + model.modbus.addressBase} with addressBase ${model.modbus.addressBase}`,
      );
  }
  if (count > model.modbus.maxRegistersPerRead)
    yield finding(
      [...path, point.type === 'text' ? 'length' : 'type'],
      `${count} registers`,
      `at most maxRegistersPerRead ${model.modbus.maxRegistersPerRead}`,
    );
  const range = rawRange(point.type, point.width);
  for (const raw of Object.keys(point.sentinels ?? {})) {
    const [first, last] = sentinelBounds(raw);
    // The largest 64-bit numbers are no doubles.
    const slack = 2048 * Number(range !== null && range[1] > 2 ** 53);
    if (range !== null && (first < range[0] || last > range[1] + slack || first > last))
      yield finding(
        [...path, 'sentinels', raw],
        raw,
        first > last ? 'the smaller number first' : `a raw value of type ${point.type}: ${range[0]} to ${range[1]}`,
      );
  }
}

/** A bit field lies whole in its word. */
function* lintField(path: readonly string[], { type, area, bit, width, word }: ModbusPoint): Generator<Finding> {
  const inRegister = type === 'bit' && (area === 'holding' || area === 'input');
  for (const [field, value] of Object.entries({ width, word }))
    if (value !== undefined && !inRegister)
      yield finding([...path, field], value, `no ${field}: it belongs to type bit in a register area`);
  const last = word === 'u32' ? 31 : 15;
  if (inRegister && bit !== undefined && bit + (width ?? 1) - 1 > last)
    yield finding(
      [...path, width === undefined ? 'bit' : 'width'],
      width === undefined ? bit : `bits ${bit} to ${bit + width - 1}`,
      `bits 0 to ${last} of the word${word === 'u32' ? '' : ' (word: u32 has 32)'}`,
    );
}

/** Bits may share a register, and so may points that each derive their value from the same registers with a map. */
function lintOverlaps(model: ModbusModel): Finding[] {
  const base = model.modbus.addressBase;
  const spans = placesOf(model)
    .flatMap(({ path, place }) =>
      pointSpans(model, place).map(({ address, count }) => ({
        path,
        place,
        start: address + base,
        end: address + base + count,
      })),
    )
    .sort((a, b) => a.place.area.localeCompare(b.place.area) || a.start - b.start);
  return spans.flatMap((later, index) =>
    spans.slice(0, index).flatMap((earlier) => {
      if (earlier.place.area !== later.place.area || earlier.end <= later.start || mayShare(earlier.place, later.place))
        return [];
      return [
        finding(
          [...later.path, 'address'],
          later.start,
          `registers of its own; ${earlier.path[1]} takes ${earlier.start} to ${earlier.end - 1}`,
        ),
      ];
    }),
  );
}

function mayShare(a: ModbusPoint, b: ModbusPoint): boolean {
  if (a.address !== b.address || a.type !== b.type || a.word !== b.word) return false;
  if (a.type === 'bit') {
    const [first, second] = [a.bit ?? 0, b.bit ?? 0];
    if (first + (a.width ?? 1) <= second || second + (b.width ?? 1) <= first) return true;
  }
  return a.map !== undefined && b.map !== undefined && a.bit === b.bit && a.width === b.width;
}
