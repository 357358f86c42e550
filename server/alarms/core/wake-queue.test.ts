// The heap against sorting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWakeQueue } from './wake-queue.ts';

describe('wake queue', () => {
  it('gives everything due, earliest first, and keeps the rest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), fc.integer({ min: 0, max: 1000 }), (times, now) => {
        const queue = createWakeQueue<{ id: string }>();
        for (const time of times) queue.push(time, { id: 'a' });
        const sorted = [...times].sort((a, b) => a - b);
        expect(queue.due(now).map((entry) => entry.atMs)).toEqual(sorted.filter((time) => time <= now));
        expect(queue.nextMs()).toBe(sorted.find((time) => time > now) ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('gives what falls on the same moment by id, in whatever order it was pushed', () => {
    const entry = fc.record({ atMs: fc.integer({ min: 0, max: 5 }), id: fc.string() });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ id }) => id }), fc.array(fc.nat()), (entries, weights) => {
        const drawn = (pushed: typeof entries) => {
          const queue = createWakeQueue<{ id: string }>();
          for (const { atMs, id } of pushed) queue.push(atMs, { id });
          return queue.due(5).map(({ atMs, item }) => `${atMs} ${item.id}`);
        };
        const shuffled = entries
          .map((one, index) => ({ one, weight: weights[index] ?? 0 }))
          .sort((a, b) => a.weight - b.weight)
          .map(({ one }) => one);
        expect(drawn(shuffled)).toEqual(drawn(entries));
      }),
    );
  });
});
