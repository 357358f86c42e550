import fc from 'fast-check';
import { encodePayload, type TypeStr } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import { describe, expect, it } from 'vitest';
import { decodePayload } from '../../../uplink/sparkplug/decode.ts';
import type { Metric } from '../../../uplink/sparkplug/payload.ts';
import { rangeOf, rawOfMetric, WHOLE_TYPES } from './metric-value.ts';

const metric = (value: Metric['value'], fields: Partial<Metric> = {}): Metric => ({
  type: 'Double',
  value,
  timestampMs: 1,
  quality: 'good',
  ...fields,
});
const codes = Object.keys(WHOLE_TYPES).map(Number);

describe('value of a metric', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'keeps a float of %s as no number, for the conversion to judge',
    (value) => {
      const bytes = encodePayload({ timestamp: 1, metrics: [{ name: 'm', type: 'Float', value }] });
      const [seen = metric(0)] = decodePayload(bytes).metrics;
      expect(rawOfMetric(seen, 9)).toEqual({ raw: Number.NaN });
    },
  );

  it('reads every whole number of every type as it was sent, with and without its type in the message', () => {
    const sent = fc.constantFrom(...codes).chain((code) => {
      const type = WHOLE_TYPES[code];
      const [low, high] = type === undefined ? [0, 0] : rangeOf(type);
      const bounded = { min: Math.max(low, -(2 ** 53)), max: Math.min(high, 2 ** 53) };
      return fc.record({ code: fc.constant(code), value: fc.maxSafeInteger().map((n) => clamp(n, bounded)) });
    });
    fc.assert(
      fc.property(sent, ({ code, value }) => {
        const type = WHOLE_TYPES[code]?.name as TypeStr;
        const [seen] = decodePayload(encodePayload({ timestamp: 1, metrics: [{ name: 'm', type, value }] })).metrics;
        if (seen === undefined) throw new Error('nothing was decoded');
        expect(rawOfMetric(seen, code)).toEqual({ raw: value });
      }),
    );
  });

  it.each([
    [1, 200, -56],
    [1, 4_294_967_295, -1],
    [2, 65_535, -1],
    [3, 4_294_967_286, -10],
    [8, -1, 2 ** 64],
    [8, 2 ** 60, 2 ** 60],
  ])('reads two’s complement of type %i: %i is %i', (datatype, value, raw) => {
    expect(rawOfMetric(metric(value), datatype)).toEqual({ raw });
  });

  it.each([
    [1, 300],
    [5, 256],
    [5, -1],
    [6, 70_000],
    [3, 1.5],
    [7, 2 ** 32],
    [3, 'ten'],
    [3, true],
    [10, 'ten'],
    [12, 5],
    [11, 2],
    [16, 1],
  ])('refuses for type %i: %s', (datatype, value) => {
    expect(rawOfMetric(metric(value), datatype)).toEqual({ fault: expect.any(String) });
  });

  it('keeps what it has no type for, null, Booleans told as numbers, and says what decoding could not use', () => {
    expect(rawOfMetric(metric('x'), undefined)).toEqual({ raw: 'x' });
    expect(rawOfMetric(metric(null), 3)).toEqual({ raw: null });
    expect(rawOfMetric(metric(1), 11)).toEqual({ raw: true });
    expect(rawOfMetric(metric(1_700_000_000_000), 13)).toEqual({ raw: 1_700_000_000_000 });
    expect(rawOfMetric(metric(null, { unusable: 'data type is not supported' }), 10)).toEqual({
      fault: 'data type is not supported',
    });
  });
});

const clamp = (value: number, { min, max }: { readonly min: number; readonly max: number }): number =>
  Math.min(max, Math.max(min, value));
