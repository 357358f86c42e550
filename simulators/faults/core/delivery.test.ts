import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDelivery, type DeliveryHistory, type StoredReading } from './delivery.ts';
import { countByKind } from './finding.ts';

const EPOCH = 1_700_000_000_000;

/** A sound delivery: several points in turn, values that grow, stored in any order, some numbers declared as given up. */
const sound = fc
  .record({
    count: fc.integer({ min: 8, max: 120 }),
    points: fc.integer({ min: 1, max: 5 }),
    secondEpoch: fc.boolean(),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ count, points, secondEpoch, order }): DeliveryHistory & { stored: StoredReading[] } => {
    const epochs = secondEpoch ? [EPOCH, EPOCH + 5] : [EPOCH];
    const stored = epochs.flatMap((epoch, turn) =>
      Array.from({ length: count }, (_, index) => ({
        epoch,
        seq: index + 1,
        point: `p${index % points}`,
        value: turn * count + index,
      })),
    );
    const keys = new Map(stored.map((reading) => [reading, order.next().value ?? 0]));
    stored.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
    return {
      logged: epochs.map((epoch) => ({ epoch, first: 1, last: count })),
      acked: { epoch: epochs.at(-1) ?? EPOCH, seq: Math.floor(count / 2) },
      stored,
      declared: [],
      growing: () => true,
      complete: true,
    };
  });
const pick = fc.nat();
const kinds = (history: DeliveryHistory) => countByKind(checkDelivery(history));

describe('delivery of a history', () => {
  it('finds nothing in a sound one, in whatever order it is stored', () => {
    fc.assert(
      fc.property(sound, (history) => {
        expect(checkDelivery(history)).toEqual([]);
      }),
    );
  });

  it('finds every missing number: acknowledged ones as lost, later ones as a gap', () => {
    fc.assert(
      fc.property(sound, pick, (history, at) => {
        const missing = history.stored[at % history.stored.length];
        const stored = history.stored.filter((reading) => reading !== missing);
        const promised =
          missing !== undefined && (missing.epoch < history.acked.epoch || missing.seq <= history.acked.seq);
        expect(kinds({ ...history, stored })).toEqual(promised ? { 'acked-but-lost': 1 } : { gap: 1 });
        const unfinished = kinds({ ...history, stored, complete: false });
        expect(unfinished).toEqual(promised ? { 'acked-but-lost': 1 } : {});
      }),
    );
  });

  it('accepts a missing number that was declared as given up, and only that', () => {
    fc.assert(
      fc.property(sound, pick, (history, at) => {
        const missing = history.stored[at % history.stored.length] as StoredReading;
        const stored = history.stored.filter((reading) => reading !== missing);
        const { epoch, seq } = missing;
        expect(kinds({ ...history, stored, declared: [{ epoch, first: seq, last: seq }] })).toEqual({});
        const found = kinds({ ...history, stored, declared: [{ epoch, first: seq + 1, last: seq + 1 }] });
        expect(Object.values(found)).toEqual([1]);
      }),
    );
  });

  it('finds every doubled number, also under another point and time', () => {
    fc.assert(
      fc.property(sound, pick, fc.boolean(), (history, at, elsewhere) => {
        const doubled = history.stored[at % history.stored.length] as StoredReading;
        const copy = { ...doubled, point: elsewhere ? 'other' : doubled.point };
        expect(kinds({ ...history, stored: [...history.stored, copy] })).toEqual({ duplicate: 1 });
      }),
    );
  });

  it('finds swapped readings of a point', () => {
    fc.assert(
      fc.property(sound, pick, (history, at) => {
        const first = history.stored[at % history.stored.length] as StoredReading;
        const second = history.stored.find(({ point, value }) => point === first.point && value !== first.value);
        if (second === undefined) return;
        const stored = history.stored.map((reading) => {
          if (reading === first) return { ...reading, value: second.value };
          return reading === second ? { ...reading, value: first.value } : reading;
        });
        expect(kinds({ ...history, stored })['out-of-order']).toBeGreaterThanOrEqual(1);
        expect(kinds({ ...history, stored, growing: () => false })).toEqual({});
      }),
    );
  });

  it('finds a number that nobody has logged', () => {
    fc.assert(
      fc.property(sound, (history) => {
        const invented = { epoch: EPOCH, seq: 10_000, point: 'invented', value: 0 };
        expect(kinds({ ...history, stored: [...history.stored, invented] })).toEqual({ 'never-logged': 1 });
      }),
    );
  });
});
