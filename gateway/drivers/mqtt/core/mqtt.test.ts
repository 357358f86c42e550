import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as liveness from './liveness.ts';
import { type ArrivedMessage, decodeMessage, type TopicPoint } from './message.ts';

const NOW = Date.UTC(2026, 5, 1);
const model = { expectEveryS: 10, timePath: 'at' };
const level: TopicPoint = { name: 'level', point: { topic: '', path: 'a.level', scale: 0.1 }, kind: 'analog' };
const plain: TopicPoint = { name: 'running', point: { topic: 'run', map: { ON: 1, OFF: 0 } }, kind: 'state' };
const arrived = (payload: string, retained = false): ArrivedMessage => ({
  payload: new TextEncoder().encode(payload),
  retained,
  arrivedAtMs: NOW,
});
const reading = (points: TopicPoint[], message: ArrivedMessage) => decodeMessage(model, points, message).readings[0];

describe('MQTT message', () => {
  it('reads JSON by path with the device time, and plain payloads', () => {
    expect(reading([level], arrived('{"a":{"level":123},"at":"2026-06-01T00:00:00Z"}'))).toEqual({
      point: 'level',
      value: 12.3,
      quality: 'good',
      gatewayTimeMs: NOW,
      deviceTimeMs: NOW,
    });
    expect(reading([plain], arrived('ON'))).toMatchObject({ value: 1, quality: 'good' });
  });

  it('calls a malformed payload a decode error of its points', () => {
    for (const payload of ['{"a":', 'true', '[1]', '"text"', '']) {
      expect(reading([level], arrived(payload))?.quality).toMatch(/decode-error|not-present/);
    }
    expect(decodeMessage(model, [level], arrived('{"a":')).fault).toContain('not JSON');
    expect(decodeMessage(model, [plain], arrived('MAYBE'))).toMatchObject({ fault: expect.stringContaining('MAYBE') });
    const binary = { payload: Uint8Array.of(0xff, 0xfe), retained: false, arrivedAtMs: NOW };
    expect(decodeMessage(model, [plain], binary).fault).toBe('payload is not UTF-8');
  });

  it('never takes inherited properties for values', () => {
    const proto: TopicPoint = { name: 'level', point: { topic: '', path: '__proto__.x' }, kind: 'analog' };
    expect(reading([proto], arrived('{}'))).toMatchObject({ value: null });
  });

  it('is honest about the age of retained messages', () => {
    const payload = (at: string) => arrived(`{"a":{"level":1},"at":"${at}"}`, true);
    expect(reading([level], arrived('{"a":{"level":1}}', true))?.quality).toBe('stale');
    expect(reading([level], payload('2026-05-31T23:59:50Z'))?.quality).toBe('good');
    expect(reading([level], payload('2026-05-30T00:00:00Z'))?.quality).toBe('stale');
    expect(decodeMessage(model, [level], payload('2026-05-30T00:00:00Z')).alive).toBe(false);
    expect(reading([level], arrived('{"a":{"level":1}}'))?.quality).toBe('good');
  });

  it('never gives a retained message a fresher time than its own, whatever clocks say', () => {
    const time = fc.integer({ min: 0, max: NOW + 1e10 });
    fc.assert(
      fc.property(time, fc.option(time, { nil: undefined }), (deviceMs, firstSeenMs) => {
        const payload = new TextEncoder().encode(JSON.stringify({ a: { level: 1 }, at: deviceMs }));
        const message = { payload, retained: true, arrivedAtMs: NOW, firstSeenMs };
        const [decoded] = decodeMessage(model, [level], message).readings;
        if (decoded === undefined) throw new Error('no reading');
        expect(decoded.gatewayTimeMs).toBeLessThanOrEqual(Math.min(NOW, firstSeenMs ?? NOW));
        if (deviceMs >= Date.UTC(2000, 0, 1)) expect(decoded.gatewayTimeMs).toBeLessThanOrEqual(deviceMs);
        else expect(decoded.gatewayTimeMs).toBe(Math.min(NOW, firstSeenMs ?? NOW));
      }),
    );
  });

  it('never throws and answers for every point, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (payload) => {
          const decoded = decodeMessage(model, [level, plain], { payload, retained: false, arrivedAtMs: NOW });
          expect(decoded.readings.map(({ point }) => point)).toEqual(['level', 'running']);
          for (const { value, quality } of decoded.readings) expect(value === null).toBe(quality !== 'good');
        },
      ),
    );
  });
});

describe('MQTT liveness', () => {
  it('is offline after three missed messages, also when nothing ever came, and online at the next one', () => {
    let life = liveness.reached(0);
    expect(life.state).toBeNull();
    expect(liveness.silent(life, 29_999, 10).state).toBeNull();
    life = liveness.silent(life, 30_000, 10);
    expect(life.state).toEqual({ online: false, reason: 'no message for 30 s (expected every 10 s)' });
    life = liveness.heard(31_000);
    expect(life.state).toEqual({ online: true });
    expect(liveness.silent(life, 60_999, 10).state).toEqual({ online: true });
  });

  it('keeps the better reason: the broker is gone, or the device said so itself', () => {
    const said = liveness.reportedOffline(liveness.heard(0));
    expect(liveness.silent(said, 99_000, 10)).toEqual(said);
    const gone = liveness.lost('field broker: connection refused');
    expect(liveness.silent(gone, 99_000, 10)).toEqual(gone);
  });
});
