import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inLanguage, measured, plainNumber, valueText } from './point-text.ts';
import { durationParts, formatDateTime, formatRecent, formatStopwatch } from './time.ts';

const noon = new Date(2026, 10, 22, 12, 0, 5).getTime();

describe('time', () => {
  it('is written year first, in the browser’s zone', () => {
    expect(formatDateTime(noon)).toBe('2026-11-22 12:00:05');
  });

  it('leaves out the date of today only', () => {
    expect(formatRecent(noon, noon + 3_600_000)).toBe('12:00:05');
    expect(formatRecent(noon, noon + 86_400_000)).toBe('11-22 12:00:05');
  });

  it('splits durations into the units worth showing', () => {
    expect(durationParts(59_999)).toMatchObject({ unit: 's', s: 59 });
    expect(durationParts(61_000)).toMatchObject({ unit: 'ms', m: 1 });
    expect(durationParts(3_600_000)).toMatchObject({ unit: 'hm', h: 1, m: 0 });
    expect(durationParts(90_000_000)).toMatchObject({ unit: 'd', d: 1, h: 1 });
    expect(durationParts(-5)).toMatchObject({ unit: 's', s: 0 });
  });

  it('runs as a stopwatch', () => {
    expect(formatStopwatch(65_000)).toBe('01:05');
    expect(formatStopwatch(26 * 3_600_000)).toBe('26:00:00');
  });

  it('loses no second when split', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
        const { d, h, m, s } = durationParts(ms);
        expect(((d * 24 + h) * 60 + m) * 60 + s).toBe(Math.floor(ms / 1000));
      }),
    );
  });
});

describe('values', () => {
  const analog = { kind: 'analog', decimals: 1, unit: '°C', values: null } as const;
  const state = { kind: 'state', decimals: 0, unit: null, values: { 1: { zh: '运行', en: 'running' } } } as const;

  it('have the decimals of their point', () => {
    expect(valueText(85.04, analog, 'en')).toBe('85.0');
    expect(valueText(null, analog, 'en')).toBe('–');
  });

  it('are words where the point has words', () => {
    expect(valueText(1, state, 'zh')).toBe('运行');
    expect(valueText(7, state, 'en')).toBe('7');
    expect(valueText('A3', state, 'en')).toBe('A3');
  });

  it('have few digits when only the number is known', () => {
    expect(plainNumber(0.1 + 0.2)).toBe('0.3');
    expect(plainNumber(123456.78)).toBe('123457');
    expect(measured(151.23, '°C')).toBe('151.2 °C');
    expect(measured('open', null)).toBe('open');
  });

  it('come in the language of the person', () => {
    expect(inLanguage({ zh: '变压器', en: 'Transformer' }, 'zh-CN')).toBe('变压器');
    expect(inLanguage({ zh: '变压器', en: 'Transformer' }, 'en')).toBe('Transformer');
  });
});
