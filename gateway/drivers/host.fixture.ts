// A driver's host for tests: remembers readings and states, and waits for conditions with a deadline.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equipmentClass } from '@louwei/device-profiles';
import pino from 'pino';
import type { Reading } from '../points/reading.ts';
import type { DeviceState, DriverHost } from './port.ts';

export interface FixtureHost extends DriverHost {
  readonly received: { readonly device: string; readonly reading: Reading }[];
  readonly states: { readonly device: string; readonly state: DeviceState }[];
  /** By device, as the driver told it last. */
  readonly expected: Map<string, ReadonlyMap<string, number>>;
  readonly logged: string[];
  /** Every value of a point once: without the repetitions that only confirm the one before. */
  news(device: string, point: string): Reading[];
  latest(device: string, point: string): Reading | undefined;
  stateOf(device: string): DeviceState | undefined;
  dispose(): void;
}

export function fixtureHost(): FixtureHost {
  const dataDir = mkdtempSync(join(tmpdir(), 'louwei-driver-'));
  const received: { device: string; reading: Reading }[] = [];
  const states: { device: string; state: DeviceState }[] = [];
  const expected = new Map<string, ReadonlyMap<string, number>>();
  const logged: string[] = [];
  return {
    expected,
    received,
    states,
    logged,
    dataDir,
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    now: Date.now,
    readings(device, readings) {
      for (const reading of readings) received.push({ device, reading });
    },
    state(device, state) {
      states.push({ device, state });
    },
    expects(device, everyMs) {
      expected.set(device, everyMs);
    },
    news(device, point) {
      const all = received.flatMap((one) =>
        one.device === device && one.reading.point === point ? [one.reading] : [],
      );
      return all.filter((reading, at) => at === 0 || !isRepetition(all[at - 1], reading));
    },
    latest: (device, point) =>
      received.findLast((entry) => entry.device === device && entry.reading.point === point)?.reading,
    stateOf: (device) => states.findLast((entry) => entry.device === device)?.state,
    dispose: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

const isRepetition = (before: Reading | undefined, reading: Reading): boolean =>
  before?.value === reading.value && before.quality === reading.quality && before.deviceTimeMs === reading.deviceTimeMs;

export async function until(condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const both = (text: string) => ({ zh: text, en: text });

/** A class with a point of every kind. */
export const fixtureClass = equipmentClass.parse({
  class: 'test-pump',
  label: both('pump'),
  group: 'water',
  points: {
    running: { label: both('running'), kind: 'state', poll: 'fast' },
    pressure: { label: both('pressure'), kind: 'analog', unit: 'kPa', range: [0, 1000], poll: 'fast' },
    level: { label: both('level'), kind: 'analog', unit: 'm' },
    energy: { label: both('energy'), kind: 'counter', unit: 'kWh', poll: 'slow' },
    serial: { label: both('serial'), kind: 'text', poll: 'slow' },
  },
  faceplate: ['pressure'],
});

export const fixtureHeader = {
  label: both('pump'),
  class: 'test-pump',
  proof: 'example',
  sources: [{ title: 'test' }],
} as const;
