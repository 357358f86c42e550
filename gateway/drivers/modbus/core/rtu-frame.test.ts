import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../polling/core/span.ts';
import { checkRtuAnswer, crc16, rtuRequest } from './rtu-frame.ts';

const span: Span = { area: 'holding', address: 107, count: 3 };
const withCrc = (...body: number[]): Uint8Array => {
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
};
const answer = withCrc(17, 3, 6, 0x02, 0x2b, 0x00, 0x00, 0x00, 0x64);

describe('RTU frames', () => {
  it('carry the checksum of the standard', () => {
    // Reading registers 107-109 of unit 17, the standard's example, in every Modbus textbook: CRC 76 87.
    expect([...rtuRequest(17, span)]).toEqual([17, 3, 0, 107, 0, 3, 0x76, 0x87]);
  });

  it('are put together from any pieces', () => {
    for (let length = 0; length < answer.length; length++)
      expect(checkRtuAnswer(answer.subarray(0, length), 17, span).kind).toBe('partial');
    expect(checkRtuAnswer(answer, 17, span)).toEqual({ kind: 'answer', registers: [555, 0, 100] });
    expect(checkRtuAnswer(withCrc(17, 0x83, 2), 17, span)).toEqual({ kind: 'exception', code: 2 });
    const bits = checkRtuAnswer(withCrc(1, 2, 2, 0b1010_0101, 1), 1, { area: 'discrete', address: 0, count: 9 });
    expect(bits).toEqual({ kind: 'answer', registers: [1, 0, 1, 0, 0, 1, 0, 1, 1] });
  });

  it('of another unit, function or length, too long or damaged are faults', () => {
    const reason = (bytes: Uint8Array) => checkRtuAnswer(bytes, 17, span);
    expect(reason(answer.with(0, 18))).toMatchObject({ reason: 'answer of unit 18 instead of 17' });
    expect(reason(answer.with(1, 4))).toMatchObject({ reason: 'answer with function 4 instead of 3' });
    expect(reason(answer.with(2, 4))).toMatchObject({ reason: 'answer with 4 data bytes instead of 6' });
    expect(reason(answer.with(4, 0x2c))).toMatchObject({ reason: 'answer with a wrong checksum' });
    expect(reason(Uint8Array.from([...answer, 0]))).toMatchObject({ reason: 'more bytes than the answer has' });
  });

  it('one flipped bit never makes another value', () => {
    fc.assert(
      fc.property(fc.nat(answer.length * 8 - 1), (bit) => {
        const spoiled = Uint8Array.from(answer);
        spoiled[bit >> 3] = (spoiled[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(['fault', 'partial']).toContain(checkRtuAnswer(spoiled, 17, span).kind);
      }),
    );
  });

  it('no bytes whatever are taken for data without the right header and checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const verdict = checkRtuAnswer(bytes, 17, span);
        if (verdict.kind === 'answer' || verdict.kind === 'exception') {
          expect(bytes[0]).toBe(17);
          expect(crc16(bytes)).toBe(0);
        }
      }),
    );
  });
});
