// What is written is what is read, through the bytes of the wire.
import { QUALITY_CODES, type Quality } from '@louwei/device-profiles';
import fc from 'fast-check';
import { encodePayload as encodeTahu } from 'sparkplug-payload/lib/sparkplugbpayload.js';
import proto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { describe, expect, it } from 'vitest';
import { DELIVERY_ENCODING, decodeDelivery, encodeDelivery } from './core/delivery.ts';
import { decodePayload } from './decode.ts';
import { encodePayload, type Metric, type Payload } from './payload.ts';

const seqs = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 52 - 1 })), { maxLength: 50 });
const epoch = fc.integer({ min: 1, max: 2 ** 52 });
const time = fc.integer({ min: 0, max: 8.64e15 });

const typed = fc.oneof(
  fc.record({
    type: fc.constant('Double' as const),
    value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  }),
  fc.record({ type: fc.constant('Boolean' as const), value: fc.option(fc.boolean()) }),
  fc.record({ type: fc.constant('String' as const), value: fc.option(fc.string({ unit: 'binary' })) }),
  fc.record({ type: fc.constant('Int64' as const), value: fc.option(fc.maxSafeInteger()) }),
  fc.record({ type: fc.constant('UInt64' as const), value: fc.option(fc.maxSafeNat()) }),
);

const metric: fc.Arbitrary<Metric> = fc
  .tuple(
    typed,
    fc.record(
      {
        name: fc.string({ minLength: 1 }),
        alias: fc.integer({ min: 0, max: 2 ** 40 }),
        deviceTimeMs: time,
        historical: fc.constant(true),
      },
      { requiredKeys: [] },
    ),
    fc.record({ timestampMs: time, quality: fc.constantFrom(...(Object.keys(QUALITY_CODES) as Quality[])) }),
  )
  .map(([value, optional, always]) => ({ ...value, ...optional, ...always }) as Metric);

const payload: fc.Arbitrary<Payload> = fc
  .tuple(time, fc.option(fc.integer({ min: 0, max: 255 })), fc.array(metric, { maxLength: 20 }), fc.option(epoch), seqs)
  .map(([timestampMs, seq, metrics, withEpoch, numbers]) => ({
    timestampMs,
    metrics,
    ...(seq === null ? {} : { seq }),
    ...(withEpoch === null
      ? {}
      : { delivery: { epoch: withEpoch, seqs: metrics.map((_, index) => numbers[index] ?? 0) } }),
  }));

/** -0 is 0 in everything that is not a Double. */
const written = (expected: Payload): unknown => ({
  ...expected,
  metrics: expected.metrics.map((one) => ({
    ...one,
    value: one.type !== 'Double' && typeof one.value === 'number' ? one.value + 0 : one.value,
    datatype: { Double: 10, Boolean: 11, String: 12, Int64: 4, UInt64: 8 }[one.type],
  })),
});

describe('delivery', () => {
  it('round trips any epoch and any order of sequence numbers past 2^31', () => {
    fc.assert(
      fc.property(epoch, seqs, (at, numbers) => {
        expect(decodeDelivery(encodeDelivery({ epoch: at, seqs: numbers }))).toEqual({ epoch: at, seqs: numbers });
      }),
    );
  });

  it('costs one byte a sample in a row', () => {
    const numbers = Array.from({ length: 500 }, (_, index) => 3_000_000_000 + index);
    expect(encodeDelivery({ epoch: 1_800_000_000_000, seqs: numbers }).length).toBeLessThan(520);
  });

  it('refuses arbitrary bytes or decodes them without an impossible number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          const delivery = decodeDelivery(bytes);
          for (const seq of delivery.seqs) expect(Number.isSafeInteger(seq) && seq >= 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('refuses a truncated one', () => {
    const bytes = encodeDelivery({ epoch: 5, seqs: [1, 2, 300] });
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeDelivery(bytes.subarray(0, length))).toThrow(RangeError);
  });
});

describe('payload', () => {
  it('round trips values of every type, null, quality, both times, history and delivery', () => {
    fc.assert(
      fc.property(payload, (expected) => {
        expect(decodePayload(encodePayload(expected))).toEqual(written(expected));
      }),
    );
  });

  it('keeps uuid and body through the Tahu codec, where other products ignore them', () => {
    const delivery = { epoch: 1_800_000_000_000, seqs: [2 ** 40] };
    const bytes = encodePayload({
      timestampMs: 1,
      seq: 7,
      metrics: [{ alias: 3, type: 'Double', value: 1.5, timestampMs: 1, quality: 'good' }],
      delivery,
    });
    const wire = proto.org.eclipse.tahu.protobuf.Payload.decode(bytes);
    expect(wire.uuid).toBe(DELIVERY_ENCODING);
    expect(decodeDelivery(wire.body ?? new Uint8Array())).toEqual(delivery);
  });

  it('refuses a delivery that does not match its metrics', () => {
    const bytes = encodeTahu({
      timestamp: 1,
      metrics: [],
      uuid: DELIVERY_ENCODING,
      body: encodeDelivery({ epoch: 1, seqs: [1] }),
    });
    expect(() => decodePayload(bytes)).toThrow('delivery names 1 metrics, the payload has 0');
  });

  it('leaves a body of another encoding alone', () => {
    const bytes = encodeTahu({ timestamp: 1, metrics: [], uuid: 'other', body: Uint8Array.of(1, 2) });
    expect(decodePayload(bytes)).toEqual({ timestampMs: 1, metrics: [] });
  });

  it('reads the unsigned 32-bit integers of other products', () => {
    const metrics = [{ name: 'energy', type: 'UInt32' as const, value: 4_000_000_000, timestamp: 1 }];
    expect(decodePayload(encodeTahu({ timestamp: 1, metrics })).metrics[0]?.value).toBe(4_000_000_000);
  });

  it('never answers arbitrary bytes with anything but an Error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(Array.isArray(decodePayload(bytes).metrics)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
