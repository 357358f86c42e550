import { equipmentClass, mqttModel } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import { createPointPipeline } from './pipeline.ts';
import type { Reading, Sample } from './reading.ts';

const both = { zh: '泵', en: 'pump' };
const device = {
  id: 'P-1',
  class: equipmentClass.parse({
    class: 'pump',
    label: both,
    group: 'water',
    points: { running: { label: both, kind: 'state' }, level: { label: both, kind: 'analog', deadband: 1 } },
    faceplate: ['level'],
  }),
  model: mqttModel.parse({
    model: 'test/pump',
    label: both,
    class: 'pump',
    proof: 'example',
    sources: [{ title: 'test' }],
    protocol: 'mqtt',
    mqtt: { expectEveryS: 10 },
    points: { running: { topic: 'r' }, level: { topic: 'l' } },
    examples: [{ point: 'level', payload: '1', value: 1 }],
  }),
  pollMs: { fast: 1000, normal: 5000, slow: 60_000 },
};

function setUp() {
  let nowMs = 1_000_000;
  let steadyMs = 0;
  const batches: Sample[][] = [];
  const pipeline = createPointPipeline({
    devices: [device],
    sink: (samples) => batches.push(samples),
    now: () => nowMs,
    steady: () => steadyMs,
  });
  const read = (point: string, value: Reading['value'], quality: Reading['quality'] = 'good'): Reading => ({
    point,
    value,
    quality,
    gatewayTimeMs: nowMs,
  });
  return {
    pipeline,
    batches,
    read,
    pass: (ms: number) => {
      nowMs += ms;
      steadyMs += ms;
      return nowMs;
    },
    /** Somebody sets the wall clock. */
    step: (ms: number) => {
      nowMs += ms;
      return nowMs;
    },
  };
}

describe('a wall clock that is set (F31)', () => {
  const HOUR = 3_600_000;
  it.each([HOUR, -HOUR, 25 * HOUR, -40 * 365 * 24 * HOUR])(
    'by %i ms makes nothing stale, and hides no silence',
    (by) => {
      const { pipeline, batches, read, pass, step } = setUp();
      pipeline.state('P-1', { online: true });
      pipeline.readings('P-1', [read('level', 5)]);
      pass(1000);
      batches.length = 0;
      pipeline.tick(step(by));
      expect(batches).toEqual([]);
      // The same value says nothing new after a step either.
      pipeline.readings('P-1', [read('level', 5)]);
      expect(batches).toEqual([]);
      pipeline.tick(pass(29_000));
      expect(batches).toEqual([]);
      pipeline.tick(pass(2_000));
      expect(batches.flat()).toMatchObject([{ point: 'level', value: 5, quality: 'stale' }]);
    },
  );
});

describe('point pipeline', () => {
  it('sends what is news in one batch, addressed to the device, and ignores strangers', () => {
    const { pipeline, batches, read } = setUp();
    pipeline.readings('P-1', [read('level', 5), read('running', 1), read('stranger', 1)]);
    pipeline.readings('P-1', [read('level', 5.5), read('running', 1)]);
    pipeline.readings('P-2', [read('level', 5)]);
    expect(batches.map((batch) => batch.map(({ device, point, value }) => [device, point, value]))).toEqual([
      [
        ['P-1', 'level', 5],
        ['P-1', 'running', 1],
      ],
    ]);
  });

  it('turns the state of the device into its comm point, at the start and on change', () => {
    const { pipeline, batches } = setUp();
    pipeline.state('P-1', { online: true });
    pipeline.state('P-1', { online: true });
    pipeline.state('P-1', { online: false, reason: 'no answer' });
    pipeline.state('P-1', { online: false, reason: 'connection refused' });
    expect(batches.flat().map(({ point, value }) => [point, value])).toEqual([
      ['comm', true],
      ['comm', false],
    ]);
    expect(pipeline.offlineReason('P-1')).toBe('connection refused');
  });

  it('says again every minute that the device answers, with the present time, so that nobody takes it for stale', () => {
    const { pipeline, batches, pass } = setUp();
    pipeline.tick(pass(120_000));
    pipeline.state('P-1', { online: true });
    pipeline.tick(pass(59_999));
    expect(batches).toHaveLength(1);
    pipeline.tick(pass(1));
    pipeline.tick(pass(1));
    expect(batches).toHaveLength(2);
    expect(batches[1]).toEqual([
      { device: 'P-1', point: 'comm', value: true, quality: 'good', gatewayTimeMs: 1_180_000 },
    ]);
  });

  it('marks silent points stale by the declared schedule, once', () => {
    const { pipeline, batches, read, pass } = setUp();
    pipeline.readings('P-1', [read('level', 5)]);
    pipeline.tick(pass(29_999));
    expect(batches).toHaveLength(1);
    pipeline.tick(pass(1));
    pipeline.tick(pass(30_000));
    expect(batches).toHaveLength(2);
    expect(batches[1]).toEqual([
      { device: 'P-1', point: 'level', value: 5, quality: 'stale', gatewayTimeMs: 1_000_000 },
    ]);
  });

  it('knows all points for a birth, the newest value of each, and admits what was never read', () => {
    const { pipeline, read, pass } = setUp();
    pipeline.readings('P-1', [read('level', 5)]);
    pass(1000);
    pipeline.readings('P-1', [read('level', 5.2)]);
    expect(pipeline.current('P-1')).toEqual([
      { device: 'P-1', point: 'comm', value: null, quality: 'not-connected', gatewayTimeMs: 1_000_000 },
      { device: 'P-1', point: 'running', value: null, quality: 'not-connected', gatewayTimeMs: 1_000_000 },
      { device: 'P-1', point: 'level', value: 5.2, quality: 'good', gatewayTimeMs: 1_001_000 },
    ]);
    expect(pipeline.current('P-2')).toEqual([]);
  });

  it('keeps what it knows of a device when the devices change, and begins anew with one that is read in another way', () => {
    let nowMs = 1_000_000;
    const kept: Sample[] = [];
    const pipeline = createPointPipeline({
      devices: [device, { ...device, id: 'P-2' }],
      sink: (samples) => kept.push(...samples),
      now: () => nowMs,
    });
    const level = (id: string, value: number): number => {
      const before = kept.length;
      pipeline.readings(id, [{ point: 'level', value, quality: 'good', gatewayTimeMs: nowMs }]);
      return kept.length - before;
    };
    pipeline.state('P-1', { online: true });
    expect([level('P-1', 20), level('P-2', 20)]).toEqual([1, 1]);
    const wide = { ...device, report: { level: { deadband: 5 } } };
    pipeline.update([wide, { ...device, id: 'P-2' }, { ...device, id: 'P-3' }], new Set(['P-2']));
    nowMs += 1_000;
    expect([level('P-1', 23), level('P-1', 25), level('P-2', 20.1), level('P-3', 20.1)]).toEqual([0, 1, 1, 1]);
    pipeline.state('P-1', { online: true });
    expect(kept.filter(({ device: id, point }) => id === 'P-1' && point === 'comm')).toHaveLength(1);
    // The clock of silence runs on: three times 10 s after the last reading, not after the change.
    nowMs += 29_000;
    pipeline.update([wide], new Set());
    nowMs += 1_000;
    pipeline.tick(nowMs);
    expect(pipeline.current('P-1').find(({ point }) => point === 'level')?.quality).toBe('stale');
    expect(pipeline.current('P-3')).toEqual([]);
    expect(level('P-3', 99)).toBe(0);
  });

  it('judges silence by what the line grants where that is slower, also after new rules', () => {
    const { pipeline, batches, read, pass } = setUp();
    pipeline.expects('P-1', new Map([['level', 60_000]]));
    pipeline.readings('P-1', [read('level', 1), read('running', 1)]);
    pipeline.tick(pass(30_000));
    expect(batches.flat().map(({ point, quality }) => [point, quality])).toEqual([
      ['level', 'good'],
      ['running', 'good'],
      ['running', 'stale'],
    ]);
    pipeline.update([device], new Set());
    pipeline.tick(pass(149_999));
    expect(batches.flat()).toHaveLength(3);
    pipeline.tick(pass(1));
    expect(batches.flat().at(-1)).toMatchObject({ point: 'level', value: 1, quality: 'stale' });
  });

  it('never expects more than the configuration declares, and forgets what a line granted when it is read in another way', () => {
    const { pipeline, batches, read, pass } = setUp();
    pipeline.expects('P-1', new Map([['level', 1000]]));
    pipeline.readings('P-1', [read('level', 1)]);
    pipeline.tick(pass(29_999));
    expect(batches.flat()).toHaveLength(1);
    pipeline.expects('P-1', new Map([['level', 60_000]]));
    pipeline.update([device], new Set(['P-1']));
    pipeline.readings('P-1', [read('level', 1)]);
    pipeline.tick(pass(30_000));
    expect(batches.flat().at(-1)).toMatchObject({ point: 'level', quality: 'stale' });
  });
});
