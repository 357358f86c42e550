// Modbus addresses of a model: types that fit their area, registers that do not overlap, reads the product can answer.
import { rawRange, registerCount, wireAddress } from '../../decode/core/registers.ts';
import type { ModbusModel, ModbusPoint } from '../../schema/model.ts';
import { type Finding, finding } from './finding.ts';

export function lintModbus(model: ModbusModel): Finding[] {
  const own = Object.entries(model.points).flatMap(([name, point]) => [...lintPoint(['points', name], point, model)]);
  return [...own, ...lintOverlaps(model)];
}

function* lintPoint(path: readonly string[], point: ModbusPoint, model: ModbusModel): Generator<Finding> {
  const bitArea = point.area === 'coil' || point.area === 'discrete';
  if (bitArea && point.type !== 'bit') yield finding([...path, 'type'], point.type, `bit in the area ${point.area}`);
  if (!bitArea && point.type === 'bit' && point.bit === undefined)
    yield finding([...path, 'bit'], undefined, `which bit of the ${point.area} register, 0 to 15`);
  if (point.bit !== undefined && (bitArea || point.type !== 'bit'))
    yield finding([...path, 'bit'], point.bit, 'no bit: it belongs to type bit in a register area');
  if (point.type === 'text' && point.length === undefined)
    yield finding([...path, 'length'], undefined, 'the number of registers of the text');
  if (point.type !== 'text' && point.length !== undefined)
    yield finding([...path, 'length'], point.length, 'no length: it belongs to type text');
  if (point.type === 'bit' && point.wordOrder !== undefined)
    yield finding([...path, 'wordOrder'], point.wordOrder, 'no word order on a bit');
  const start = wireAddress(model, point);
  const count = registerCount(point);
  if (start < 0 || start + count > 0x1_0000)
    yield finding(
      [...path, 'address'],
      point.address,
      `${model.modbus.addressBase} to ${0x1_0000 - count + model.modbus.addressBase} with addressBase ${model.modbus.addressBase}`,
    );
  if (count > model.modbus.maxRegistersPerRead)
    yield finding(
      [...path, point.type === 'text' ? 'length' : 'type'],
      `${count} registers`,
      `at most maxRegistersPerRead ${model.modbus.maxRegistersPerRead}`,
    );
  const range = rawRange(point.type);
  for (const raw of Object.keys(point.sentinels ?? {}))
    if (range !== null && (Number(raw) < range[0] || Number(raw) > range[1] + 2048 * Number(range[1] > 2 ** 53)))
      yield finding([...path, 'sentinels', raw], raw, `a raw value of type ${point.type}: ${range[0]} to ${range[1]}`);
}

/** Bits may share a register, and so may points that each derive their value from the same registers with a map. */
function lintOverlaps(model: ModbusModel): Finding[] {
  const spans = Object.entries(model.points)
    .map(([name, point]) => ({ name, point, start: point.address, end: point.address + registerCount(point) }))
    .sort((a, b) => a.point.area.localeCompare(b.point.area) || a.start - b.start);
  return spans.flatMap((later, index) =>
    spans.slice(0, index).flatMap((earlier) => {
      if (earlier.point.area !== later.point.area || earlier.end <= later.start || mayShare(earlier.point, later.point))
        return [];
      return [
        finding(
          ['points', later.name, 'address'],
          later.point.address,
          `registers of its own; ${earlier.name} takes ${earlier.start} to ${earlier.end - 1}`,
        ),
      ];
    }),
  );
}

function mayShare(a: ModbusPoint, b: ModbusPoint): boolean {
  if (a.type === 'bit' && b.type === 'bit' && a.bit !== b.bit) return true;
  return a.map !== undefined && b.map !== undefined && a.address === b.address && a.type === b.type;
}
