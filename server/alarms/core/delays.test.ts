// On-delay and off-delay under thousands of random blips and gaps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';

const runs = { numRuns: 2000 };

describe('delays', () => {
  it('I17: shorter than the on-delay never announces, a gap shorter than the off-delay never clears', () => {
    const blips = fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(blips, fc.integer({ min: 1, max: 5000 }), (lengths, gap) => {
        const definition = definitionOf({ onDelayS: 10, offDelayS: 10 });
        const hand = handDriven(definition);
        let atMs = 0;
        for (const length of lengths) {
          hand.at(atMs, 135);
          atMs += length;
          hand.at(atMs, 120);
          atMs += gap;
        }
        expect(hand.journal).toEqual([]);
        hand.at(atMs, 135);
        hand.wait(atMs + 10_000);
        expect(hand.events).toEqual(['ACTIVE']);
        atMs += 10_000;
        for (const length of lengths) {
          hand.at(atMs, 120);
          atMs += length;
          hand.at(atMs, 135);
          atMs += gap;
        }
        expect(hand.events).toEqual(['ACTIVE']);
      }),
      runs,
    );
  });

  it('I17: the limit itself and the limit less its deadband, the ends of both delays, on both sides of each', () => {
    const numbers = fc.record({
      limit: fc.integer({ min: -1000, max: 1000 }),
      deadband: fc.integer({ min: 0, max: 50 }),
      side: fc.constantFrom('above' as const, 'below' as const),
      onDelayS: fc.integer({ min: 0, max: 600 }),
      offDelayS: fc.integer({ min: 0, max: 600 }),
    });
    fc.assert(
      fc.property(numbers, ({ limit, deadband, side, onDelayS, offDelayS }) => {
        const rule = { kind: 'limit', point: 'temperature', [side]: limit, deadband } as const;
        const hand = handDriven(definitionOf({ rule, onDelayS, offDelayS }));
        const beyond = side === 'above' ? 1 : -1;
        hand.at(0, limit);
        hand.wait(1_000_000);
        expect(hand.events).toEqual([]);
        const onMs = 1_000_000 + onDelayS * 1000;
        hand.at(1_000_000, limit + beyond);
        if (onDelayS > 0) {
          hand.wait(onMs - 1);
          expect(hand.events).toEqual([]);
        }
        hand.wait(onMs);
        expect(hand.events).toEqual(['ACTIVE']);
        // Inside the deadband it holds, for however long.
        hand.at(onMs, limit - beyond * deadband + beyond);
        hand.ack(onMs + 1);
        hand.wait(onMs + 700_000);
        expect(hand.events).toEqual(['ACTIVE', 'ACK']);
        const offMs = onMs + 700_000 + offDelayS * 1000;
        hand.at(onMs + 700_000, limit - beyond * deadband);
        if (offDelayS > 0) {
          hand.wait(offMs - 1);
          expect(hand.events).toEqual(['ACTIVE', 'ACK']);
        }
        hand.wait(offMs);
        expect(hand.events).toEqual(['ACTIVE', 'ACK', 'RTN', 'CLOSED']);
      }),
      runs,
    );
  });
});
