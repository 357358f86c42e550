import type { Metric } from '@louwei/gateway/sparkplug';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  askRebirth,
  clockSet,
  createSession,
  DEFAULT_LIMITS,
  onMessage,
  onTimeout,
  type Session,
  wakeAtMs,
} from './session.ts';
import type { Incoming, SessionEffect } from './session-effects.ts';

const limits = DEFAULT_LIMITS;
const metric = (fields: Partial<Metric>): Metric => ({
  type: 'Double',
  datatype: 10,
  value: 1,
  timestampMs: 1,
  quality: 'good',
  ...fields,
});
const message = (
  type: Incoming['topic']['type'],
  seq: number | undefined,
  metrics: readonly Metric[],
  seqs: readonly number[] | undefined,
  receivedAtMs = 0,
): Incoming => ({
  topic: { group: 'louwei', type, node: 'gw1', ...(type.startsWith('D') ? { device: 'P-1' } : {}) },
  seq,
  timestampMs: receivedAtMs,
  metrics,
  delivery: seqs === undefined ? undefined : { epoch: 1, seqs },
  receivedAtMs,
});
const bdSeq = (value: number): Metric => metric({ name: 'bdSeq', type: 'Int64', value });
const birth = (seq = 0, receivedAtMs = 0): Incoming => message('NBIRTH', seq, [bdSeq(1)], [0], receivedAtMs);
const deviceBirth = (seq = 1): Incoming =>
  message('DBIRTH', seq, [metric({ name: 'pressure', alias: 1, value: null })], [0]);
const data = (seq: number, sample: number, receivedAtMs = 0): Incoming =>
  message('DDATA', seq % 256, [metric({ alias: 1, value: sample })], [sample], receivedAtMs);
const samplesOf = (effects: readonly SessionEffect[]): number[] =>
  effects.flatMap((effect) =>
    effect.kind === 'fact' && effect.fact.kind === 'data' ? effect.fact.metrics.map(({ seq }) => seq) : [],
  );
const kinds = (effects: readonly SessionEffect[]): string[] =>
  effects.map((effect) => (effect.kind === 'fact' ? effect.fact.kind : effect.kind));
const born = (): Session => {
  const session = createSession(0);
  onMessage(session, birth(), limits);
  onMessage(session, deviceBirth(), limits);
  return session;
};

describe('session', () => {
  it('asks for rebirth when data comes before a birth, once per interval, ever more rarely', () => {
    const session = createSession(0);
    const asked: number[] = [];
    for (let nowMs = 0; nowMs <= 40_000; nowMs += 100)
      if (kinds(onMessage(session, data(5, 1, nowMs), limits)).includes('rebirth')) asked.push(nowMs);
    expect(asked).toEqual([0, 5_000, 15_000, 35_000]);
  });

  it.each([86_400_000, -86_400_000])(
    'asks for rebirth as often, and gives a gap up as soon, when the clock was set by %d ms',
    (stepMs) => {
      const silent = createSession(0);
      expect(kinds(onMessage(silent, data(5, 1, 1_000), limits))).toContain('rebirth');
      clockSet(silent, stepMs);
      expect(askRebirth(silent, 5_999 + stepMs, limits, 'still')).toHaveLength(0);
      expect(askRebirth(silent, 6_000 + stepMs, limits, 'still')).toHaveLength(1);

      const gap = born();
      onMessage(gap, data(3, 2, 1_000), limits);
      clockSet(gap, stepMs);
      expect(onTimeout(gap, 999 + limits.reorderTimeoutMs + stepMs, limits)).toEqual([]);
      expect(kinds(onTimeout(gap, 1_000 + limits.reorderTimeoutMs + stepMs, limits))).toEqual(['dropped', 'rebirth']);
    },
  );

  it('resolves aliases and passes data on in order across the wrap of seq', () => {
    const session = born();
    const got = Array.from({ length: 600 }, (_, index) => onMessage(session, data(index + 2, index + 1), limits));
    expect(got.flatMap(samplesOf)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect(got.flatMap(kinds).every((kind) => kind === 'data')).toBe(true);
  });

  it('puts messages within the reorder window back into order, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          Array.from({ length: 20 }, (_, index) => index),
          { minLength: 20 },
        ),
        (order) => {
          const session = born();
          const got = order.flatMap((place) => samplesOf(onMessage(session, data(place + 2, place + 1), limits)));
          expect(got).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
          expect(wakeAtMs(session, limits)).toBeUndefined();
        },
      ),
    );
  });

  it('never passes on what comes after a gap, never anything twice, and asks once the reorder timeout is over', () => {
    const event = fc.record({ seq: fc.integer({ min: 0, max: 40 }), waitMs: fc.integer({ min: 0, max: 400 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const session = born();
        const passed: number[] = [];
        const asked: number[] = [];
        let nowMs = 0;
        for (const { seq, waitMs } of events) {
          nowMs += waitMs;
          const effects = [
            ...onTimeout(session, nowMs, limits),
            ...onMessage(session, data(seq + 2, seq + 1, nowMs), limits),
          ];
          passed.push(...samplesOf(effects));
          for (const effect of effects) if (effect.kind === 'rebirth') asked.push(nowMs);
        }
        expect(passed).toEqual(passed.map((_, index) => index + 1));
        for (const [index, atMs] of asked.entries())
          if (index > 0) expect(atMs - (asked[index - 1] ?? 0)).toBeGreaterThanOrEqual(limits.rebirthIntervalMs);
      }),
    );
  });

  it('gives a gap up after the reorder timeout and believes nothing until the next birth', () => {
    const session = born();
    expect(onMessage(session, data(3, 2, 100), limits)).toEqual([]);
    expect(wakeAtMs(session, limits)).toBe(100 + limits.reorderTimeoutMs);
    expect(onTimeout(session, 100, limits)).toEqual([]);
    expect(kinds(onTimeout(session, 100 + limits.reorderTimeoutMs, limits))).toEqual(['dropped', 'rebirth']);
    expect(kinds(onMessage(session, data(4, 3, 1_200), limits))).toEqual(['dropped']);
    expect(kinds(onMessage(session, birth(7, 1_300), limits))).toEqual(['node-birth']);
    expect(kinds(onMessage(session, deviceBirth(8), limits))).toEqual(['device-birth']);
    expect(samplesOf(onMessage(session, data(9, 3), limits))).toEqual([3]);
  });

  it('ends with the death of its own bdSeq only', () => {
    const session = born();
    expect(kinds(onMessage(session, message('NDEATH', undefined, [bdSeq(0)], undefined), limits))).toEqual(['dropped']);
    expect(session.born).toBe(true);
    expect(kinds(onMessage(session, message('NDEATH', undefined, [bdSeq(1)], undefined), limits))).toEqual([
      'node-death',
    ]);
    expect(session.born).toBe(false);
  });

  it('refuses an alias it does not know and one of another device', () => {
    const session = born();
    const unknown = message('DDATA', 2, [metric({ alias: 9 })], [1]);
    expect(kinds(onMessage(session, unknown, limits))).toEqual(['dropped', 'rebirth']);
    const other: Incoming = { ...data(3, 1), topic: { group: 'louwei', type: 'DDATA', node: 'gw1', device: 'P-2' } };
    expect(kinds(onMessage(session, other, limits))).toEqual(['dropped']);
  });

  it('takes the backlog of a device without birth by name', () => {
    const session = born();
    const backlog: Incoming = {
      ...message('DDATA', 2, [metric({ name: 'level' })], [4]),
      topic: { group: 'louwei', type: 'DDATA', node: 'gw1', device: 'gone' },
    };
    expect(samplesOf(onMessage(session, backlog, limits))).toEqual([4]);
  });

  it('numbers the samples of edge nodes without a stream, in an epoch above the last one', () => {
    const session = createSession(5_000);
    const plain = (type: 'NBIRTH' | 'DBIRTH' | 'DDATA' | 'DDEATH', seq: number, metrics: readonly Metric[]): Incoming =>
      message(type, seq, metrics, undefined, 100);
    const effects = [
      plain('NBIRTH', 0, [bdSeq(0), metric({ name: 'cpu', alias: 1 })]),
      plain('DBIRTH', 1, [metric({ name: 'level', alias: 2 }), metric({ name: 'empty', alias: 3, value: null })]),
      plain('DDATA', 2, [metric({ alias: 2 })]),
      plain('DDEATH', 3, []),
    ].flatMap((incoming) => onMessage(session, incoming, limits));
    const facts = effects.flatMap((effect) => (effect.kind === 'fact' ? [effect.fact] : []));
    expect(
      facts.flatMap((fact) => ('metrics' in fact ? fact.metrics.map(({ name, seq }) => [fact.epoch, name, seq]) : [])),
    ).toEqual([
      [5_001, 'cpu', 1],
      [5_001, 'level', 2],
      [5_001, 'comm', 3],
      [5_001, 'level', 4],
      [5_001, 'comm', 5],
    ]);
  });

  it('keeps to one request even when many ask', () => {
    const session = createSession(0);
    expect(askRebirth(session, 0, limits, 'start')).toHaveLength(1);
    expect(askRebirth(session, 4_999, limits, 'start')).toHaveLength(0);
  });
});
