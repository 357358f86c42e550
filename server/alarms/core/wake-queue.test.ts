// The heap against sorting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWakeQueue } from './wake-queue.ts';

describe('wake queue', () => {
  it('gives everything due, earliest first, and keeps the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), fc.integer({ min: 0, max: 1000 }), (times, now) => {
        const queue = createWakeQueue<number>();
        for (const [index, time] of times.entries()) queue.push(time, index);
        const sorted = [...times].sort((a, b) => a - b);
        expect(queue.due(now).map((entry) => entry.atMs)).toEqual(sorted.filter((time) => time <= now));
        expect(queue.nextMs()).toBe(sorted.find((time) => time > now) ?? Number.POSITIVE_INFINITY);
      }),
    );
  });
});
