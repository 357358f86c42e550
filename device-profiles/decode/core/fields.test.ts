// Parts of words, decimal digits, numbers in several registers, markers in ranges: each by hand and there and back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ModbusPoint, modbusPoint, WORD_ORDERS } from '../../schema/model.ts';
import { counted } from './counter.ts';
import { decodeRegisters, encodeRegisters, pointSpans, registerCount } from './registers.ts';

const point = (rest: object): ModbusPoint => modbusPoint.parse({ area: 'holding', address: 0, ...rest });
const decoded = (rest: object, registers: readonly number[]) => decodeRegisters(point(rest), 'ABCD', registers);
const orders = fc.constantFrom(...WORD_ORDERS);

describe('bit fields', () => {
  it('reads nibbles, the top one at bit 12', () => {
    const nibbles = [12, 8, 4, 0].map((bit) => decoded({ type: 'bit', bit, width: 4 }, [0x2f31]).value);
    expect(nibbles).toEqual([2, 15, 3, 1]);
    expect(decoded({ type: 'bit', bit: 8, width: 4, sentinels: { 15: 'not-present' } }, [0x2f31]).quality).toBe(
      'not-present',
    );
    expect(decoded({ type: 'bit', bit: 12, width: 4, map: { 0: 0, 1: 0, 2: 1, 3: 1 } }, [0x2f31]).value).toBe(1);
  });

  it('reads bits of a word of two registers', () => {
    const overload = { type: 'bit', bit: 21, word: 'u32' };
    expect(decoded(overload, [0x0020, 0x0000]).value).toBe(1);
    expect(decoded(overload, [0x0000, 0x0020]).value).toBe(0);
    expect(decoded({ ...overload, bit: 31 }, [0x8000, 0]).value).toBe(1);
    expect(decodeRegisters(point(overload), 'CDAB', [0x0000, 0x0020]).value).toBe(1);
    expect(decoded(overload, [0x0020]).quality).toBe('decode-error');
  });

  it('round-trips and touches no other bit', () => {
    const field = fc.record({
      bit: fc.integer({ min: 0, max: 15 }),
      width: fc.integer({ min: 2, max: 16 }),
      word: fc.constantFrom('u16', 'u32'),
    });
    fc.assert(
      fc.property(field, orders, fc.nat(), ({ bit, width, word }, order, number) => {
        fc.pre(bit + width <= (word === 'u16' ? 16 : 32));
        const value = number % 2 ** width;
        const mapped = point({ type: 'bit', bit, width, word });
        const registers = encodeRegisters(mapped, order, value);
        expect(registers).toHaveLength(registerCount(mapped));
        expect(decodeRegisters(mapped, order, registers).value).toBe(value);
        expect(encodeRegisters(mapped, order, 0).every((register) => register === 0)).toBe(true);
      }),
    );
  });
});

describe('BCD', () => {
  it('reads decimal digits and refuses what are none', () => {
    expect(decoded({ type: 'bcd16' }, [0x1234]).value).toBe(1234);
    expect(decoded({ type: 'bcd32', scale: 0.01 }, [0x0012, 0x3456]).value).toBe(1234.56);
    expect(decoded({ type: 'bcd16' }, [0x12a4])).toEqual({ value: null, quality: 'decode-error' });
  });

  it('round-trips and saturates', () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: 0, max: 9999_9999 }), (order, value) => {
        const mapped = point({ type: 'bcd32' });
        expect(decodeRegisters(mapped, order, encodeRegisters(mapped, order, value)).value).toBe(value);
      }),
    );
    expect(encodeRegisters(point({ type: 'bcd16' }), 'ABCD', 12_345)).toEqual([0x9999]);
  });
});

describe('numbers in several places', () => {
  const hours = { type: 'u32', plus: [{ address: 9, type: 'u16', scale: 1 / 60 }] };
  const apart = { type: 'u16', scale: 65_536, plus: [{ address: 7, type: 'u16', scale: 1 }] };

  it('adds hours and minutes, and a high and a low part that lie apart', () => {
    expect(decoded(hours, [0x0001, 0x0002, 30])).toEqual({ value: 65_538.5, quality: 'good' });
    expect(decoded(apart, [2, 3]).value).toBe(131_075);
    expect(decoded(apart, [2]).quality).toBe('decode-error');
    expect(pointSpans({ modbus: { addressBase: 0 } }, point(apart))).toEqual([
      { area: 'holding', address: 0, count: 1 },
      { area: 'holding', address: 7, count: 1 },
    ]);
  });

  it('keeps the marker of the first register', () => {
    expect(decoded({ ...hours, sentinels: { 4294967295: 'not-present' } }, [0xffff, 0xffff, 0]).quality).toBe(
      'not-present',
    );
  });

  it('round-trips within half the finest step', () => {
    fc.assert(
      fc.property(orders, fc.double({ min: 0, max: 1e6, noNaN: true }), (order, value) => {
        const mapped = point(hours);
        const back = Number(decodeRegisters(mapped, order, encodeRegisters(mapped, order, value)).value);
        expect(Math.abs(back - value)).toBeLessThanOrEqual(1 / 120 + 1e-6);
      }),
    );
    fc.assert(
      fc.property(orders, fc.integer({ min: 0, max: 0xffff_ffff }), (order, value) => {
        expect(decodeRegisters(point(apart), order, encodeRegisters(point(apart), order, value)).value).toBe(value);
      }),
    );
  });
});

describe('markers in ranges', () => {
  const gencomm = { type: 'u16', sentinels: { 65535: 'not-present', '65528..65534': 'sensor-fault' } };

  it.each([
    [65_527, 'good'],
    [65_528, 'sensor-fault'],
    [65_534, 'sensor-fault'],
    [65_535, 'not-present'],
  ])('says of %d: %s', (raw, quality) => {
    expect(decoded(gencomm, [raw]).quality).toBe(quality);
  });

  it('compares 64 bits exactly', () => {
    const wide = { type: 'u64', sentinels: { '18446744073709551608..18446744073709551615': 'not-present' } };
    expect(decoded(wide, [0xffff, 0xffff, 0xffff, 0xfff8]).quality).toBe('not-present');
    expect(decoded(wide, [0xffff, 0xffff, 0xffff, 0xfff7]).quality).toBe('good');
  });
});

describe('transforms and counters', () => {
  it.each([
    [0.95, 0.95],
    [-0.95, -0.95],
    [1.05, 0.95],
    [-1.05, -0.95],
    [1, 1],
  ])('takes the four-quadrant power factor %d for %d', (raw, value) => {
    const mapped = point({ type: 'f64', transform: 'four-quadrant-power-factor' });
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, raw);
    const words = [0, 2, 4, 6].map((at) => view.getUint16(at));
    expect(decodeRegisters(mapped, 'ABCD', words).value).toBeCloseTo(value, 12);
    expect(decodeRegisters(mapped, 'ABCD', encodeRegisters(mapped, 'ABCD', value)).value).toBe(value);
  });

  it('begins again at the rollover, and counts on over it', () => {
    const mapped = point({ type: 'u16', scale: 0.1, rollover: 1000 });
    expect(encodeRegisters(mapped, 'ABCD', 999.9)).toEqual([9999]);
    expect(encodeRegisters(mapped, 'ABCD', 1000.5)).toEqual([5]);
    expect(counted(999.5, 0.5, 1000)).toBe(1);
    expect(counted(5, 7, 1000)).toBe(2);
    expect(counted(7, 0, undefined)).toBe(-7);
  });
});
