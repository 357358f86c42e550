// Derived points: read from their operands, given back by a simulated device, and refused where they could not work.
import { describe, expect, it } from 'vitest';
import { derivationsOf, derive, shownIn } from '../../decode/core/derived.ts';
import { equipmentClass } from '../../schema/class.ts';
import { modbusModel } from '../../schema/model.ts';
import { lintModel } from './model.ts';

const both = { zh: '表', en: 'meter' };
const subject = equipmentClass.parse({
  class: 'meter',
  label: both,
  group: 'lv-distribution',
  points: {
    power: { label: both, kind: 'analog', unit: 'kW', range: [-100, 100] },
    thd: { label: both, kind: 'analog', unit: '%', range: [0, 100] },
    fault: { label: both, kind: 'state', values: { 0: both, 1: both } },
    autoMode: { label: both, kind: 'state', values: { 0: both, 1: both } },
    mode: { label: both, kind: 'enumeration', values: { 0: both, 1: both, 2: both } },
    energy: { label: both, kind: 'counter', unit: 'kWh' },
    serial: { label: both, kind: 'text' },
  },
  faceplate: ['power'],
});
const register = (address: number, rest: object = {}) => ({ area: 'holding', address, type: 'u16', ...rest });

function model(parts: object) {
  return modbusModel.parse({
    model: 'test/meter',
    label: both,
    class: 'meter',
    proof: 'example',
    sources: [{ title: 'test' }],
    protocol: 'modbus',
    modbus: { addressBase: 0 },
    points: { mode: register(0) },
    examples: [{ point: 'mode', registers: [1], value: 1 }],
    ...parts,
  });
}
const faults = (parts: object): string =>
  lintModel(model(parts), subject)
    .map(({ path, found, expected }) => `${path.join('.')}: ${found} / ${expected}`)
    .join('\n');

const SOUND = {
  inputs: {
    first: register(10),
    second: register(11),
    mantissa: register(20, { shows: 'power', type: 's16' }),
    exponent: register(21, { shows: '0', type: 's16' }),
    code: register(30),
  },
  derived: {
    thd: 'max(first, second)',
    power: 'mantissa * pow(10, exponent)',
    fault: 'code != 0',
    autoMode: 'mode == 1',
  },
};

describe('derived points', () => {
  it('are accepted, and hold against their examples', () => {
    const examples = [
      { point: 'thd', registers: [3, 5], value: 5 },
      { point: 'power', registers: [1525, 0xfffe], value: 15.25 },
      { point: 'autoMode', registers: [1], value: 1 },
    ];
    expect(faults({ ...SOUND, examples })).toBe('');
    expect(faults({ ...SOUND, examples: [{ point: 'thd', registers: [3, 5], value: 3 }] })).toContain(
      '5 after decoding',
    );
    expect(faults({ ...SOUND, examples: [{ point: 'thd', registers: [3], value: 3 }] })).toContain('first, second');
  });

  it('come from what was read, and are as bad as their worst operand', () => {
    const [thd] = derivationsOf(model(SOUND));
    if (thd === undefined) throw new Error('no derivation');
    const of = (values: Record<string, number | null>) =>
      derive(thd, (name) => ({ value: values[name] ?? null, quality: values[name] === null ? 'sentinel' : 'good' }));
    expect(of({ first: 2, second: 7 })).toEqual({ value: 7, quality: 'good' });
    expect(of({ first: 2, second: null })).toEqual({ value: null, quality: 'sentinel' });
  });

  it('are a decode error where the arithmetic has no answer', () => {
    const [ratio] = derivationsOf(model({ inputs: { a: register(5) }, derived: { power: 'a / a' } }));
    if (ratio === undefined) throw new Error('no derivation');
    expect(derive(ratio, () => ({ value: 0, quality: 'good' }))).toEqual({ value: null, quality: 'decode-error' });
  });

  it('are given back by a simulated device', () => {
    const values: Record<string, number> = { thd: 4, power: 12, fault: 1 };
    const shown = (input: string) => shownIn(model(SOUND), input, (name) => values[name] ?? null);
    expect(['first', 'second', 'mantissa', 'exponent', 'code'].map(shown)).toEqual([4, 4, 12, 0, 1]);
    expect(shownIn(model(SOUND), 'mantissa', () => null)).toBeNull();
  });

  it.each<[object, string]>([
    [{ derived: { power: 'mode +' } }, 'derived.power: the end instead of'],
    [{ derived: { power: 'mod * 2' } }, 'derived.power: mod / an input or point of the model: one of mode'],
    [{ derived: { power: '42' } }, 'derived.power: 42 / an expression over inputs or points'],
    [{ derived: { powr: 'mode' } }, 'derived.powr: powr / a point of the class meter'],
    [{ derived: { mode: 'mode + 1' } }, 'derived.mode: mode / a point mapped or derived, not both'],
    [{ derived: { serial: 'mode' } }, 'derived.serial: an expression / no expression for a text'],
    [{ inputs: { spare: register(5) } }, 'inputs.spare: an input that nothing is derived from'],
    [{ inputs: { mode: register(5) }, derived: { thd: 'mode' } }, 'inputs.mode: mode / a name that no point'],
    [
      { inputs: { a: register(5, { shows: 'energy' }) }, derived: { thd: 'a' } },
      'inputs.a.shows: energy / a point the model delivers',
    ],
    [{ inputs: { a: register(5), b: register(6) }, derived: { thd: 'a + b' } }, 'from what the inputs show for'],
    [{ inputs: { a: register(0) }, derived: { thd: 'a' } }, 'inputs.a.address: 0 / registers of its own; mode takes'],
    [{ points: { mode: register(0, { rollover: 9 }) } }, 'points.mode.rollover: 9 / no rollover on a enumeration'],
    [{ points: { mode: register(0, { width: 4 }) } }, 'points.mode.width: 4 / no width'],
    [{ points: { mode: register(0, { type: 'bit', bit: 14, width: 4 }) } }, 'bits 14 to 17 / bits 0 to 15'],
    [
      { points: { mode: register(0, { type: 'bit', bit: 20 }) } },
      'points.mode.bit: 20 / bits 0 to 15 of the word (word',
    ],
    [
      { points: { fault: register(0, { type: 'bit', bit: 4, width: 4 }) } },
      'points.fault.map: nothing / a map of the 4',
    ],
    [
      { points: { power: register(0, { plus: [{ address: 65_536, type: 'u16', scale: 1 }] }) } },
      'points.power.plus.0.address: 65536 / 0 to 65535',
    ],
    [
      { points: { power: register(0, { type: 'f32', plus: [{ address: 9, type: 'u16', scale: 1 }] }) } },
      'points.power.plus: plus on type f32',
    ],
    [{ points: { mode: register(0, { plus: [{ address: 9, type: 'u16', scale: 1 }] }) } }, 'no plus on a enumeration'],
    [
      { points: { power: register(0, { sentinels: { '9..3': 'not-present' } }) } },
      'points.power.sentinels.9..3: 9..3 / the smaller number first',
    ],
  ])('%j is refused', (parts, message) => {
    expect(faults(parts)).toContain(message);
  });
});
