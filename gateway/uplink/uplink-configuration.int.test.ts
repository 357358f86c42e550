// The uplink when its devices are exchanged and when its host asks for something.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BDSEQ } from './sparkplug/names.ts';
import { encodePayload } from './sparkplug/payload.ts';
import { ANSWER, CONFIGURATION, REQUEST } from './sparkplug/request.ts';
import {
  allStored,
  askRebirth,
  hostIs,
  kinds,
  lastValue,
  produce,
  publish,
  site,
  startUplink,
  until,
  useSite,
} from './uplink-site.fixture.ts';

useSite();

describe('uplink and configuration', () => {
  it('exchanges its devices by a death and fresh births of the same session, and loses and doubles nothing', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => kinds().includes('DBIRTH P-1'));
    const bdSeq = site.heard[0]?.payload.metrics[0]?.value;
    const deviceOf = (id: string) => ({
      id,
      properties: {},
      points: site.outbox.register([{ device: id, point: 'load', type: 'Double' }]),
    });
    const [first, second, third] = ['TR-1', 'X-1', 'X-2'].map(deviceOf);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three devices');
    site.heard = [];
    running.update([first, second], new Set());
    await until('born anew', () => kinds().includes('DBIRTH X-1'));
    expect(kinds().slice(0, 4)).toEqual(['DDEATH P-1', 'NBIRTH', 'DBIRTH TR-1', 'DBIRTH X-1']);
    expect(site.heard[1]?.payload).toMatchObject({
      seq: 0,
      metrics: [{ name: BDSEQ, value: bdSeq }, {}, {}, {}, {}, {}],
    });
    const random = fc.sample(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(2)), { numRuns: 60, seed: 7 });
    const produced = lastValue();
    site.drop = ({ topic }) => topic.type === 'DDATA' && site.heard.length % 11 === 0;
    for (const [count, which] of random) {
      produce(count);
      produce(count, 'P-1', 'pressure');
      produce(1, 'X-1');
      running.update([first, ...(which > 0 ? [second] : []), ...(which > 1 ? [third] : [])], new Set());
      await new Promise((resolve) => setImmediate(resolve));
    }
    site.drop = () => false;
    await until('all stored', allStored, 30_000);
    const values = [...site.stored.values()].filter((one) => Number(one) > produced);
    expect(values).toHaveLength(lastValue() - produced);
    expect(new Set(values).size).toBe(lastValue() - produced);
    expect(running.stats()).toMatchObject({ connects: 1, epochChanges: 0 });
    const births = running.stats().births;
    const last = random.at(-1)?.[1] ?? 0;
    running.update([first, ...(last > 0 ? [second] : []), ...(last > 1 ? [third] : [])], new Set());
    expect(running.stats().births).toBe(births);
  });

  it('hands on requests, answers once, and shows its configuration in births and when it changes', async () => {
    hostIs(true);
    const asked: string[] = [];
    const running = startUplink({}, { onRequest: (text) => asked.push(text), configuration: 'first' });
    await until('born', () => kinds().includes('DBIRTH P-1') && running.stats().state === 'online');
    const text = (name: string): unknown[] =>
      site.heard.flatMap(({ payload }) =>
        payload.metrics.filter((metric) => metric.name === name).map(({ value: said }) => said),
      );
    expect([text(CONFIGURATION), text(ANSWER)]).toEqual([['first'], ['']]);
    const metric = { name: REQUEST, type: 'String', value: '{}', timestampMs: 1, quality: 'good' } as const;
    publish('spBv1.0/louwei/NCMD/gw-1', encodePayload({ timestampMs: 1, metrics: [metric] }));
    await until('asked', () => asked.length === 1);
    running.answer('answer');
    running.configuration('second');
    running.configuration('second');
    askRebirth();
    await until('reborn', () => running.stats().births === 2);
    await until('said', () => text(CONFIGURATION).length === 3);
    expect([text(CONFIGURATION), text(ANSWER)]).toEqual([
      ['first', 'second', 'second'],
      ['', 'answer', ''],
    ]);
    hostIs(false);
    await until('gone', () => running.stats().state !== 'online');
    running.answer('late');
    running.configuration('third');
    hostIs(true);
    await until('back', () => text(CONFIGURATION).at(-1) === 'third');
    expect(text(ANSWER)).not.toContain('late');
  });
});
