// Reads one configured device once and prints what it says.
import { pointNames } from '@louwei/device-profiles';
import { READ_ONCE_MS, readOnce } from '../drivers/read-once.ts';
import type { Reading } from '../points/reading.ts';
import type { ConfiguredDevice } from './devices.ts';

/** @throws RangeError when the model has no such point. */
export async function readDevice(
  device: ConfiguredDevice,
  point: string | undefined,
  dataDir: string,
  say: (line: string) => void,
): Promise<number> {
  const all = pointNames(device.model);
  if (point !== undefined && !all.includes(point))
    throw new RangeError(`${device.id} (${device.model.model}) has no point ${point}; it has: ${all.join(', ')}`);
  const wanted = point === undefined ? all : [point];
  const { readings, reason } = await readOnce(device, { dataDir, wanted });
  say(`${device.id} (${device.model.model}), ${device.driver.describe(device.connection)}`);
  if (reason !== null) say(`  ${reason}`);
  for (const name of wanted) say(`  ${name}: ${shownOf(readings.get(name), device.class.points[name]?.unit)}`);
  return wanted.every((name) => readings.get(name)?.quality === 'good') ? 0 : 1;
}

function shownOf(reading: Reading | undefined, unit: string | undefined): string {
  if (reading === undefined) return `no reading within ${READ_ONCE_MS / 1000} s`;
  if (reading.value === null) return reading.quality;
  const shown = unit === undefined ? `${reading.value}` : `${reading.value} ${unit}`;
  return reading.quality === 'good' ? shown : `${shown} (${reading.quality})`;
}
