// The uplink's small decisions: watermark, host state, backoff.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECONNECT_MAX_MS, reconnectDelayMs } from './backoff.ts';
import { adoptHostState, parseHostState } from './host-state.ts';
import { judgeWatermark, parseWatermark } from './watermark.ts';

describe('watermark', () => {
  it('reads what the server writes and nothing else', () => {
    expect(parseWatermark('{"epoch":5,"seq":0,"more":1}')).toEqual({ epoch: 5, seq: 0 });
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '{"epoch":1}',
      '{"epoch":"1","seq":2}',
      '{"epoch":1,"seq":-1}',
      '{"epoch":1e99,"seq":1}',
    ])
      expect(parseWatermark(text)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => parseWatermark(text) === undefined || text.includes('epoch')));
  });

  it('acknowledges its own epoch, ignores earlier ones, gives way to later ones', () => {
    const outbox = { epoch: 10, lastSeq: 50 };
    expect(judgeWatermark({ epoch: 10, seq: 50 }, outbox)).toEqual({ kind: 'acknowledged', seq: 50 });
    expect(judgeWatermark({ epoch: 9, seq: 999 }, outbox)).toEqual({ kind: 'earlier' });
    expect(judgeWatermark({ epoch: 12, seq: 0 }, outbox)).toEqual({ kind: 'ahead', adoptEpoch: 13 });
  });

  it('never uses a number again that the server has: an outbox put back from a copy gets a new epoch', () => {
    expect(judgeWatermark({ epoch: 10, seq: 51 }, { epoch: 10, lastSeq: 50 })).toEqual({
      kind: 'ahead',
      adoptEpoch: 11,
    });
  });
});

describe('host state', () => {
  it('reads Sparkplug 3.0 only', () => {
    expect(parseHostState('{"online":true,"timestamp":7}')).toEqual({
      online: true,
      provesDelivery: false,
      timestampMs: 7,
    });
    expect(parseHostState('{"online":true,"timestamp":7,"delivery":"louwei.delivery.1"}')?.provesDelivery).toBe(true);
    expect(parseHostState('{"online":true,"timestamp":7,"delivery":"other"}')?.provesDelivery).toBe(false);
    for (const text of ['ONLINE', '', '{"online":1,"timestamp":7}', '{"online":true}', 'null'])
      expect(parseHostState(text)).toBeUndefined();
  });

  it('ignores a state older than the last, takes one as old', () => {
    const online = { online: true, provesDelivery: false, timestampMs: 10 };
    expect(adoptHostState(online, { online: false, provesDelivery: false, timestampMs: 9 })).toBe(online);
    expect(adoptHostState(online, { online: false, provesDelivery: false, timestampMs: 10 }).online).toBe(false);
    expect(adoptHostState(undefined, { online: false, provesDelivery: false, timestampMs: 1 }).online).toBe(false);
  });
});

describe('reconnect delay', () => {
  it('grows to its ceiling and is spread over half of it', () => {
    expect(reconnectDelayMs(0, 0)).toBe(250);
    expect(reconnectDelayMs(3, 0.999)).toBe(3_998);
    // F01: a server that was away for as long as one likes is served within 5 s of its return.
    expect(reconnectDelayMs(10_000, 0.999_999)).toBeLessThanOrEqual(4_000);
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const delay = reconnectDelayMs(attempt, random);
        return delay >= 250 && delay <= RECONNECT_MAX_MS;
      }),
    );
  });
});
