// Known register images of real products, and the round trip of every type, order and scale.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODBUS_TYPES, type ModbusPoint, WORD_ORDERS } from '../../schema/model.ts';
import { decodeRegisters, encodeRegisters, rawRange, registerCount, type WordOrder, wireAddress } from './registers.ts';

const point = (rest: Partial<ModbusPoint> & Pick<ModbusPoint, 'type'>): ModbusPoint => ({
  area: 'holding',
  address: 0,
  ...rest,
});

describe('decodeRegisters', () => {
  // 0x43664CCD is the IEEE 754 single nearest to 230.3; 0x0001020304050607 shows where each byte goes.
  it.each<[WordOrder, number[]]>([
    ['ABCD', [0x4366, 0x4ccd]],
    ['CDAB', [0x4ccd, 0x4366]],
    ['BADC', [0x6643, 0xcd4c]],
    ['DCBA', [0xcd4c, 0x6643]],
  ])('reads a float in word order %s', (order, registers) => {
    expect(decodeRegisters(point({ type: 'f32' }), order, registers).value).toBeCloseTo(230.3, 4);
  });

  it.each<[WordOrder, number[]]>([
    ['ABCD', [0x0001, 0x0203, 0x0405, 0x0607]],
    ['CDAB', [0x0607, 0x0405, 0x0203, 0x0001]],
    ['BADC', [0x0100, 0x0302, 0x0504, 0x0706]],
    ['DCBA', [0x0706, 0x0504, 0x0302, 0x0100]],
  ])('reads 64 bits in word order %s', (order, registers) => {
    expect(decodeRegisters(point({ type: 'u64' }), order, registers).value).toBe(0x0001020304050607);
  });

  it('shows a wrong word order as an implausible voltage', () => {
    const registers = encodeRegisters(point({ type: 'f32' }), 'ABCD', 230.3);
    for (const order of WORD_ORDERS.slice(1)) {
      const { value } = decodeRegisters(point({ type: 'f32' }), order, registers);
      expect(typeof value === 'number' && value > 180 && value < 260).toBe(false);
    }
  });

  it('keeps the printed decimals of scaled integers', () => {
    expect(decodeRegisters(point({ type: 'u16', scale: 0.1 }), 'ABCD', [3])).toEqual({ value: 0.3, quality: 'good' });
    expect(decodeRegisters(point({ type: 's16', scale: 0.1 }), 'ABCD', [0xffce]).value).toBe(-5);
    expect(decodeRegisters(point({ type: 'u16', scale: 0.01, offset: -273.15 }), 'ABCD', [29_685]).value).toBe(23.7);
    expect(decodeRegisters(point({ type: 'u16', scale: 0.001953125 }), 'ABCD', [51_200]).value).toBe(100);
  });

  it('leaves single registers big-endian unless the point itself says otherwise', () => {
    expect(decodeRegisters(point({ type: 'u16' }), 'DCBA', [0x0102]).value).toBe(0x0102);
    expect(decodeRegisters(point({ type: 'u16', wordOrder: 'DCBA' }), 'ABCD', [0x0102]).value).toBe(0x0201);
  });

  it('lets the order of the point win over that of the model', () => {
    expect(decodeRegisters(point({ type: 'u32', wordOrder: 'CDAB' }), 'ABCD', [1, 0]).value).toBe(1);
  });

  it('tells why there is no value', () => {
    const sentinels = { '32766': 'sensor-open', '-1': 'not-present' } as const;
    expect(decodeRegisters(point({ type: 's16', sentinels }), 'ABCD', [32_766])).toEqual({
      value: null,
      quality: 'sensor-open',
    });
    expect(decodeRegisters(point({ type: 's16', sentinels }), 'ABCD', [0xffff]).quality).toBe('not-present');
    expect(
      decodeRegisters(
        point({ type: 'u64', sentinels: { '18446744073709551615': 'sentinel' } }),
        'ABCD',
        Array(4).fill(0xffff),
      ).quality,
    ).toBe('sentinel');
    expect(decodeRegisters(point({ type: 'f32' }), 'ABCD', [0x7fc0, 0]).quality).toBe('sentinel');
    expect(decodeRegisters(point({ type: 'f32' }), 'ABCD', [0xff80, 0]).quality).toBe('under-range');
    expect(decodeRegisters(point({ type: 'u32' }), 'ABCD', [1]).quality).toBe('decode-error');
    expect(decodeRegisters(point({ type: 'u16', map: { '1': 4 } }), 'ABCD', [2]).quality).toBe('decode-error');
  });

  it('applies the sentinel before the scale, and the map before the scale', () => {
    expect(
      decodeRegisters(point({ type: 'u16', scale: 0.1, sentinels: { '10': 'sentinel' } }), 'ABCD', [10]).value,
    ).toBeNull();
    expect(decodeRegisters(point({ type: 'u16', scale: 2, map: { '10': 3 } }), 'ABCD', [10]).value).toBe(6);
  });

  it('reads bits of registers and of bit areas', () => {
    expect(decodeRegisters(point({ type: 'bit', bit: 13 }), 'ABCD', [0x2000]).value).toBe(1);
    expect(decodeRegisters(point({ type: 'bit', bit: 12 }), 'ABCD', [0x2000]).value).toBe(0);
    expect(decodeRegisters(point({ type: 'bit', area: 'coil' }), 'ABCD', [1]).value).toBe(1);
    expect(decodeRegisters(point({ type: 'bit', area: 'discrete', map: { '0': 1, '1': 0 } }), 'ABCD', [0]).value).toBe(
      1,
    );
  });

  it('reads text up to its end, in either byte order', () => {
    const text = point({ type: 'text', length: 3 });
    expect(decodeRegisters(text, 'ABCD', [0x4c57, 0x2d31, 0x0020]).value).toBe('LW-1');
    expect(decodeRegisters({ ...text, wordOrder: 'BADC' }, 'ABCD', [0x574c, 0x312d, 0]).value).toBe('LW-1');
    expect(decodeRegisters(text, 'ABCD', [0xffff, 0xffff, 0xffff]).quality).toBe('decode-error');
    expect(decodeRegisters({ ...text, map: { RUN: 1 } }, 'ABCD', [0x5255, 0x4e00, 0]).value).toBe(1);
  });
});

describe('encodeRegisters', () => {
  const orders = fc.constantFrom(...WORD_ORDERS);
  const numbers = MODBUS_TYPES.filter((type) => type !== 'bit' && type !== 'text');

  it('round-trips whole numbers of every type and order', () => {
    const cases = fc.constantFrom(...numbers).chain((type) => {
      const [low, high] = rawRange(type) ?? [0, 0];
      const safe = { min: Math.max(low, -(2 ** 24)), max: Math.min(high, 2 ** 24) };
      return fc.tuple(fc.constant(type), orders, fc.option(orders, { nil: undefined }), fc.integer(safe));
    });
    fc.assert(
      fc.property(cases, ([type, order, own, value]) => {
        const mapped = point(own === undefined ? { type } : { type, wordOrder: own });
        const registers = encodeRegisters(mapped, order, value);
        expect(registers).toHaveLength(registerCount(mapped));
        expect(decodeRegisters(mapped, order, registers)).toEqual({ value, quality: 'good' });
      }),
    );
  });

  it('round-trips scaled values within half a step', () => {
    const scales = fc.constantFrom(0.1, 0.01, 0.001, 1 / 512, 10, 2.5, -1);
    fc.assert(
      fc.property(
        scales,
        fc.integer({ min: -100, max: 100 }),
        orders,
        fc.double({ min: -3000, max: 3000, noNaN: true }),
        (scale, offset, order, value) => {
          const mapped = point({ type: 's32', scale, offset });
          const decoded = decodeRegisters(mapped, order, encodeRegisters(mapped, order, value));
          expect(Math.abs(Number(decoded.value) - value)).toBeLessThanOrEqual(Math.abs(scale) / 2 + 1e-9);
        },
      ),
    );
  });

  it('round-trips doubles and text', () => {
    fc.assert(
      fc.property(orders, fc.double({ noNaN: true, noDefaultInfinity: true }), (order, value) => {
        const mapped = point({ type: 'f64' });
        expect(decodeRegisters(mapped, order, encodeRegisters(mapped, order, value)).value).toBe(value + 0);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.option(orders, { nil: undefined }), (value, own) => {
        const text = value.replaceAll('\0', '').trim();
        const mapped = point(
          own === undefined ? { type: 'text', length: 10 } : { type: 'text', length: 10, wordOrder: own },
        );
        expect(decodeRegisters(mapped, 'ABCD', encodeRegisters(mapped, 'ABCD', text)).value).toBe(text);
      }),
    );
  });

  it('never throws on registers from a hostile device', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MODBUS_TYPES),
        orders,
        fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }),
        (type, order, registers) => {
          const { value, quality } = decodeRegisters(point({ type, length: 2 }), order, registers);
          expect(quality === 'good').toBe(value !== null);
        },
      ),
    );
  });

  it('saturates, sets one bit, and says "no value" the way the device does', () => {
    expect(encodeRegisters(point({ type: 'u16', scale: 0.1 }), 'ABCD', 9_999)).toEqual([0xffff]);
    expect(encodeRegisters(point({ type: 's16' }), 'ABCD', -40_000)).toEqual([0x8000]);
    expect(encodeRegisters(point({ type: 'u64' }), 'ABCD', 1e30).at(0)).toBe(0xffff);
    expect(encodeRegisters(point({ type: 'bit', bit: 3 }), 'ABCD', 1)).toEqual([8]);
    expect(encodeRegisters(point({ type: 's16', sentinels: { '32767': 'not-present' } }), 'ABCD', null)).toEqual([
      32_767,
    ]);
    expect(
      decodeRegisters(point({ type: 'f32' }), 'CDAB', encodeRegisters(point({ type: 'f32' }), 'CDAB', null)).quality,
    ).toBe('sentinel');
    expect(encodeRegisters(point({ type: 'u16', map: { '8': 1 } }), 'ABCD', 1)).toEqual([8]);
    expect(() => encodeRegisters(point({ type: 'u16' }), 'ABCD', null)).toThrow(/no sentinel/);
    expect(() => encodeRegisters(point({ type: 'u16', map: { '8': 1 } }), 'ABCD', 2)).toThrow(/no raw value/);
    expect(() => encodeRegisters(point({ type: 'u16' }), 'ABCD', 'high')).toThrow(/not a number/);
  });
});

describe('wireAddress', () => {
  it('counts from 0 whatever the manual counts from', () => {
    expect(wireAddress({ modbus: { addressBase: 1 } }, { address: 3000 })).toBe(2999);
    expect(wireAddress({ modbus: { addressBase: 0 } }, { address: 3000 })).toBe(3000);
  });
});
