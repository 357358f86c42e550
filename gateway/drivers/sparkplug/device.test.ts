// A Sparkplug device on a fake clock: what is confirmed, what is not, and what is said when it goes.
import { sparkplugModel } from '@louwei/device-profiles';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../points/reading.ts';
import { fixtureClass, fixtureHeader } from '../host.fixture.ts';
import type { DeviceState } from '../port.ts';
import { sparkplugConnection } from './connection.ts';
import type { NamedMetric } from './core/declared.ts';
import { createSparkplugDevice } from './device.ts';

const START_MS = Date.UTC(2026, 5, 1);

function setup(expectEveryS?: number) {
  const model = sparkplugModel.parse({
    ...fixtureHeader,
    model: 'test/sparkplug',
    protocol: 'sparkplug',
    sparkplug: { expectEveryS },
    points: { pressure: { metric: 'P' }, level: { metric: 'L' } },
    examples: [{ point: 'level', raw: 1, value: 1 }],
  });
  const connection = sparkplugConnection.parse({ url: 'mqtt://plant', group: 'g', edgeNode: 'n', device: 'd' });
  const clock = { ms: 0, offMs: 0 };
  const readings: Reading[] = [];
  const states: DeviceState[] = [];
  const device = createSparkplugDevice(
    { id: 'P-1', model, class: fixtureClass, connection, pollMs: { fast: 1, normal: 1, slow: 1 } },
    {
      readings: (_id, told) => void readings.push(...told),
      state: (_id, state) => void states.push(state),
      log: pino({ level: 'silent' }),
      now: () => START_MS + clock.ms + clock.offMs,
      dataDir: '',
    },
    () => clock.ms,
  );
  return {
    device,
    readings,
    states,
    clock,
    at(ms: number) {
      clock.ms = ms;
      return device;
    },
    tick(ms: number, aliveMs = ms): Reading[] {
      clock.ms = ms;
      const before = readings.length;
      device.tick(ms - aliveMs);
      return readings.slice(before);
    },
  };
}
const metric = (name: string, value: number, fields: Partial<NamedMetric['metric']> = {}): NamedMetric => ({
  name,
  datatype: 10,
  metric: { type: 'Double', value, timestampMs: START_MS, quality: 'good', ...fields },
});

describe('Sparkplug device', () => {
  it('reads quiet points anew with the time of the broker’s last word, and the old device time', () => {
    const { at, tick } = setup();
    at(0).born([metric('P', 1), metric('L', 2)]);
    at(6_000).data([metric('P', 3)]);
    expect(tick(9_900)).toEqual([]);
    const confirmed = { point: 'level', value: 2, quality: 'good', deviceTimeMs: START_MS };
    expect(tick(12_000, 11_000)).toEqual([{ ...confirmed, gatewayTimeMs: START_MS + 11_000 }]);
    expect(tick(15_000, 11_000)).toEqual([]);
    expect(tick(17_000).map(({ point }) => point)).toEqual(['pressure']);
  });

  it('goes on confirming when the clock is set back', () => {
    const { at, tick, clock } = setup();
    at(0).born([metric('P', 1), metric('L', 2)]);
    clock.offMs = -3_600_000;
    expect(tick(10_500).map(({ gatewayTimeMs }) => gatewayTimeMs - START_MS)).toEqual([-3_589_500, -3_589_500]);
  });

  it('confirms nothing while a birth is awaited, nor where the product speaks on a schedule', () => {
    const quiet = setup();
    quiet.at(0).born([metric('P', 1), metric('L', 2)]);
    quiet.at(5_000).awaited();
    expect(quiet.tick(14_000)).toEqual([]);
    const scheduled = setup(60);
    scheduled.at(0).born([metric('P', 1), metric('L', 2)]);
    expect(scheduled.tick(100_000)).toEqual([]);
  });

  it('shows the present again after the past, and only the past where nothing else is known', () => {
    const { at, readings } = setup();
    const past = metric('P', 9, { historical: true, timestampMs: START_MS - 60_000 });
    at(0).born([metric('P', 1)]);
    readings.length = 0;
    at(1_000).data([past]);
    expect(readings).toEqual([
      {
        point: 'pressure',
        value: 9,
        quality: 'stale',
        gatewayTimeMs: START_MS - 60_000,
        deviceTimeMs: START_MS - 60_000,
      },
      { point: 'pressure', value: 1, quality: 'good', gatewayTimeMs: START_MS + 1_000, deviceTimeMs: START_MS },
    ]);
    const scheduled = setup(60);
    scheduled.at(0).born([metric('P', 1)]);
    scheduled.at(1_000).data([past]);
    expect(scheduled.readings.at(-1)).toMatchObject({ value: 1, quality: 'good', gatewayTimeMs: START_MS });
    const fresh = setup();
    fresh.at(0).born([past]);
    expect(fresh.readings.filter(({ point }) => point === 'pressure')).toMatchObject([{ value: 9, quality: 'stale' }]);
    expect(fresh.tick(20_000).map(({ point }) => point)).toEqual(['level']);
  });

  it('is bad point by point, then offline with the reason; a new reason is told, the same one is not', () => {
    const { at, tick, device, readings, states } = setup();
    at(0).born([metric('P', 1), metric('L', 2)]);
    readings.length = 0;
    device.gone('death certificate of d');
    expect(readings.map(({ point, quality }) => `${point} ${quality}`)).toEqual([
      'pressure not-connected',
      'level not-connected',
    ]);
    device.gone('death certificate of d');
    device.gone('field broker lost');
    device.awaited();
    tick(10_000);
    expect(states).toEqual([
      { online: true },
      { online: false, reason: 'death certificate of d' },
      { online: false, reason: 'field broker lost' },
      { online: false, reason: 'no birth certificate of g/n/d within 10 s' },
    ]);
  });
});
