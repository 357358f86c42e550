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
    expect(circle([...feeds, feed('EL', 'TR', 'water')])).toBeNull();
    expect(circle([...feeds, feed('EL', 'TR')])).toEqual(feed('TR', 'LP'));
    expect(circle([feed('A', 'A')])).toEqual(feed('A', 'A'));
  });

  it('I16: for any graph: a circle is found exactly where something feeds itself, and both directions agree', () => {
    const id = fc.constantFrom('A', 'B', 'C', 'D', 'E');
    const graph = fc.array(fc.record({ feederId: id, fedId: id, medium: fc.constantFrom('power', 'water') }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(graph, id, id, (all: Feed[], a, b) => {
        expect(fedBy(all, a, 'power').includes(b)).toBe(feedersOf(all, b, 'power').includes(a));
        const feedsItself = (start: string): boolean =>
          all.some(
            ({ feederId, fedId, medium }) =>
              feederId === start && (fedId === start || fedBy(all, fedId, medium).includes(start)),
          );
        expect(circle(all) !== null).toBe(['A', 'B', 'C', 'D', 'E'].some(feedsItself));
        const ordered = all.filter(({ feederId, fedId }) => feederId < fedId);
        expect(circle(ordered)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});
