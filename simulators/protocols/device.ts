// What a protocol server sees of a simulated device: how its model speaks and what its plant shows right now.
import type { DeviceModel } from '@louwei/device-profiles';
import type { PointValue, PointValues } from '../plant/plant.ts';
import type { Nuisance } from './nuisance.ts';

export interface SimulatedDevice<Model extends DeviceModel = DeviceModel> {
  readonly id: string;
  readonly model: Model;
  /** Values of the class's points, in the class's units, as of the last step of the physics. */
  values(): PointValues;
  /** Grows with every step, so that what was derived from the values can be kept until then. */
  version(): number;
  /** True while the device does not answer. */
  offline(): boolean;
  /** Whether the device has the nuisance right now; absent for a device without any. */
  has?(nuisance: Nuisance): boolean;
  /** Takes a value for a point that its model allows to be written, in the unit of the class. */
  command?(point: string, value: number): void;
}

interface Conversion {
  readonly map?: Readonly<Record<string, number>> | undefined;
  readonly scale?: number | undefined;
  readonly offset?: number | undefined;
}

/** What the product itself would send for a value of the class: map, scale and offset of its model backwards. */
export function spoken(conversion: Conversion, value: PointValue): PointValue {
  if (value === null) return null;
  const { map, scale = 1, offset = 0 } = conversion;
  if (map === undefined && scale === 1 && offset === 0) return value;
  const raw = (Number(value) - offset) / scale;
  if (map === undefined) return raw;
  const text = Object.entries(map).find(([, mapped]) => mapped === raw)?.[0];
  if (text === undefined) return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}
