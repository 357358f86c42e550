import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AREAS, type Span } from '../../../polling/core/span.ts';
import { inStep, LATE_MS, leftUnanswered, proofOfStep, type Unanswered } from './in-step.ts';

const read: Span = { area: 'holding', address: 5, count: 2 };
const none: Unanswered = new Map();

describe('after a timeout', () => {
  it('the same unit and function wait for the answer to another function; others do not', () => {
    const left = leftUnanswered(none, 1, read, 1000);
    expect(proofOfStep(none, 1, read, 1000)).toBeNull();
    expect(proofOfStep(left, 1, read, 1001)).toEqual({ area: 'input', address: 5, count: 1 });
    expect(proofOfStep(left, 2, read, 1001)).toBeNull();
    expect(proofOfStep(left, 1, { ...read, area: 'coil' }, 1001)).toBeNull();
    expect(proofOfStep(inStep(left, 1), 1, read, 1001)).toBeNull();
    expect(proofOfStep(left, 1, read, 1000 + LATE_MS)).toBeNull();
  });

  it('never proves by a function that may itself be answered late', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...AREAS)), fc.constantFrom(...AREAS), (areas, area) => {
        const left = areas.reduce<Unanswered>((map, one) => leftUnanswered(map, 1, { ...read, area: one }, 0), none);
        const proof = proofOfStep(left, 1, { ...read, area }, 1);
        if (!areas.includes(area)) expect(proof).toBeNull();
        else if (new Set(areas).size === AREAS.length) expect(proof).toBe('wait');
        else expect(areas).not.toContain((proof as Span).area);
      }),
    );
  });
});
