// Reads one configured device once, by the same driver that would read it for ever.
import { pointNames } from '@louwei/device-profiles';
import { pino } from 'pino';
import type { DeviceState } from '../drivers/port.ts';
import type { Reading } from '../points/reading.ts';
import type { ConfiguredDevice } from './devices.ts';

const WITHIN_MS = 15_000;
const ONCE_MS = 86_400_000;

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
  const seen = new Map<string, Reading>();
  let state: DeviceState | null = null;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const once = { ...device, pollMs: { fast: ONCE_MS, normal: ONCE_MS, slow: ONCE_MS } };
  const driver = device.driver.create([once], {
    now: Date.now,
    dataDir,
    log: pino({ level: 'silent' }),
    readings(_device, readings) {
      for (const reading of readings) seen.set(reading.point, reading);
      if (wanted.every((name) => seen.has(name))) finish();
    },
    state(_device, next) {
      state = next;
      if (!next.online) finish();
    },
  });
  const deadline = setTimeout(finish, WITHIN_MS);
  await driver.start();
  await finished;
  clearTimeout(deadline);
  await driver.stop();
  say(`${device.id} (${device.model.model}), ${device.driver.describe(device.connection)}`);
  const reason = reasonOf(state);
  if (reason !== null) say(`  ${reason}`);
  for (const name of wanted) say(`  ${name}: ${shownOf(seen.get(name), device.class.points[name]?.unit)}`);
  return wanted.every((name) => seen.get(name)?.quality === 'good') ? 0 : 1;
}

const reasonOf = (state: DeviceState | null): string | null => (state === null || state.online ? null : state.reason);

function shownOf(reading: Reading | undefined, unit: string | undefined): string {
  if (reading === undefined) return `no reading within ${WITHIN_MS / 1000} s`;
  if (reading.value === null) return reading.quality;
  const shown = unit === undefined ? `${reading.value}` : `${reading.value} ${unit}`;
  return reading.quality === 'good' ? shown : `${shown} (${reading.quality})`;
}
