import type { Metric } from '@louwei/gateway/sparkplug';
import { describe, expect, it } from 'vitest';
import { isPointName, MAX_TEXT_LENGTH, readingOf } from './reading.ts';

const window = { oldestMs: 1_000, newestMs: 9_000 };
const metric = (fields: Partial<Metric>): Metric => ({
  type: 'Double',
  value: 1,
  timestampMs: 5_000,
  quality: 'good',
  ...fields,
});
const read = (fields: Partial<Metric>, name = 'pressure') => readingOf(metric(fields), name, 7, 6_000, window);

describe('reading', () => {
  it('turns states into numbers and keeps texts apart', () => {
    expect(read({ value: true })).toMatchObject({ value: 1, text: null, timeMs: 5_000, quality: 'good', seq: 7 });
    expect(read({ value: 'P2' })).toMatchObject({ value: null, text: 'P2' });
    expect(read({ value: null, quality: 'timeout' })).toMatchObject({ value: null, text: null, quality: 'timeout' });
  });

  it.each([[9_001], [999], [0], [4e15]])(
    'keeps a reading stated for %i under the time of its arrival',
    (timestampMs) => {
      expect(read({ timestampMs })).toMatchObject({
        timeMs: 6_000,
        statedTimeMs: timestampMs,
        quality: 'clock-suspect',
      });
      expect(read({ timestampMs, quality: 'timeout' })).toMatchObject({ timeMs: 6_000, quality: 'timeout' });
    },
  );

  it('leaves out a device time no calendar has', () => {
    expect(read({ deviceTimeMs: 1e17 })).toMatchObject({ deviceTimeMs: null });
  });

  it.each<[Partial<Metric>, string]>([
    [{ value: Number.POSITIVE_INFINITY }, 'pressure'],
    [{ value: null, unusable: 'not a finite number' }, 'pressure'],
    [{ value: 'x'.repeat(MAX_TEXT_LENGTH + 1) }, 'pressure'],
    [{ value: 'a\u0000b' }, 'pressure'],
    [{}, ''],
    [{}, 'n'.repeat(201)],
    [{}, 'a\nb'],
    [{}, 'Node Control/Rebirth'],
  ])('refuses %o as "%s" with a reason', (fields, name) => {
    expect(read(fields, name)).toMatchObject({ seq: 7, reason: expect.stringMatching(/./) });
  });

  it('knows which metrics only describe', () => {
    expect(['bdSeq', 'Properties/Class', 'Node Info/Dropped Through'].map(isPointName)).toEqual([false, false, false]);
    expect(isPointName('Supply Temp')).toBe(true);
  });
});
