import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askedIntervals, expectedEveryMs, keepAliveCount, slowerPublishing, slowerSampling } from './granted.ts';

const asked = askedIntervals(1000, 500);

it('says nothing of what is as asked, faster, or off by rounding', () => {
  expect(slowerPublishing(asked, asked)).toBeNull();
  expect(slowerPublishing(asked, { publishingMs: 1001, keepAliveMs: 2000, samplingMs: 0 })).toBeNull();
  expect(
    slowerSampling(asked, [
      ['a', 500],
      ['b', 100],
    ]),
  ).toEqual([]);
  expect(slowerSampling(askedIntervals(1000, 0), [['a', 1000]])).toEqual([]);
});

it('says what is slower, and for which points', () => {
  expect(slowerPublishing(asked, { publishingMs: 60_000, keepAliveMs: 60_000, samplingMs: 500 })).toBe(
    'the server is slower than asked: publishing every 60 s instead of 1 s, keep-alive every 60 s instead of 5 s',
  );
  const points = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name): [string, number] => [name, 15_000]);
  expect(slowerSampling(asked, [...points, ['x', 2000], ['y', 500]])).toEqual([
    'the server samples every 15 s instead of 0.5 s: a, b, c, d, e and 2 more',
    'the server samples every 2 s instead of 0.5 s: x',
  ]);
});

const ms = fc.integer({ min: 50, max: 3_600_000 });

it('expects no point more often than any of its intervals, and asks for a keep-alive in 5 s or each time', () => {
  fc.assert(
    fc.property(ms, ms, ms, (publishingMs, keepAliveMs, samplingMs) => {
      const everyMs = expectedEveryMs({ publishingMs, keepAliveMs, samplingMs });
      expect([publishingMs, keepAliveMs, samplingMs]).toContain(everyMs);
      expect(everyMs).toBeGreaterThanOrEqual(Math.max(publishingMs, keepAliveMs, samplingMs));
      const count = keepAliveCount(publishingMs);
      expect(count === 1 || count * publishingMs <= 5000).toBe(true);
    }),
  );
});
