// The uplink against a real broker: a small server that acknowledges by watermark, drops messages, forgets and restarts.
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutbox } from '../outbox/outbox.ts';
import type { Outbox } from '../outbox/port.ts';
import type { Sample } from '../points/reading.ts';
import { RECONNECT_BASE_MS } from './core/backoff.ts';
import type { Uplink, UplinkOptions } from './port.ts';
import { decodePayload } from './sparkplug/decode.ts';
import { BDSEQ, DROPPED_RECORDS, DROPPED_THROUGH, PROPERTY, REBIRTH } from './sparkplug/names.ts';
import { encodePayload, type Payload } from './sparkplug/payload.ts';
import { ANSWER, CONFIGURATION, REQUEST } from './sparkplug/request.ts';
import { parseSparkplugTopic, type SparkplugTopic, stateTopic, watermarkTopic } from './sparkplug/topics.ts';
import { createUplink } from './uplink.ts';

interface Heard {
  readonly topic: SparkplugTopic;
  readonly payload: Payload;
}

let dir: string;
let aedes: Aedes;
let tcp: Server;
let port: number;
let outbox: Outbox;
let uplink: Uplink | undefined;
let heard: Heard[];
/** Values in the "database" by epoch and seq. */
let stored: Map<string, unknown>;
let watermark: { epoch: number; seq: number };
let early: Set<number>;
let acknowledging: boolean;
let drop: (message: Heard) => boolean;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-uplink-'));
  outbox = openOutbox(dir, {
    maxRecords: 100_000,
    onFatal: (error) => {
      throw error;
    },
  });
  heard = [];
  stored = new Map();
  watermark = { epoch: 0, seq: 0 };
  early = new Set();
  acknowledging = true;
  drop = () => false;
  await startBroker(0);
});

afterEach(async () => {
  await uplink?.stop();
  uplink = undefined;
  await stopBroker();
  outbox.close();
  rmSync(dir, { recursive: true, force: true });
});

async function startBroker(onPort: number): Promise<void> {
  aedes = await Aedes.createBroker();
  tcp = createServer(aedes.handle);
  await new Promise<void>((resolve) => tcp.listen(onPort, '127.0.0.1', resolve));
  port = (tcp.address() as AddressInfo).port;
  aedes.on('publish', (packet) => {
    const topic = parseSparkplugTopic(packet.topic);
    if (topic !== undefined && topic.type !== 'NCMD')
      receive({ topic, payload: decodePayload(packet.payload as Buffer) });
  });
}

async function stopBroker(): Promise<void> {
  await new Promise<void>((resolve) => aedes.close(() => resolve()));
  await new Promise<void>((resolve) => tcp.close(() => resolve()));
}

function receive(message: Heard): void {
  if (drop(message)) return;
  heard.push(message);
  const { delivery, metrics } = message.payload;
  if (delivery === undefined) return;
  if (delivery.epoch > watermark.epoch) {
    watermark = { epoch: delivery.epoch, seq: 0 };
    early.clear();
  }
  const gone = metrics.find(({ name }) => name === DROPPED_THROUGH)?.value;
  if (typeof gone === 'number' && gone > watermark.seq) watermark = { ...watermark, seq: gone };
  delivery.seqs.forEach((seq, index) => {
    if (seq === 0 || delivery.epoch !== watermark.epoch) return;
    stored.set(`${delivery.epoch}/${seq}`, metrics[index]?.value);
    if (seq > watermark.seq) early.add(seq);
  });
  while (early.delete(watermark.seq + 1)) watermark = { ...watermark, seq: watermark.seq + 1 };
  if (acknowledging) publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(watermark), true);
}

function publish(topic: string, payload: string | Buffer, retain = false): void {
  aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain, dup: false }, () => undefined);
}

const hostIs = (online: boolean, timestamp = Date.now()): void =>
  publish(stateTopic('louwei'), JSON.stringify({ online, timestamp }), true);

const askRebirth = (): void =>
  publish(
    'spBv1.0/louwei/NCMD/gw-1',
    encodePayload({
      timestampMs: 1,
      metrics: [{ name: REBIRTH, type: 'Boolean', value: true, timestampMs: 1, quality: 'good' }],
    }),
  );

function startUplink(limits: UplinkOptions['limits'] = {}, rest: Partial<UplinkOptions> = {}): Uplink {
  const points = outbox.register([
    { device: 'TR-1', point: 'comm', type: 'Boolean' },
    { device: 'TR-1', point: 'load', type: 'Double' },
    { device: 'P-1', point: 'comm', type: 'Boolean' },
    { device: 'P-1', point: 'pressure', type: 'Double' },
  ]);
  const device = (id: string) => ({
    id,
    properties: { [PROPERTY.class]: 'test', [PROPERTY.nameZh]: '泵' },
    points: points.filter((point) => point.device === id),
  });
  uplink = createUplink({
    group: 'louwei',
    node: 'gw-1',
    hostId: 'louwei',
    broker: { url: `mqtt://127.0.0.1:${port}` },
    outbox,
    devices: [device('TR-1'), device('P-1')],
    log: pino({ level: 'silent' }),
    random: () => 0,
    limits: { resendAfterMs: 300, resendAfterMaxMs: 600, rebirthMinMs: 50, ...limits },
    ...rest,
  });
  uplink.start();
  return uplink;
}

let value = 0;
function produce(count: number, device = 'TR-1', point = 'load'): void {
  const samples = Array.from({ length: count }, (): Sample => {
    value++;
    return { device, point, value, quality: 'good', gatewayTimeMs: Date.now() };
  });
  outbox.append(samples);
}

async function until(what: string, condition: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}; ${JSON.stringify(uplink?.stats())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const kinds = (): string[] =>
  heard.map(({ topic }) => `${topic.type}${topic.device === undefined ? '' : ` ${topic.device}`}`);
const allStored = (): boolean =>
  outbox.lastSeq > 0 && outbox.firstSeq > outbox.lastSeq && outbox.stats().buffered === 0;

describe('uplink', () => {
  it('waits for the primary host, gives birth, delivers and trims', async () => {
    const running = startUplink();
    produce(3);
    await until('connected', () => running.stats().state === 'waiting-for-host');
    await until('committed', () => outbox.lastSeq === 3);
    expect(heard).toEqual([]);
    hostIs(true);
    await until('all stored', allStored);
    produce(2, 'P-1', 'pressure');
    await until('all stored', () => outbox.lastSeq === 5 && allStored());
    expect(kinds().slice(0, 3)).toEqual(['NBIRTH', 'DBIRTH TR-1', 'DBIRTH P-1']);
    expect([...stored.keys()]).toHaveLength(5);
    const [node, device] = heard;
    expect(node?.payload.seq).toBe(0);
    expect(node?.payload.metrics.map(({ name }) => name)).toEqual([
      BDSEQ,
      REBIRTH,
      DROPPED_THROUGH,
      DROPPED_RECORDS,
      CONFIGURATION,
      ANSWER,
    ]);
    expect(device?.payload.metrics.map(({ name, type }) => [name, type])).toEqual([
      ['Properties/Class', 'String'],
      ['Properties/Name zh', 'String'],
      ['comm', 'Boolean'],
      ['load', 'Double'],
    ]);
    expect(device?.payload.delivery?.seqs).toEqual([0, 0, 0, 3]);
    const sequence = heard.map(({ payload }) => payload.seq);
    expect(sequence).toEqual(sequence.map((_, index) => index % 256));
    const live = heard.findLast(({ topic }) => topic.device === 'P-1');
    expect(
      live?.payload.metrics.every(({ historical, alias }) => historical === undefined && alias !== undefined),
    ).toBe(true);
  });

  it('brings everything over a link that loses a third of the messages and a server that forgets', async () => {
    hostIs(true);
    startUplink();
    await until('born', () => kinds().includes('DBIRTH P-1'));
    let count = 0;
    drop = ({ topic }) => topic.type === 'DDATA' && ++count % 3 === 0;
    for (let round = 0; round < 40; round++) {
      produce(50, round % 2 === 0 ? 'TR-1' : 'P-1', round % 2 === 0 ? 'load' : 'pressure');
      if (round % 10 === 5) early.clear();
      if (round === 25) askRebirth();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until('all stored', () => outbox.lastSeq === 2_000 && allStored(), 30_000);
    expect(stored.size).toBe(2_000);
    expect(uplink?.stats().resends).toBeGreaterThan(0);
    expect(kinds().filter((kind) => kind === 'NBIRTH')).toHaveLength(2);
  });

  it('survives the broker: stores meanwhile, backlog as history, a fresh bdSeq', async () => {
    hostIs(true);
    startUplink();
    produce(10);
    await until('all stored', allStored);
    const onPort = port;
    await stopBroker();
    produce(500);
    await until('committed', () => outbox.lastSeq === 510);
    heard.length = 0;
    await startBroker(onPort);
    publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(watermark), true);
    hostIs(true);
    await until('all stored', allStored, 30_000);
    expect(stored.size).toBe(510);
    const births = heard.filter(({ topic }) => topic.type === 'NBIRTH');
    expect(births).toHaveLength(1);
    const history = heard.filter(({ topic }) => topic.type === 'DDATA').flatMap(({ payload }) => payload.metrics);
    expect(history.filter(({ historical }) => historical === true)).toHaveLength(499);
    expect(births[0]?.payload.metrics[0]?.value).toBeGreaterThan(0);
  });

  it('comes back at once after each of many short connections on which something was committed (F01, F19)', async () => {
    const waits: number[] = [];
    const log = pino(
      { level: 'info' },
      {
        write: (line: string) => {
          const { delayMs } = JSON.parse(line) as { delayMs?: number };
          if (delayMs !== undefined) waits.push(delayMs);
        },
      },
    );
    let socket: Socket | undefined;
    tcp.on('connection', (opened) => {
      socket = opened;
    });
    hostIs(true);
    startUplink({}, { log });
    for (let round = 1; round <= 6; round++) {
      produce(5);
      await until('all stored', () => outbox.lastSeq === 5 * round && allStored());
      socket?.destroy();
      await until('the loss is noticed', () => waits.length >= round);
    }
    expect(waits).toEqual(Array(6).fill(RECONNECT_BASE_MS / 2));
  });

  it('stores while the host is offline and ignores an older state (F22)', async () => {
    hostIs(true, 1_000);
    startUplink();
    produce(5);
    await until('all stored', allStored);
    hostIs(false, 900);
    produce(5);
    await until('still sending', () => outbox.lastSeq === 10 && allStored());
    hostIs(false, 1_000);
    await until('said goodbye', () => kinds().at(-1) === 'NDEATH');
    produce(5);
    await until('waiting', () => uplink?.stats().state === 'waiting-for-host' && outbox.lastSeq === 15);
    expect(stored.size).toBe(10);
    hostIs(true, 2_000);
    await until('all stored', allStored);
    expect(stored.size).toBe(15);
  });

  it('tells a device that went and came back, after the samples that say so', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => kinds().includes('DBIRTH P-1'));
    heard.length = 0;
    outbox.append([{ device: 'P-1', point: 'comm', value: false, quality: 'good', gatewayTimeMs: 1 }]);
    running.deviceState('P-1', false);
    await until('dead', () => kinds().includes('DDEATH P-1'));
    expect(kinds()).toEqual(['DDATA P-1', 'DDEATH P-1']);
    outbox.append([{ device: 'P-1', point: 'comm', value: true, quality: 'good', gatewayTimeMs: 2 }]);
    running.deviceState('P-1', true);
    await until('back', () => kinds().length >= 4);
    expect(kinds().slice(2)).toEqual(['DBIRTH P-1', 'DDATA P-1']);
    expect(heard[2]?.payload.metrics.find(({ name }) => name === 'comm')?.value).toBe(true);
  });

  it('begins a new epoch when the server knows more than the outbox', async () => {
    const known = outbox.epoch + 50;
    watermark = { epoch: known, seq: 900 };
    publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(watermark), true);
    publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(watermark), true);
    hostIs(true);
    startUplink();
    produce(20);
    await until('all stored', allStored);
    expect(outbox.epoch).toBe(known + 1);
    expect([...stored.keys()].every((key) => key.startsWith(`${known + 1}/`))).toBe(true);
    expect(stored.size).toBe(20);
  });

  it('counts malformed watermarks, states and commands and goes on', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => running.stats().state === 'online');
    publish(watermarkTopic('louwei', 'gw-1'), '{"epoch":1');
    publish(watermarkTopic('louwei', 'gw-1'), '{"epoch":1.5,"seq":3}');
    publish(stateTopic('louwei'), 'OFFLINE');
    publish('spBv1.0/louwei/NCMD/gw-1', 'no protobuf');
    await until('counted', () => running.stats().malformed === 4);
    produce(5);
    await until('all stored', allStored);
  });

  it('tells the server what had to be given up', async () => {
    acknowledging = false;
    hostIs(true);
    const running = startUplink({ windowRecords: 100 });
    await until('born', () => running.stats().state === 'online');
    for (let group = 0; group < 25; group++) {
      produce(5_000);
      outbox.flush();
    }
    expect(outbox.dropped).toBe(25_000);
    await until('told', () => heard.some(({ topic }) => topic.type === 'NDATA'));
    acknowledging = true;
    await uplink?.stop();
    startUplink();
    await until('all stored', allStored, 30_000);
    expect(watermark.seq).toBe(125_000);
  });

  it('takes a host that never sends a watermark for a foreign one and trims what it published', async () => {
    acknowledging = false;
    hostIs(true);
    startUplink({ foreignAfterMs: 200 });
    produce(50);
    await until('trimmed', allStored);
    expect(stored.size).toBe(50);
    expect(uplink?.stats().deliveryProven).toBe(false);
  });

  it('replaces a connection on which nothing is ever committed', async () => {
    acknowledging = false;
    hostIs(true);
    publish(watermarkTopic('louwei', 'gw-1'), '{"epoch":0,"seq":0}', true);
    const running = startUplink({ replaceAfterMs: 400 });
    produce(5);
    await until('replaced', () => running.stats().connects >= 2);
    acknowledging = true;
    await until('all stored', allStored);
  });

  it('exchanges its devices by a death and fresh births of the same session, and loses and doubles nothing', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => kinds().includes('DBIRTH P-1'));
    const bdSeq = heard[0]?.payload.metrics[0]?.value;
    const deviceOf = (id: string) => ({
      id,
      properties: {},
      points: outbox.register([{ device: id, point: 'load', type: 'Double' }]),
    });
    const [first, second, third] = ['TR-1', 'X-1', 'X-2'].map(deviceOf);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three devices');
    heard = [];
    running.update([first, second], new Set());
    await until('born anew', () => kinds().includes('DBIRTH X-1'));
    expect(kinds().slice(0, 4)).toEqual(['DDEATH P-1', 'NBIRTH', 'DBIRTH TR-1', 'DBIRTH X-1']);
    expect(heard[1]?.payload).toMatchObject({ seq: 0, metrics: [{ name: BDSEQ, value: bdSeq }, {}, {}, {}, {}, {}] });
    const random = fc.sample(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(2)), { numRuns: 60, seed: 7 });
    const produced = value;
    drop = ({ topic }) => topic.type === 'DDATA' && heard.length % 11 === 0;
    for (const [count, which] of random) {
      produce(count);
      produce(count, 'P-1', 'pressure');
      produce(1, 'X-1');
      running.update([first, ...(which > 0 ? [second] : []), ...(which > 1 ? [third] : [])], new Set());
      await new Promise((resolve) => setImmediate(resolve));
    }
    drop = () => false;
    await until('all stored', allStored, 30_000);
    const values = [...stored.values()].filter((stored) => Number(stored) > produced);
    expect(values).toHaveLength(value - produced);
    expect(new Set(values).size).toBe(value - produced);
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
      heard.flatMap(({ payload }) =>
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

  it('says its death when it stops', async () => {
    hostIs(true);
    const running = startUplink();
    await until('born', () => running.stats().state === 'online');
    await running.stop();
    await until('death', () => kinds().at(-1) === 'NDEATH');
    expect(heard.at(-1)?.payload.seq).toBeUndefined();
    const bdSeqs = [heard[0], heard.at(-1)].map((message) => message?.payload.metrics[0]?.value);
    expect(bdSeqs[0]).toBe(bdSeqs[1]);
  });
});
