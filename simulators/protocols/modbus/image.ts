// The registers and bits one device holds, laid out by its model from the values of its plant.
import { encodeRegisters, type ModbusModel, type ModbusPoint, pointSpans, shownIn } from '@louwei/device-profiles';
import type { PointValue } from '../../plant/plant.ts';
import type { SimulatedDevice } from '../device.ts';

type Area = ModbusPoint['area'];
type Image = Readonly<Record<Area, ReadonlyMap<number, number>>>;

/** @returns the device's memory; it is laid out anew at the first question after a step of the physics. */
export function registerImage(device: SimulatedDevice<ModbusModel>): (area: Area) => ReadonlyMap<number, number> {
  let image: Image | undefined;
  let version = -1;
  return (area) => {
    if (image === undefined || version !== device.version()) {
      version = device.version();
      image = layOut(device);
    }
    return image[area];
  };
}

function layOut(device: SimulatedDevice<ModbusModel>): Image {
  const areas = {
    coil: new Map<number, number>(),
    discrete: new Map<number, number>(),
    holding: new Map<number, number>(),
    input: new Map<number, number>(),
  };
  const { model } = device;
  const values = device.values();
  const write = (place: ModbusPoint, value: PointValue): void => {
    const memory = areas[place.area];
    const words = encode(place, model, value);
    let at = 0;
    for (const { address, count } of pointSpans(model, place)) {
      for (let own = address; own < address + count; own++) {
        const word = words[at++] ?? 0;
        // Bits of one register belong to several points.
        memory.set(own, place.type === 'bit' ? (memory.get(own) ?? 0) | word : word);
      }
    }
  };
  const numberOf = (point: string): number | null => {
    const value = values[point] ?? null;
    return value === null ? null : Number(value);
  };
  for (const [name, place] of Object.entries(model.points)) write(place, values[name] ?? null);
  for (const [name, input] of Object.entries(model.inputs)) write(input, shownIn(model, name, numberOf));
  return areas;
}

function encode(point: ModbusPoint, model: ModbusModel, value: PointValue): number[] {
  const known = typeof value === 'boolean' ? Number(value) : value;
  // A product without a marker for "no value" shows zero when its sensor is gone.
  const hasMarker = point.sentinels !== undefined || point.type === 'f32' || point.type === 'f64';
  const told = known === null && !hasMarker ? 0 : known;
  return encodeRegisters(point, model.modbus.wordOrder, typeof told === 'number' ? sayable(point, told) : told);
}

/** A product that has fewer states than its class shows the one before: pre-start while the engine is cranked. */
function sayable({ map }: ModbusPoint, value: number): number {
  const known = Object.values(map ?? {});
  if (known.length === 0 || known.includes(value)) return value;
  const before = known.filter((one) => one < value);
  return before.length > 0 ? Math.max(...before) : Math.min(...known);
}
