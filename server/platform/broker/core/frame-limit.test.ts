import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameLimit } from './frame-limit.ts';

const frame = (length: number): Buffer => {
  const header = [0x30];
  let rest = length;
  do {
    header.push(rest >= 128 ? (rest % 128) | 0x80 : rest);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
};

describe('frame limit', () => {
  it('accepts every stream of frames within the limit and stops at the first one above it, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (lengths, cut) => {
          const limit = createFrameLimit(500);
          const stream = Buffer.concat(lengths.map(frame));
          let accepted = true;
          for (let at = 0; at < stream.length && accepted; at += cut)
            accepted = limit.accept(stream.subarray(at, at + cut));
          expect(accepted).toBe(lengths.every((length) => length <= 500));
        },
      ),
    );
  });

  it('refuses a length of five bytes', () => {
    expect(createFrameLimit(1_000_000).accept(Uint8Array.from([0x30, 0xff, 0xff, 0xff, 0xff]))).toBe(false);
  });
});
