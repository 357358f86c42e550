import { describe, expect, it } from 'vitest';
import { asBorn, decodePayload } from './decode.ts';
import { encodePayload, type Metric } from './payload.ts';

const metric = (fields: Partial<Metric>): Metric => ({
  name: 'm',
  type: 'Double',
  value: 1,
  timestampMs: 1_700_000_000_123,
  quality: 'good',
  ...fields,
});
const roundTrip = (fields: Partial<Metric>): Metric | undefined =>
  decodePayload(encodePayload({ timestampMs: 5, seq: 3, metrics: [metric(fields)] })).metrics[0];
/** A payload of one metric given as protobuf fields. */
const wire = (...fields: number[]) => decodePayload(Uint8Array.from([0x12, fields.length, ...fields])).metrics[0];

describe('decoding Sparkplug payloads', () => {
  it.each<Partial<Metric>>([
    { value: 1.5, alias: 3, quality: 'timeout', deviceTimeMs: 5 },
    { type: 'Boolean', value: false },
    { type: 'String', value: '泵', quality: 'stale' },
    { type: 'Int64', value: -7, historical: true },
    { type: 'UInt64', value: 2 ** 52 },
    { value: null, quality: 'not-connected' },
  ])('gives back what was encoded: %o', (fields) => {
    expect(roundTrip(fields)).toMatchObject(metric(fields));
    expect(roundTrip(fields)).not.toHaveProperty('unusable');
  });

  it('marks what cannot be used instead of losing it', () => {
    expect(roundTrip({ value: Number.NaN })).toMatchObject({ value: null, unusable: 'not a finite number' });
    // bytes_value (field 16) of data type 17
    expect(wire(0x10, 1, 0x20, 17, 0x82, 0x01, 1, 0xff)).toMatchObject({
      value: null,
      unusable: 'data type is not supported',
    });
  });

  it('reads a value without data type as the type its birth declared', () => {
    // alias 1, int_value (field 10) 2^32 - 5
    const untyped = wire(0x10, 1, 0x50, 0xfb, 0xff, 0xff, 0xff, 0x0f);
    expect(untyped).toMatchObject({ alias: 1, value: 2 ** 32 - 5 });
    expect(untyped?.datatype).toBeUndefined();
    expect(untyped && asBorn(untyped, 'Double', 3).value).toBe(-5);
    expect(untyped && asBorn(untyped, 'Double', 7).value).toBe(2 ** 32 - 5);
  });

  it('refuses bytes that are no payload and a delivery that does not fit', () => {
    expect(() => decodePayload(Buffer.from('garbage'))).toThrow();
    const bad = encodePayload({ timestampMs: 1, metrics: [metric({})], delivery: { epoch: 1, seqs: [1, 2] } });
    expect(() => decodePayload(bad)).toThrow('delivery names 2 metrics');
  });
});
