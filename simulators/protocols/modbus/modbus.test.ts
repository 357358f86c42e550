// Framing and answers of the simulated Modbus devices, byte by byte.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from './answer.ts';
import { takeFrames, toBytes } from './frame.ts';

const memory = () => new Map([10, 11, 12, 20].map((address) => [address, address * 256 + 1]));

describe('framing', () => {
  const frame = fc.record({
    transaction: fc.integer({ min: 0, max: 0xffff }),
    unit: fc.integer({ min: 0, max: 255 }),
    pdu: fc.uint8Array({ minLength: 1, maxLength: 253 }).map((bytes) => Buffer.from(bytes)),
  });

  it('gets every frame back, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (frames, piece) => {
        const stream = Buffer.concat(frames.map(toBytes));
        const got = [];
        let rest: Buffer = Buffer.alloc(0);
        for (let at = 0; at < stream.length; at += piece) {
          const taken = takeFrames(Buffer.concat([rest, stream.subarray(at, at + piece)]));
          if (taken === null) throw new Error('refused');
          got.push(...taken.frames);
          rest = taken.rest;
        }
        expect(got).toEqual(frames);
        expect(rest.length).toBe(0);
      }),
    );
  });

  it('never fails on any bytes, and refuses another protocol', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void takeFrames(Buffer.from(bytes))));
    expect(takeFrames(Buffer.from([0, 1, 0, 7, 0, 6, 1, 3]))).toBeNull();
    expect(takeFrames(Buffer.from([0, 1, 0, 0, 0xff, 0xff, 1, 3]))).toBeNull();
  });
});

describe('answers', () => {
  const ask = (...bytes: number[]): number[] => [...answer(Buffer.from(bytes), memory, 16)];

  it('reads registers and packs bits', () => {
    expect(ask(3, 0, 10, 0, 2)).toEqual([3, 4, 10, 1, 11, 1]);
    expect(ask(1, 0, 10, 0, 3)).toEqual([1, 1, 0b111]);
  });

  it('gives exception 2 on a hole, 3 on a wrong count, 1 on what no product does', () => {
    expect(ask(3, 0, 12, 0, 2)).toEqual([0x83, 2]);
    expect(ask(4, 0, 10, 0, 17)).toEqual([0x84, 3]);
    expect(ask(3, 0, 10, 0, 0)).toEqual([0x83, 3]);
    expect(ask(3, 0, 10)).toEqual([0x83, 3]);
    for (const other of [7, 15, 22, 43]) expect(ask(other, 0, 10, 0, 1)).toEqual([other | 0x80, 1]);
  });

  it('takes a write only where something takes it, and echoes it', () => {
    const taken: unknown[] = [];
    const order = (bytes: number[], takes = true): number[] => [
      ...answer(Buffer.from(bytes), memory, 16, (...write) => taken.push(write) > 0 && takes),
    ];
    expect(order([5, 0, 10, 0xff, 0])).toEqual([5, 0, 10, 0xff, 0]);
    expect(order([6, 0, 11, 1, 2])).toEqual([6, 0, 11, 1, 2]);
    expect(order([16, 0, 12, 0, 2, 4, 1, 2, 3, 4])).toEqual([16, 0, 12, 0, 2]);
    expect(taken).toEqual([
      ['coil', 10, [1]],
      ['holding', 11, [0x0102]],
      ['holding', 12, [0x0102, 0x0304]],
    ]);
    expect(order([6, 0, 11, 1, 2], false)).toEqual([0x86, 2]);
    expect(order([5, 0, 10, 0, 1])).toEqual([0x85, 3]);
    expect(order([16, 0, 12, 0, 2, 4, 1, 2])).toEqual([0x90, 3]);
    for (const write of [5, 6]) expect(ask(write, 0, 10, 0, 0)).toEqual([write | 0x80, 1]);
  });

  it('never fails on any request', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 253 }), (bytes) => {
        expect(answer(Buffer.from(bytes), memory, 125).length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});
