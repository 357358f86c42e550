import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeRtuFrames, toRtuBytes } from './rtu-frame.ts';

const read = fc.record({
  transaction: fc.constant(0),
  unit: fc.integer({ min: 0, max: 255 }),
  pdu: fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.uint8Array({ minLength: 4, maxLength: 4 }))
    .map(([functionCode, rest]) => Buffer.from([functionCode, ...rest])),
});
const write = fc.record({
  transaction: fc.constant(0),
  unit: fc.integer({ min: 0, max: 255 }),
  pdu: fc
    .tuple(fc.constantFrom(15, 16), fc.uint8Array({ minLength: 1, maxLength: 246 }))
    .map(([functionCode, data]) => Buffer.from([functionCode, 0, 1, 0, 1, data.length, ...data])),
});

describe('RTU framing of the simulated devices', () => {
  it('gets every request back, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(read, write), { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (frames, piece) => {
          const stream = Buffer.concat(frames.map(toRtuBytes));
          const got = [];
          let rest: Buffer = Buffer.alloc(0);
          for (let at = 0; at < stream.length; at += piece) {
            const taken = takeRtuFrames(Buffer.concat([rest, stream.subarray(at, at + piece)]));
            got.push(...taken.frames);
            rest = taken.rest;
          }
          expect(got).toEqual(frames);
        },
      ),
    );
  });

  it('has the checksum of the textbook, and drops what is damaged', () => {
    const bytes = toRtuBytes({ transaction: 0, unit: 17, pdu: Buffer.from([3, 0, 107, 0, 3]) });
    expect([...bytes]).toEqual([17, 3, 0, 107, 0, 3, 0x76, 0x87]);
    expect(takeRtuFrames(bytes.fill(0, 3, 4))).toEqual({ frames: [], rest: Buffer.alloc(0) });
  });
});
