// What a device holds where a point takes several places, part of a word, or is derived by its model.
import { modbusModel } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import type { PointValues } from '../../plant/plant.ts';
import { registerImage } from './image.ts';

const both = { zh: '控制器', en: 'controller' };
const model = modbusModel.parse({
  model: 'test/controller',
  label: both,
  class: 'generator',
  proof: 'example',
  sources: [{ title: 'test' }],
  protocol: 'modbus',
  modbus: { addressBase: 1 },
  points: {
    hours: { area: 'holding', address: 11, type: 'u32', plus: [{ address: 21, type: 'u16', scale: 0.5 }] },
    overload: { area: 'holding', address: 31, type: 'bit', bit: 21, word: 'u32' },
    online: { area: 'holding', address: 31, type: 'bit', bit: 1, word: 'u32' },
    lowOil: { area: 'holding', address: 41, type: 'bit', bit: 8, width: 4, map: { 0: 0, 3: 1 } },
    highCoolant: { area: 'holding', address: 41, type: 'bit', bit: 4, width: 4, map: { 0: 0, 2: 1 } },
  },
  inputs: {
    first: { area: 'input', address: 1, type: 'u16' },
    second: { area: 'input', address: 5, type: 'u16', shows: 'thd / 2' },
  },
  derived: { thd: 'max(first, second)' },
  examples: [{ point: 'online', registers: [0, 2], value: 1 }],
});
const image = (values: PointValues) =>
  registerImage({ id: 'G-1', model, values: () => values, version: () => 1, offline: () => false });

describe('the image of a device', () => {
  const memory = image({ hours: 65_540.5, overload: true, online: 1, lowOil: 1, highCoolant: 1, thd: 8 });

  it('spreads a number over its registers', () => {
    expect([10, 11, 20].map((address) => memory('holding').get(address))).toEqual([1, 4, 1]);
  });

  it('puts fields of one word side by side', () => {
    expect([30, 31].map((address) => memory('holding').get(address))).toEqual([0x0020, 0x0002]);
    expect(memory('holding').get(40)).toBe(0x0320);
  });

  it('shows in the inputs what gives the derived point', () => {
    expect([...memory('input')]).toEqual([
      [0, 8],
      [4, 4],
    ]);
  });

  it('holds nothing at addresses that the model does not name', () => {
    expect([...memory('holding').keys()].sort((a, b) => a - b)).toEqual([10, 11, 20, 30, 31, 40]);
  });

  it('shows the state before where the product has no own number for a state', () => {
    const shown = (value: number) => image({ lowOil: value, highCoolant: 0 })('holding').get(40);
    expect([shown(0), shown(1), shown(7), shown(-1)]).toEqual([0x0000, 0x0300, 0x0300, 0x0000]);
  });

  it('shows zero where there is neither a value nor a marker for none', () => {
    const empty = image({ hours: null, thd: null });
    expect([10, 11, 20].map((address) => empty('holding').get(address))).toEqual([0, 0, 0]);
    expect(empty('input').get(0)).toBe(0);
  });
});
