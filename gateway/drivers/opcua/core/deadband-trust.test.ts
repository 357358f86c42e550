import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHidden, look, type RawItem } from './deadband-trust.ts';

const DOUBLE = 11;
const BAD = 0x808c0000;
const item = (value: unknown, status = 0): RawItem => ({ status, variant: { dataType: DOUBLE, value } });

it('sees what a deadband may not hide: a larger change, and every change of quality', () => {
  expect(isHidden(item(10), item(10.5), 0.5)).toBe(false);
  expect(isHidden(item(10), item(10.6), 0.5)).toBe(true);
  expect(isHidden(item(10), item(10, BAD), 0.5)).toBe(true);
  expect(isHidden(item(10, BAD), item(10), 0.5)).toBe(true);
  expect(isHidden(item(10), { status: 0, variant: null }, 0.5)).toBe(false);
});

/** What a server tells of samples, by what it compares with. */
function tell(samples: readonly number[], deadband: number, compare: 'sent' | 'sample') {
  let sent: number | null = null;
  let before: number | null = null;
  let told = 0;
  let suspicion: number | null = null;
  let convicted = false;
  for (const sample of samples) {
    const reference: number | null = compare === 'sent' ? sent : before;
    if (reference === null || Math.abs(sample - reference) > deadband) {
      sent = sample;
      told++;
    }
    before = sample;
    const result = look(suspicion, told, isHidden(item(sent), item(sample), deadband));
    suspicion = result.suspicion;
    convicted ||= result.hides;
  }
  return convicted;
}

describe('two looks', () => {
  it('never convict a server that compares with what it sent', () => {
    const samples = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 10, noNaN: true }), (drawn, deadband) => {
        expect(tell(drawn, deadband, 'sent')).toBe(false);
      }),
    );
  });

  it('convict a server that lets a value drift away step by step', () => {
    expect(tell([10, 10.3, 10.6, 10.9, 11.2], 0.5, 'sample')).toBe(true);
  });

  it('wait for what may be on its way', () => {
    expect(look(null, 7, true)).toEqual({ suspicion: 7, hides: false });
    expect(look(7, 8, true)).toEqual({ suspicion: 8, hides: false });
    expect(look(7, 7, false)).toEqual({ suspicion: null, hides: false });
    expect(look(7, 7, true).hides).toBe(true);
  });
});
