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
});
