import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../uplink/sparkplug/payload.ts';
import { REBIRTH_PAUSE_MS } from './rebirth-pace.ts';
import {
  type Arrived,
  createSession,
  FIRST_BIRTH_MS,
  forget,
  onMessage,
  onReached,
  onTick,
  REORDER_MS,
  type Session,
  type SessionEffect,
} from './session.ts';

const metric = (fields: Partial<Metric>): Metric => ({
  type: 'Double',
  value: 1,
  timestampMs: 1,
  quality: 'good',
  ...fields,
});
const arrived = (
  type: Arrived['type'],
  seq: number | undefined,
  metrics: readonly Metric[],
  device = type.startsWith('D') ? 'P-1' : '',
): Arrived => ({ type, device, seq, metrics });
const bdSeq = (value: number): Metric => metric({ name: 'bdSeq', type: 'Int64', value });
const nodeBirth = (seq = 0, of = 1): Arrived => arrived('NBIRTH', seq, [bdSeq(of)]);
const deviceBirth = (seq = 1, name = 'level', device = 'P-1'): Arrived =>
  arrived('DBIRTH', seq, [metric({ name, alias: 5, datatype: 10 })], device);
const data = (seq: number, value: number, device = 'P-1'): Arrived =>
  arrived('DDATA', seq % 256, [metric({ alias: 5, value })], device);

const born = (): Session => {
  const session = createSession(new Set(['P-1']));
  onReached(session, 0);
  onMessage(session, nodeBirth(), 0);
  onMessage(session, deviceBirth(), 0);
  return session;
};
const kinds = (effects: readonly SessionEffect[]): string[] => effects.map(({ kind }) => kind);
const valuesOf = (effects: readonly SessionEffect[]): unknown[] =>
  effects.flatMap((effect) => (effect.kind === 'data' ? effect.metrics.map((one) => one.metric.value) : []));

describe('Sparkplug session', () => {
  it('asks for the birth of a node it does not know, ever more rarely, and not before the node had its second', () => {
    const session = createSession(new Set(['P-1']));
    expect(onTick(session, 0)).toEqual([]);
    onReached(session, 0);
    const asked: number[] = [];
    for (let nowMs = 0; nowMs <= 40_000; nowMs += 500)
      if (kinds(onTick(session, nowMs)).includes('rebirth')) asked.push(nowMs);
    expect(asked).toEqual([FIRST_BIRTH_MS, 6_000, 16_000, 36_000]);
  });

  it('names metrics by alias and by name, with the data type of their birth', () => {
    const session = born();
    const [effect] = onMessage(session, data(2, 7), 1);
    expect(effect).toMatchObject({ kind: 'data', device: 'P-1', metrics: [{ name: 'level', datatype: 10 }] });
    const byName = arrived('DDATA', 3, [metric({ name: 'level', value: 8 })]);
    expect(valuesOf(onMessage(session, byName, 1))).toEqual([8]);
  });

  it('counts a metric no birth has declared, takes the others, and asks once for it', () => {
    const session = born();
    const mixed = (seq: number): Arrived =>
      arrived('DDATA', seq, [metric({ alias: 9 }), metric({ alias: 5, value: 3 })]);
    const effects = onMessage(session, mixed(2), 1);
    expect(kinds(effects)).toEqual(['data', 'dropped', 'rebirth']);
    expect(valuesOf(effects)).toEqual([3]);
    onMessage(session, nodeBirth(), 2);
    onMessage(session, deviceBirth(), 2);
    expect(kinds(onMessage(session, mixed(2), 100_000))).toEqual(['data', 'dropped']);
    onMessage(session, nodeBirth(0, 2), 200_000);
    onMessage(session, deviceBirth(), 200_000);
    expect(kinds(onMessage(session, mixed(2), 300_000))).toEqual(['data', 'dropped', 'rebirth']);
  });

  it('counts the sequence over devices nobody wants, and says nothing of them', () => {
    const session = born();
    expect(kinds(onMessage(session, deviceBirth(2, 'level', 'other'), 1))).toEqual(['birth']);
    expect(onMessage(session, data(3, 1, 'other'), 1)).toEqual([]);
    expect(valuesOf(onMessage(session, data(4, 2), 1))).toEqual([2]);
  });

  it('puts messages that come within the second back into order, whatever their order', () => {
    const places = Array.from({ length: 20 }, (_, index) => index);
    fc.assert(
      fc.property(fc.shuffledSubarray(places, { minLength: 20 }), (order) => {
        const session = born();
        expect(order.flatMap((place) => valuesOf(onMessage(session, data(place + 2, place), 1)))).toEqual(places);
        expect(onTick(session, 10 * REORDER_MS)).toEqual([]);
      }),
    );
  });

  it('passes the wrap of the sequence numbers', () => {
    const session = born();
    const got = Array.from({ length: 600 }, (_, index) => onMessage(session, data(index + 2, index), 1));
    expect(got.flatMap(valuesOf)).toEqual(Array.from({ length: 600 }, (_, index) => index));
  });

  it('gives a gap up after its second, and a number that was used at once; believes nothing until the birth', () => {
    const session = born();
    expect(onMessage(session, data(3, 1), 100)).toEqual([]);
    expect(onTick(session, 99 + REORDER_MS)).toEqual([]);
    expect(kinds(onTick(session, 100 + REORDER_MS))).toEqual(['unsure', 'dropped', 'rebirth']);
    expect(kinds(onMessage(session, data(4, 2), 1_200))).toEqual(['dropped']);
    expect(kinds(onMessage(session, nodeBirth(), 1_300))).toEqual(['birth']);
    expect(kinds(onMessage(session, deviceBirth(), 1_300))).toEqual(['birth']);
    expect(valuesOf(onMessage(session, data(2, 3), 1_300))).toEqual([3]);
    expect(kinds(onMessage(session, data(2, 4), 1_300))).toEqual(['unsure', 'dropped']);
    expect(kinds(onTick(session, 1_300 + REBIRTH_PAUSE_MS))).toEqual(['rebirth']);
  });

  it('dies with its own bdSeq only, and asks a dead node for nothing', () => {
    const session = born();
    expect(kinds(onMessage(session, arrived('NDEATH', undefined, [bdSeq(0)]), 1))).toEqual(['dropped']);
    expect(valuesOf(onMessage(session, data(2, 1), 1))).toEqual([1]);
    expect(onMessage(session, arrived('NDEATH', undefined, [bdSeq(1)]), 1)).toEqual([{ kind: 'death', device: '' }]);
    expect(onTick(session, 100_000)).toEqual([]);
    expect(kinds(onMessage(session, data(3, 1), 100_000))).toEqual(['dropped', 'rebirth']);
  });

  it('asks a node whose death has a bdSeq that was not born yet', () => {
    const session = born();
    const effects = onMessage(session, arrived('NDEATH', undefined, [bdSeq(2)]), 1);
    expect(kinds(effects)).toEqual(['unsure', 'dropped', 'rebirth']);
    expect(session.born).toBe(false);
    const wrapped = createSession(new Set(['P-1']));
    onMessage(wrapped, nodeBirth(0, 0), 0);
    expect(kinds(onMessage(wrapped, arrived('NDEATH', undefined, [bdSeq(255)]), 1))).toEqual(['dropped']);
  });

  it('goes on waiting for the birth of a node that says good-bye when it is asked for it', () => {
    const session = createSession(new Set(['P-1']));
    onReached(session, 0);
    expect(kinds(onTick(session, FIRST_BIRTH_MS))).toEqual(['rebirth']);
    expect(kinds(onMessage(session, arrived('NDEATH', undefined, [bdSeq(3)]), 1_100))).toEqual(['dropped']);
    expect(kinds(onTick(session, FIRST_BIRTH_MS + REBIRTH_PAUSE_MS))).toEqual(['rebirth']);
    expect(kinds(onMessage(session, nodeBirth(0, 4), 6_100))).toEqual(['birth']);
  });

  it('believes no data of a device after its death', () => {
    const session = born();
    expect(onMessage(session, arrived('DDEATH', 2, []), 1)).toEqual([{ kind: 'death', device: 'P-1' }]);
    expect(kinds(onMessage(session, data(3, 1), 1))).toEqual(['dropped', 'rebirth']);
    onMessage(session, deviceBirth(4), 1);
    expect(valuesOf(onMessage(session, data(5, 2), 1))).toEqual([2]);
  });

  it('whatever comes: names no metric by the alias of another birth, never repeats or reorders, never asks too often', () => {
    // Each birth calls alias 5 by another name, and each message says which birth it was sent after.
    const step = fc.oneof(
      fc.record({ do: fc.constant('send' as const), lose: fc.boolean(), waitMs: fc.integer({ min: 0, max: 700 }) }),
      fc.record({
        do: fc.constantFrom('bear' as const, 'reconnect' as const),
        lose: fc.boolean(),
        waitMs: fc.constant(50),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const session = createSession(new Set(['P-1']));
        onReached(session, 0);
        let [nowMs, seq, generation, count] = [0, 0, 0, 0];
        const asked: number[] = [];
        const taken: number[] = [];
        const hear = (message: Arrived | null): void => {
          const effects = [...onTick(session, nowMs), ...(message === null ? [] : onMessage(session, message, nowMs))];
          for (const effect of effects) {
            if (effect.kind === 'rebirth') asked.push(nowMs);
            if (effect.kind !== 'data') continue;
            for (const { name, metric: one } of effect.metrics) {
              expect(name).toBe(`born-${one.timestampMs}`);
              taken.push(Number(one.value));
            }
          }
        };
        for (const one of steps) {
          nowMs += one.waitMs;
          if (one.do === 'reconnect') {
            forget(session);
            onReached(session, nowMs);
          } else if (one.do === 'bear') {
            generation++;
            hear(one.lose ? null : nodeBirth(0, generation));
            hear(deviceBirth(1, `born-${generation}`));
            seq = 2;
          } else {
            const sent = arrived('DDATA', seq, [metric({ alias: 5, value: ++count, timestampMs: generation })]);
            seq = (seq + 1) % 256;
            if (generation > 0) hear(one.lose ? null : sent);
          }
        }
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
        for (const [index, atMs] of asked.entries())
          if (index > 0) expect(atMs - (asked[index - 1] ?? 0)).toBeGreaterThanOrEqual(REBIRTH_PAUSE_MS);
      }),
    );
  });
});
