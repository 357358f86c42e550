import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16 } from './rtu-frame.ts';
import { checkRtuEcho, rtuWriteRequest, type WriteSpan } from './rtu-write.ts';

const several: WriteSpan = { area: 'holding', address: 1, count: 2, words: [10, 0x0102] };
const one: WriteSpan = { area: 'holding', address: 1, count: 1, words: [3] };
const coil: WriteSpan = { area: 'coil', address: 0xac, count: 1, words: [1] };
const withCrc = (...body: number[]): Uint8Array => {
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
};

describe('RTU writes', () => {
  it('are the examples of the standard, 6.5, 6.6 and 6.12', () => {
    expect([...rtuWriteRequest(17, coil)].slice(0, -2)).toEqual([17, 5, 0, 0xac, 0xff, 0]);
    expect([...rtuWriteRequest(17, one)].slice(0, -2)).toEqual([17, 6, 0, 1, 0, 3]);
    expect([...rtuWriteRequest(17, several)].slice(0, -2)).toEqual([17, 16, 0, 1, 0, 2, 4, 0, 10, 1, 2]);
    for (const span of [coil, one, several]) expect(crc16(rtuWriteRequest(17, span))).toBe(0);
  });

  it('are done by their own echo only, in any pieces', () => {
    const echo = withCrc(17, 16, 0, 1, 0, 2);
    for (let length = 0; length < echo.length; length++)
      expect(checkRtuEcho(echo.subarray(0, length), 17, several).kind).toBe('partial');
    expect(checkRtuEcho(echo, 17, several)).toEqual({ kind: 'answer', registers: [] });
    expect(checkRtuEcho(rtuWriteRequest(17, one), 17, one).kind).toBe('answer');
    expect(checkRtuEcho(withCrc(17, 0x90, 2), 17, several)).toEqual({ kind: 'exception', code: 2 });
    expect(checkRtuEcho(withCrc(17, 6, 0, 1, 0, 4), 17, one).kind).toBe('fault');
    expect(checkRtuEcho(Uint8Array.from([...echo, 0]), 17, several).kind).toBe('fault');
  });

  it('no other bytes are ever taken for done', () => {
    const echo = [...withCrc(17, 16, 0, 1, 0, 2)];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(63), (bytes, bit) => {
        expect(checkRtuEcho(bytes, 17, several).kind === 'answer').toBe(`${bytes}` === `${echo}`);
        const spoiled = Uint8Array.from(echo);
        spoiled[bit >> 3] = (spoiled[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(checkRtuEcho(spoiled, 17, several).kind).not.toBe('answer');
      }),
    );
  });
});
