import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAnswer } from './frame-guard.ts';

const expected = { transaction: 258, unit: 3 };
const answer = [1, 2, 0, 0, 0, 5, 3, 3, 2, 0x12, 0x34];
const check = (bytes: number[]) => checkAnswer(Uint8Array.from(bytes), expected);

describe('frame guard', () => {
  it('accepts the answer in any pieces', () => {
    for (let length = 0; length < answer.length; length++) expect(check(answer.slice(0, length)).kind).toBe('partial');
    expect(check(answer)).toEqual({ kind: 'complete' });
  });

  it('names what is wrong', () => {
    const wrong = (at: number, value: number) => check(answer.with(at, value));
    expect(wrong(1, 3)).toMatchObject({ kind: 'fault', reason: expect.stringContaining('another request') });
    expect(wrong(3, 1)).toMatchObject({ kind: 'fault', reason: expect.stringContaining('another protocol') });
    expect(wrong(4, 0xff)).toMatchObject({ kind: 'fault', reason: expect.stringContaining('impossible length') });
    expect(wrong(6, 4)).toMatchObject({ kind: 'fault', reason: expect.stringContaining('unit 4') });
    expect(check([...answer, 0])).toMatchObject({ kind: 'fault', reason: expect.stringContaining('more bytes') });
  });

  it('never accepts what does not carry the expected header, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }), (bytes) => {
        const verdict = check(bytes);
        if (verdict.kind !== 'complete') return;
        expect(bytes.slice(0, 4)).toEqual([1, 2, 0, 0]);
        expect(bytes[6]).toBe(3);
        expect(bytes.length).toBe(6 + (bytes[4] ?? 0) * 256 + (bytes[5] ?? 0));
      }),
    );
  });
});
