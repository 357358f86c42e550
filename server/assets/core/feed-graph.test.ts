// Reaching through the graph of feeds, and circles in it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { circle, type Feed, fedBy, feedersOf } from './feed-graph.ts';

const feed = (feederId: string, fedId: string, medium: Feed['medium'] = 'power'): Feed => ({ feederId, fedId, medium });

describe('feeds', () => {
  const feeds = [feed('TR', 'LP'), feed('LP', 'EL'), feed('LP', 'SP'), feed('WT', 'SP', 'water')];

  it('reach through what is fed in turn, one medium at a time', () => {
    expect(fedBy(feeds, 'TR', 'power')).toEqual(['LP', 'EL', 'SP']);
    expect(feedersOf(feeds, 'SP', 'power')).toEqual(['LP', 'TR']);
    expect(feedersOf(feeds, 'SP', 'water')).toEqual(['WT']);
    expect(fedBy(feeds, 'TR', 'heat')).toEqual([]);
  });

  it('have no circle until one is closed', () => {
    expect(circle(feeds)).toBeNull();
    expect(circle([...feeds, feed('EL', 'TR', 'water')])).toEqual(feed('TR', 'LP'));
    expect(circle([...feeds, feed('EL', 'TR')])).toEqual(feed('TR', 'LP'));
    expect(circle([feed('A', 'A')])).toEqual(feed('A', 'A'));
  });

  it('I16, for any graph: whatever is accepted has an order in which causes come before their consequences', () => {
    const id = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const graph = fc.array(fc.record({ feederId: id, fedId: id, medium: fc.constantFrom('power', 'water') }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(graph, id, id, (all: Feed[], a, b) => {
        expect(fedBy(all, a, 'power').includes(b)).toBe(feedersOf(all, b, 'power').includes(a));
        expect(circle(all.filter(({ feederId, fedId }) => feederId < fedId))).toBeNull();
        const accepted: Feed[] = [];
        for (const one of all) if (circle([...accepted, one]) === null) accepted.push(one);
        // Kahn's algorithm: what has no feeder left is taken away; a circle would remain.
        let left = accepted;
        for (let before = -1; before !== left.length; ) {
          before = left.length;
          left = left.filter(({ feederId }) => left.some(({ fedId }) => fedId === feederId));
        }
        expect(left).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
