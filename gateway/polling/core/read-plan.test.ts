import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AREAS, endOf, isBitArea, planReads, requestsFor, rotate, type Span } from './read-plan.ts';

const limits = { maxRegisters: 125, maxBits: 2000, maxGap: 0 };
const span = (address: number, count: number, area: Span['area'] = 'holding'): Span => ({ area, address, count });

const spans = fc.array(
  fc.record({
    area: fc.constantFrom(...AREAS),
    address: fc.integer({ min: 0, max: 600 }),
    count: fc.integer({ min: 1, max: 8 }),
  }),
  { maxLength: 60 },
);
/** Spans on a grid of their size: equal or apart, never partly overlapping. */
const aligned = spans.map((list) => list.map((one) => ({ ...one, address: one.address * 8 })));
const cells = (list: readonly Span[]): string[] =>
  list.flatMap((one) => Array.from({ length: one.count }, (_, index) => `${one.area} ${one.address + index}`));
const limitsOf = fc.record({
  maxRegisters: fc.integer({ min: 8, max: 125 }),
  maxBits: fc.integer({ min: 8, max: 2000 }),
  maxGap: fc.constant(0),
});

describe('read plan', () => {
  it('merges contiguous and overlapping blocks and keeps holes unread', () => {
    expect(planReads([span(2, 2), span(0, 2), span(0, 2), span(3, 2), span(10, 1)], limits)).toEqual([
      span(0, 5),
      span(10, 1),
    ]);
  });

  it('reads small holes along when allowed', () => {
    expect(planReads([span(0, 2), span(5, 2), span(20, 1)], { ...limits, maxGap: 3 })).toEqual([
      span(0, 7),
      span(20, 1),
    ]);
  });

  it('keeps the limits of the product, of registers and of bits', () => {
    const many = Array.from({ length: 130 }, (_, index) => span(index * 2, 2));
    expect(planReads(many, { ...limits, maxRegisters: 61 }).every((one) => one.count <= 60)).toBe(true);
    const bits = Array.from({ length: 2100 }, (_, index) => span(index, 1, 'coil'));
    expect(planReads(bits, limits)).toEqual([span(0, 2000, 'coil'), span(2000, 100, 'coil')]);
  });

  it('cuts only what is longer than the limit itself', () => {
    const requests = planReads([span(0, 30)], { ...limits, maxRegisters: 16 });
    expect(requests).toEqual([span(0, 16), span(16, 14)]);
    expect(requestsFor(span(0, 30), requests)).toEqual([0, 1]);
  });

  it('covers every wanted register exactly once and no other', () => {
    fc.assert(
      fc.property(aligned, limitsOf, (wanted, anyLimits) => {
        const read = cells(planReads(wanted, anyLimits));
        expect(read.toSorted()).toEqual([...new Set(cells(wanted))].toSorted());
      }),
    );
  });

  it('holds every span whole in one request within the limits, also when spans overlap', () => {
    fc.assert(
      fc.property(spans, limitsOf, fc.integer({ min: 0, max: 20 }), (wanted, anyLimits, maxGap) => {
        const requests = planReads(wanted, { ...anyLimits, maxGap });
        for (const request of requests) {
          expect(request.count).toBeLessThanOrEqual(
            isBitArea(request.area) ? anyLimits.maxBits : anyLimits.maxRegisters,
          );
        }
        for (const one of wanted) expect(requestsFor(one, requests)).toHaveLength(1);
        if (maxGap === 0) expect(new Set(cells(requests))).toEqual(new Set(cells(wanted)));
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
