import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCost } from './line-cost.ts';
import { minimumRequests, type Obstacles, planReads, requestsFor, rotate } from './read-plan.ts';
import { AREAS, bytesOf, endOf, isBitArea, maxOf, overlaps, placeOf, type Span } from './span.ts';

const limits = { maxRegisters: 125, maxBits: 2000 };
/** Nothing nobody asked for is worth its bytes. */
const noGaps = { requestMs: 1, byteMs: 1000 };
const network = readCost({ kind: 'network', roundTripMs: 20 });
const span = (address: number, count: number, area: Span['area'] = 'holding'): Span => ({ area, address, count });

const spansUpTo = (maxLength: number, last: number) =>
  fc.array(
    fc.record({
      area: fc.constantFrom(...AREAS),
      address: fc.integer({ min: 0, max: last }),
      count: fc.integer({ min: 1, max: 8 }),
    }),
    { maxLength },
  );
const spans = spansUpTo(60, 600);
/** Spans on a grid of their size: equal or apart, never partly overlapping. */
const aligned = spans.map((list) => list.map((one) => ({ ...one, address: one.address * 8 })));
const cells = (list: readonly Span[]): string[] =>
  list.flatMap((one) => Array.from({ length: one.count }, (_, index) => `${one.area} ${one.address + index}`));
const limitsOf = fc.record({
  maxRegisters: fc.integer({ min: 8, max: 125 }),
  maxBits: fc.integer({ min: 8, max: 2000 }),
});
const costs = fc.record({
  requestMs: fc.double({ min: 1, max: 300, noNaN: true }),
  byteMs: fc.double({ min: 0, max: 10, noNaN: true }),
});
const costOf = (requests: readonly Span[], cost: typeof network): number =>
  requests.reduce((sum, one) => sum + cost.requestMs + bytesOf(one) * cost.byteMs, 0);

/** Every way to divide the spans into requests. */
function divisions(list: readonly Span[]): Span[][][] {
  const [first, ...rest] = list;
  if (first === undefined) return [[]];
  return divisions(rest).flatMap((groups) => [
    [[first], ...groups],
    ...groups.map((group, at) => groups.with(at, [first, ...group])),
  ]);
}

describe('read plan', () => {
  it('merges contiguous and overlapping blocks and keeps holes unread', () => {
    expect(planReads([span(2, 2), span(0, 2), span(0, 2), span(3, 2), span(10, 1)], limits, noGaps)).toEqual([
      span(0, 5),
      span(10, 1),
    ]);
  });

  it('reads a gap along where its bytes cost less than another request', () => {
    // 20 ms against 0.573 ms a byte: up to 17 registers.
    expect(planReads([span(0, 2), span(19, 2)], limits, network)).toEqual([span(0, 21)]);
    expect(planReads([span(0, 2), span(20, 2)], limits, network)).toHaveLength(2);
    const slow = readCost({ kind: 'serial', baudRate: 1200, bitsPerCharacter: 11, turnaroundMs: 20 });
    expect(planReads([span(0, 2), span(13, 2)], limits, slow)).toHaveLength(1);
    expect(planReads([span(0, 2), span(16, 2)], limits, slow)).toHaveLength(2);
  });

  it('never reads a wider gap along than the product allows', () => {
    const wanted = [span(0, 2), span(4, 2), span(9, 2)];
    expect(planReads(wanted, { ...limits, maxGap: 2 }, network)).toEqual([span(0, 6), span(9, 2)]);
    expect(planReads(wanted, { ...limits, maxGap: 0 }, network)).toHaveLength(3);
    fc.assert(
      fc.property(spans, fc.integer({ min: 0, max: 30 }), (any, maxGap) => {
        const registers = any.filter(({ area }) => !isBitArea(area));
        const asked = new Set(cells(registers));
        for (const request of planReads(registers, { ...limits, maxGap }, network)) {
          let gap = 0;
          for (const cell of cells([request])) {
            gap = asked.has(cell) ? 0 : gap + 1;
            expect(gap).toBeLessThanOrEqual(maxGap);
          }
        }
      }),
    );
  });

  it('keeps the limits of the product, of registers and of bits', () => {
    const many = Array.from({ length: 130 }, (_, index) => span(index * 2, 2));
    expect(planReads(many, { ...limits, maxRegisters: 61 }, network).every((one) => one.count <= 60)).toBe(true);
    const bits = Array.from({ length: 2100 }, (_, index) => span(index, 1, 'coil'));
    const requests = planReads(bits, limits, network);
    expect(requests).toHaveLength(2);
    expect(cells(requests)).toHaveLength(2100);
  });

  it('cuts only what is longer than the limit itself', () => {
    const requests = planReads([span(0, 30)], { ...limits, maxRegisters: 16 }, network);
    expect(requests).toEqual([span(0, 16), span(16, 14)]);
    expect(requestsFor(span(0, 30), requests)).toEqual([0, 1]);
    expect(requestsFor(span(0, 31), requests)).toEqual([]);
  });

  it('covers every wanted register exactly once and no other when no gap is worth it', () => {
    fc.assert(
      fc.property(aligned, limitsOf, (all, anyLimits) => {
        // Eight bits cost one byte, whether wanted or not.
        const wanted = all.filter(({ area }) => !isBitArea(area));
        const read = cells(planReads(wanted, anyLimits, noGaps));
        expect(read.toSorted()).toEqual([...new Set(cells(wanted))].toSorted());
      }),
    );
  });

  it('holds every span whole in one request within the limits, in no more requests than spans', () => {
    fc.assert(
      fc.property(spans, limitsOf, costs, (wanted, anyLimits, cost) => {
        const requests = planReads(wanted, anyLimits, cost);
        for (const request of requests) expect(request.count).toBeLessThanOrEqual(maxOf(request.area, anyLimits));
        for (const one of wanted) expect(requestsFor(one, requests)).toHaveLength(1);
        expect(requests.length).toBeLessThanOrEqual(wanted.length);
        expect(requests.length).toBeLessThanOrEqual(planReads(wanted, anyLimits, noGaps).length);
        expect(requests.length).toBeGreaterThanOrEqual(minimumRequests(wanted, anyLimits));
      }),
    );
  });

  it('touches no hole, crosses no barrier, and still brings all that is readable', () => {
    fc.assert(
      fc.property(spans, spansUpTo(6, 600), fc.array(fc.nat(59)), costs, (wanted, holes, at, cost) => {
        const barriers = new Set(at.flatMap((index) => (wanted[index] === undefined ? [] : [placeOf(wanted[index])])));
        const obstacles: Obstacles = { barriers, holes };
        const requests = planReads(wanted, limits, cost, obstacles);
        for (const hole of holes) expect(requests.filter((request) => overlaps(request, hole))).toEqual([]);
        for (const one of wanted) {
          if (!holes.some((hole) => overlaps(hole, one))) expect(requestsFor(one, requests)).toHaveLength(1);
        }
      }),
    );
    const barriers = new Set([placeOf(span(4, 2))]);
    expect(
      planReads([span(0, 2), span(2, 2), span(4, 2), span(6, 2)], limits, network, { barriers, holes: [] }),
    ).toEqual([span(0, 4), span(4, 4)]);
  });

  it('is as cheap as the best of all divisions', () => {
    const few = fc.array(
      fc.record({
        area: fc.constantFrom('holding' as const, 'coil' as const),
        address: fc.integer({ min: 0, max: 60 }),
        count: fc.integer({ min: 1, max: 8 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(few, costs, fc.integer({ min: 8, max: 40 }), (wanted, cost, max) => {
        const own = { maxRegisters: max, maxBits: max };
        const all = divisions(wanted).flatMap((groups) => {
          const requests = groups.map((group) => {
            const from = Math.min(...group.map(({ address }) => address));
            return { area: group[0]?.area ?? 'coil', address: from, count: Math.max(...group.map(endOf)) - from };
          });
          const possible = groups.every((group, at) => {
            const request = requests[at];
            return request !== undefined && request.count <= max && group.every(({ area }) => area === request.area);
          });
          return possible ? [requests] : [];
        });
        const cheapest = Math.min(...all.map((requests) => costOf(requests, cost)));
        expect(costOf(planReads(wanted, own, cost), cost)).toBeCloseTo(cheapest, 6);
        expect(minimumRequests(wanted, own)).toBe(Math.min(...all.map((requests) => requests.length)));
      }),
    );
  });

  it('rotates so that the turn begins behind the failed block', () => {
    const requests = [span(0, 2), span(10, 2), span(20, 2)];
    expect(rotate(requests, span(0, 2)).map((one) => one.address)).toEqual([10, 20, 0]);
    expect(rotate(requests, span(20, 2)).map((one) => one.address)).toEqual([0, 10, 20]);
    expect(rotate(requests, null)).toEqual(requests);
    expect(endOf(span(3, 4))).toBe(7);
  });
});
