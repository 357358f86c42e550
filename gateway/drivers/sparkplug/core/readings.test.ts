import { sparkplugModel } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../uplink/sparkplug/payload.ts';
import { fixtureHeader } from '../../host.fixture.ts';
import { commandMetric } from './command.ts';
import { declaredIn } from './declared.ts';
import { awaited, BIRTH_PATIENCE_MS, BORN, gone, UNKNOWN, waited } from './presence.ts';
import { absentIn, pointsByMetric, readingsOf } from './readings.ts';

const NOW = Date.UTC(2026, 5, 1);
const write = { range: [0, 100], readBack: { point: 'level', withinS: 5 } };
const model = sparkplugModel.parse({
  ...fixtureHeader,
  model: 'test/sparkplug',
  protocol: 'sparkplug',
  points: {
    running: { metric: 'Mode', map: { Off: 0, On: 1, Auto: 1 } },
    serial: { metric: 'Mode' },
    level: { metric: 'Level', scale: 0.1, sentinels: { '65535': 'sensor-open' }, write },
    pressure: { metric: 'Set', write },
  },
  examples: [{ point: 'level', raw: 12, value: 1.2 }],
});
const kinds = { running: 'state', serial: 'text', level: 'analog', pressure: 'analog' } as const;
const points = pointsByMetric(model, (point) => kinds[point as keyof typeof kinds]);
const metric = (fields: Partial<Metric>): Metric => ({
  type: 'Double',
  value: 1,
  timestampMs: NOW,
  quality: 'good',
  ...fields,
});
const read = (name: string, fields: Partial<Metric>, datatype?: number) =>
  readingsOf(points, [{ name, datatype, metric: metric(fields) }], NOW);

describe('readings of metrics', () => {
  it('reads one metric into every point that names it, and ignores the others', () => {
    expect(read('Mode', { value: 'Auto' }).readings).toMatchObject([
      { point: 'running', value: 1, quality: 'good' },
      { point: 'serial', value: 'Auto', quality: 'good' },
    ]);
    expect(read('Nothing', {}).readings).toEqual([]);
  });

  it('scales, knows the sentinels, and calls a value out of its type’s range a decode error', () => {
    expect(read('Level', { value: 123 }, 6).readings[0]).toMatchObject({ value: 12.3, quality: 'good' });
    expect(read('Level', { value: 65_535 }, 6).readings[0]).toMatchObject({ value: null, quality: 'sensor-open' });
    expect(read('Level', { value: 70_000 }, 6)).toMatchObject({
      readings: [{ value: null, quality: 'decode-error' }],
      fault: { point: 'level', words: '70000 is not UInt16' },
    });
  });

  it('knows NaN for the mark of no value that it is', () => {
    const seen = read('Level', { value: null, unusable: 'not a finite number' }, 9);
    expect(seen).toMatchObject({ readings: [{ value: null, quality: 'sentinel' }], fault: null });
  });

  it('never makes the sender’s bad quality better, nor a decode error a mere doubt', () => {
    expect(read('Level', { value: 5, quality: 'stale' }).readings[0]?.quality).toBe('stale');
    expect(read('Level', { value: null, quality: 'sensor-fault' }).readings[0]?.quality).toBe('sensor-fault');
    expect(read('Level', { value: 'x', quality: 'stale' }).readings[0]?.quality).toBe('decode-error');
    expect(read('Level', { value: null }).readings[0]?.quality).toBe('not-present');
  });

  it('gives the past its own time, never a fresher one, and never calls it good', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * NOW }), (timestampMs) => {
        const { readings, historical } = read('Level', { historical: true, timestampMs });
        expect(readings).toEqual([]);
        const [past] = historical;
        expect(past?.quality).toBe('stale');
        expect(past?.gatewayTimeMs).toBeLessThanOrEqual(NOW);
        const isSet = timestampMs >= Date.UTC(2000, 0, 1);
        expect(past?.gatewayTimeMs).toBe(isSet ? Math.min(NOW, timestampMs) : NOW);
      }),
    );
  });

  it('passes the metric’s time on as the device’s, and none where there is none', () => {
    expect(read('Level', { timestampMs: NOW - 5 }).readings[0]?.deviceTimeMs).toBe(NOW - 5);
    expect(read('Level', { timestampMs: 0 }).readings[0]).not.toHaveProperty('deviceTimeMs');
    expect(read('Level', { timestampMs: NOW, deviceTimeMs: 7 }).readings[0]?.deviceTimeMs).toBe(7);
  });

  it('calls what the birth does not declare not present', () => {
    const absent = absentIn(points, [{ name: 'Mode', datatype: 12, metric: metric({}) }], NOW);
    expect(absent.map(({ point, quality }) => `${point} ${quality}`)).toEqual([
      'level not-present',
      'pressure not-present',
    ]);
  });
});

describe('presence', () => {
  it('waits for a birth, then says that none came; only a birth ends that', () => {
    const waiting = awaited(UNKNOWN, 100);
    expect(awaited(waiting, 900)).toBe(waiting);
    expect(waited(waiting, 99 + BIRTH_PATIENCE_MS, 'g/n')).toBe(waiting);
    expect(waited(waiting, 100 + BIRTH_PATIENCE_MS, 'g/n')).toEqual(gone('no birth certificate of g/n within 10 s'));
    expect(waited(BORN, 1e9, 'g/n')).toBe(BORN);
    expect(waited(gone('x'), 1e9, 'g/n')).toEqual(gone('x'));
  });
});

describe('command', () => {
  const told = (datatype: number, point: string, value: number) =>
    commandMetric(
      model,
      declaredIn([metric({ name: 'Level', alias: 4, datatype }), metric({ name: 'Set', datatype })]),
      point,
      value,
    );

  it('tells the raw value in the type of the birth, by alias where there is one', () => {
    expect(told(6, 'level', 1.2)).toEqual({ name: 'Level', alias: 4, datatype: 6, value: 12 });
    expect(told(10, 'pressure', 1.25)).toEqual({ name: 'Set', alias: undefined, datatype: 10, value: 1.25 });
    expect(told(11, 'pressure', 0)).toMatchObject({ value: false });
    expect(told(1, 'pressure', -3)).toMatchObject({ value: -3 });
  });

  it('says why it cannot', () => {
    expect(told(5, 'pressure', 300)).toContain('does not fit metric Set, which is UInt8');
    expect(told(5, 'pressure', 1.5)).toContain('would become 2');
    expect(told(12, 'pressure', 1)).toContain('no number and no state');
    expect(told(5, 'running', 1)).toContain('read-only');
    expect(commandMetric(model, undefined, 'level', 1)).toBe('the device has not been born');
    expect(commandMetric(model, declaredIn([]), 'level', 1)).toContain('no metric Level');
  });
});
