// Reads one device once, by the same driver that would read it for ever.
import { pointNames } from '@louwei/device-profiles';
import { pino } from 'pino';
import type { Reading } from '../points/reading.ts';
import type { DeviceState, Driver, DriverDefinition, DriverDevice, DriverHost } from './port.ts';

export const READ_ONCE_MS = 15_000;
const ONCE_MS = 86_400_000;

export interface ReadOnce {
  /** It answered with something that can be used. */
  readonly online: boolean;
  /** Why not, in words. */
  readonly reason: string | null;
  readonly durationMs: number;
  /** By point, as far as they came in time. */
  readonly readings: ReadonlyMap<string, Reading>;
}

export interface ReadOnceOptions {
  readonly dataDir: string;
  /** The driver that is running already, when there is one: it knows which lines are in use. */
  readonly running?: Driver | undefined;
  readonly wanted?: readonly string[];
  readonly withinMs?: number;
}

export async function readOnce(
  device: DriverDevice & { readonly driver: DriverDefinition },
  { dataDir, running, wanted = pointNames(device.model), withinMs = READ_ONCE_MS }: ReadOnceOptions,
): Promise<ReadOnce> {
  const readings = new Map<string, Reading>();
  const states: DeviceState[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const host: DriverHost = {
    now: Date.now,
    dataDir,
    log: pino({ level: 'silent' }),
    readings(_device, seen) {
      for (const reading of seen) readings.set(reading.point, reading);
      if (wanted.every((name) => readings.has(name))) finish();
    },
    state(_device, next) {
      states.push(next);
      if (!next.online) finish();
    },
  };
  const once = { ...device, pollMs: { fast: ONCE_MS, normal: ONCE_MS, slow: ONCE_MS } };
  const read = running?.readOnce?.(once, host) ?? device.driver.create([once], host);
  const startedMs = performance.now();
  const deadline = setTimeout(finish, withinMs);
  // A driver that is still starting, or never ends, must not hold up whoever asks.
  const started = read.start();
  await Promise.race([started.then(() => finished), finished]);
  clearTimeout(deadline);
  const durationMs = performance.now() - startedMs;
  await read.stop();
  const online = [...readings.values()].some(({ quality }) => quality === 'good');
  return { online, reason: online ? null : reasonOf(states.at(-1), readings, withinMs), durationMs, readings };
}

function reasonOf(state: DeviceState | undefined, readings: ReadonlyMap<string, Reading>, withinMs: number): string {
  if (state?.online === false) return state.reason;
  const [quality] = [...readings.values()].map((reading) => reading.quality);
  if (quality !== undefined) return state?.online === true ? `no point is good: ${quality}` : `no answer: ${quality}`;
  return `no answer within ${withinMs / 1000} s`;
}
