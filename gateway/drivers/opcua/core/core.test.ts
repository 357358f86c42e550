import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOverflow, qualityOfStatus } from './status.ts';
import { rawValue } from './variant.ts';

describe('OPC UA status', () => {
  it('maps severities and the codes that say more', () => {
    expect(qualityOfStatus(0)).toBe('good');
    expect(qualityOfStatus(0x40900000)).toBe('stale');
    expect(qualityOfStatus(0x40000000)).toBe('stale');
    expect(qualityOfStatus(0x80310000)).toBe('not-connected');
    expect(qualityOfStatus(0x808c0400)).toBe('sensor-fault');
    expect(qualityOfStatus(0x80340000)).toBe('exception');
  });

  it('sees that the queue of the server was full, and the value itself is good', () => {
    expect(isOverflow(0x00000480)).toBe(true);
    expect(qualityOfStatus(0x00000480)).toBe('good');
    expect([0, 0x400, 0x80, 0x880].map(isOverflow)).toEqual([false, false, false, false]);
  });

  it('never calls a bad status good', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0x80000000, max: 0xbfffffff }), (status) => {
        expect(['good', 'substituted', 'stale']).not.toContain(qualityOfStatus(status));
      }),
    );
  });
});

describe('OPC UA variant', () => {
  it('unpacks 64-bit integers, texts and times', () => {
    expect(rawValue({ dataType: 8, value: [0xffffffff, 0xfffffffe] })).toBe(-2n);
    expect(rawValue({ dataType: 9, value: [1, 0] })).toBe(4294967296n);
    expect(rawValue({ dataType: 21, value: { text: 'up', locale: 'en' } })).toBe('up');
    expect(rawValue({ dataType: 13, value: new Date(0) })).toBe('1970-01-01T00:00:00.000Z');
    expect(rawValue({ dataType: 0, value: null })).toBeUndefined();
    expect(rawValue({ dataType: 11, value: 1.5 })).toBe(1.5);
  });

  it('keeps every 64-bit integer exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bits = BigInt.asUintN(64, value);
        expect(rawValue({ dataType: 8, value: [Number(bits >> 32n), Number(bits & 0xffffffffn)] })).toBe(value);
      }),
    );
  });
});
