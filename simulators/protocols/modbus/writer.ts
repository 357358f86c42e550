// A write to a device: the point of the model at that place takes the value, as far as the model allows it.
import { decodeRegisters, type ModbusModel, pointSpans, writeValueFault } from '@louwei/device-profiles';
import type { SimulatedDevice } from '../device.ts';
import type { TakeWords } from './answer.ts';

/** @returns undefined for a product without a point that can be written. */
export function writer(device: SimulatedDevice<ModbusModel>): TakeWords | undefined {
  const { model } = device;
  if (Object.values(model.points).every(({ write }) => write === undefined)) return undefined;
  return (area, address, words) => {
    const found = Object.entries(model.points).find(([, point]) => {
      const span = pointSpans(model, point)[0];
      return (
        point.write !== undefined && span?.area === area && span.address === address && span.count === words.length
      );
    });
    if (found === undefined) return false;
    const [name, point] = found;
    const { value } = decodeRegisters(point, model.modbus.wordOrder, words);
    if (point.write === undefined || typeof value !== 'number') return false;
    // A 32-bit float carries seven digits of the decimal that was meant.
    const told = Number(value.toPrecision(7));
    if (writeValueFault(point.write, told) !== null) return false;
    device.command?.(name, told);
    return true;
  };
}
