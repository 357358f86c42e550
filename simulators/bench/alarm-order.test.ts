// The judge of the bench finds every fault that a journal or a screen could have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Edge, type JournalLine, judgeJournal, type Shown, screenDelays } from './alarm-order.ts';

const edge = (equipmentId: string, on: boolean, sentAtMs = 0): Edge => ({ equipmentId, alarm: 'high', on, sentAtMs });
const EDGES: readonly Edge[] = [edge('D0', true), edge('D1', true), edge('D0', false), edge('D1', false)];

const written = (edges: readonly Edge[], perTransaction = 2): JournalLine[] =>
  edges.map(({ equipmentId, alarm, on }, index) => ({
    event: on ? 'ACTIVE' : 'RTN',
    equipmentId,
    alarm,
    transaction: 700 + Math.floor(index / perTransaction),
  }));
const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, place) => place !== index);
const swapped = <T>(items: readonly T[], index: number): T[] => [
  ...items.slice(0, index),
  ...items.slice(index, index + 2).reverse(),
  ...items.slice(index + 2),
];

/** Several alarms, each going on and off in turn, mixed with each other. */
const histories = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 80 }).map((devices) => {
  const on = new Map<number, boolean>();
  return devices.map((device, index) => {
    on.set(device, on.get(device) !== true);
    return edge(`D${device}`, on.get(device) === true, index * 10);
  });
});

describe('the journal', () => {
  it('has no fault when every edge is there once and in order, whatever else is journalled', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 10 }), (edges, perTransaction) => {
        const journal = written(edges, perTransaction).flatMap((line) => [line, { ...line, event: 'CERTAIN' }]);
        expect(judgeJournal(edges, journal)).toEqual([]);
      }),
    );
  });

  it('takes a return to an alarm that is still listed for one that was raised', () => {
    const journal = written(EDGES).map((line) => (line.event === 'ACTIVE' ? { ...line, event: 'RE-ACTIVE' } : line));
    expect(judgeJournal(EDGES, journal)).toEqual([]);
  });

  it('is found out when a line is missing, written twice or of an alarm that nobody raised', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (edges, at) => {
        const journal = written(edges);
        const index = at % journal.length;
        const twice = [...journal.slice(0, index + 1), ...journal.slice(index)];
        const foreign = written([...edges, edge('D99', true)]);
        expect(judgeJournal(edges, without(journal, index))).not.toEqual([]);
        expect(judgeJournal(edges, twice)).not.toEqual([]);
        expect(judgeJournal(edges, foreign)).not.toEqual([]);
      }),
    );
  });

  it('is found out when one alarm returns before it came', () => {
    const edges = [edge('D0', true), edge('D0', false)];
    expect(judgeJournal(edges, swapped(written(edges), 0))).toEqual(['D0/high: found off on, expected on off']);
  });

  it('is found out when two alarms stand in the other order', () => {
    expect(judgeJournal(EDGES, swapped(written(EDGES), 0))).toEqual([
      'place 1 of the journal: found D1/high on, expected D0/high on',
    ]);
  });

  it('is found out when its order is not that of the commits', () => {
    const journal = written(EDGES).map((line, index) => (index === 2 ? { ...line, transaction: 600 } : line));
    expect(judgeJournal(EDGES, journal)).toEqual([
      'place 3 of the journal: D0/high off was committed before its predecessor',
    ]);
  });
});

describe('the screen', () => {
  const frame = (equipmentId: string, active: boolean, atMs: number): Shown => ({
    equipmentId,
    alarm: 'high',
    active,
    atMs,
  });

  it('tells how long each edge took to the first frame with it', () => {
    const edges = [edge('D0', true, 100), edge('D0', false, 200), edge('D0', true, 300)];
    const frames = [
      frame('D0', false, 90),
      frame('D0', true, 130),
      frame('D0', true, 140),
      frame('D0', false, 260),
      frame('D0', true, 305),
    ];
    expect(screenDelays(edges, frames)).toEqual([30, 60, 5]);
  });

  it('does not count a frame twice, nor one from before the edge', () => {
    const edges = [edge('D0', true, 100), edge('D0', true, 300)];
    expect(screenDelays(edges, [frame('D0', true, 150)])).toEqual([50]);
    expect(screenDelays([edge('D0', true, 100)], [frame('D0', true, 99)])).toEqual([]);
    expect(screenDelays([edge('D0', true, 100)], [frame('D1', true, 150)])).toEqual([]);
  });

  it('misses no edge of any history whose every change was shown', () => {
    fc.assert(
      fc.property(histories, (edges) => {
        const frames = edges.map(({ equipmentId, on, sentAtMs }) => frame(equipmentId, on, sentAtMs + 7));
        expect(screenDelays(edges, frames)).toEqual(edges.map(() => 7));
      }),
    );
  });
});
