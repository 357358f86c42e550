// An uplink on a real broker, and a small server beside it that acknowledges by watermark, drops messages and forgets.
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { afterEach, beforeEach } from 'vitest';
import { openOutbox } from '../outbox/outbox.ts';
import type { Outbox } from '../outbox/port.ts';
import type { Sample } from '../points/reading.ts';
import type { Uplink, UplinkOptions } from './port.ts';
import { decodePayload } from './sparkplug/decode.ts';
import { DROPPED_THROUGH, PROPERTY, REBIRTH } from './sparkplug/names.ts';
import { encodePayload, type Payload } from './sparkplug/payload.ts';
import { parseSparkplugTopic, type SparkplugTopic, stateTopic, watermarkTopic } from './sparkplug/topics.ts';
import { createUplink } from './uplink.ts';

interface Heard {
  readonly topic: SparkplugTopic;
  readonly payload: Payload;
}

/** Of the test that runs now. */
interface Site {
  dir: string;
  aedes: Aedes;
  tcp: Server;
  port: number;
  outbox: Outbox;
  uplink: Uplink | undefined;
  heard: Heard[];
  /** Values in the "database" by epoch and seq. */
  stored: Map<string, unknown>;
  watermark: { epoch: number; seq: number };
  early: Set<number>;
  acknowledging: boolean;
  drop: (message: Heard) => boolean;
}

export const site = {} as Site;

/** A fresh broker, server and outbox for each test of the file. */
export function useSite(): void {
  beforeEach(async () => {
    site.dir = mkdtempSync(join(tmpdir(), 'louwei-uplink-'));
    site.outbox = openOutbox(site.dir, {
      maxRecords: 100_000,
      onFatal: (error) => {
        throw error;
      },
    });
    site.heard = [];
    site.stored = new Map();
    site.watermark = { epoch: 0, seq: 0 };
    site.early = new Set();
    site.acknowledging = true;
    site.drop = () => false;
    await startBroker(0);
  });
  afterEach(async () => {
    await site.uplink?.stop();
    site.uplink = undefined;
    await stopBroker();
    site.outbox.close();
    rmSync(site.dir, { recursive: true, force: true });
  });
}

export async function startBroker(onPort: number): Promise<void> {
  site.aedes = await Aedes.createBroker();
  site.tcp = createServer(site.aedes.handle);
  await new Promise<void>((resolve) => site.tcp.listen(onPort, '127.0.0.1', resolve));
  site.port = (site.tcp.address() as AddressInfo).port;
  site.aedes.on('publish', (packet) => {
    const topic = parseSparkplugTopic(packet.topic);
    if (topic !== undefined && topic.type !== 'NCMD')
      receive({ topic, payload: decodePayload(packet.payload as Buffer) });
  });
}

export async function stopBroker(): Promise<void> {
  await new Promise<void>((resolve) => site.aedes.close(() => resolve()));
  await new Promise<void>((resolve) => site.tcp.close(() => resolve()));
}

function receive(message: Heard): void {
  if (site.drop(message)) return;
  site.heard.push(message);
  const { delivery, metrics } = message.payload;
  if (delivery === undefined) return;
  if (delivery.epoch > site.watermark.epoch) {
    site.watermark = { epoch: delivery.epoch, seq: 0 };
    site.early.clear();
  }
  const gone = metrics.find(({ name }) => name === DROPPED_THROUGH)?.value;
  if (typeof gone === 'number' && gone > site.watermark.seq) site.watermark = { ...site.watermark, seq: gone };
  delivery.seqs.forEach((seq, index) => {
    if (seq === 0 || delivery.epoch !== site.watermark.epoch) return;
    site.stored.set(`${delivery.epoch}/${seq}`, metrics[index]?.value);
    if (seq > site.watermark.seq) site.early.add(seq);
  });
  while (site.early.delete(site.watermark.seq + 1)) site.watermark = { ...site.watermark, seq: site.watermark.seq + 1 };
  if (site.acknowledging) publish(watermarkTopic('louwei', 'gw-1'), JSON.stringify(site.watermark), true);
}

export function publish(topic: string, payload: string | Buffer, retain = false): void {
  site.aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain, dup: false }, () => undefined);
}

export const hostIs = (online: boolean, timestamp = Date.now()): void =>
  publish(stateTopic('louwei'), JSON.stringify({ online, timestamp }), true);

export const askRebirth = (): void =>
  publish(
    'spBv1.0/louwei/NCMD/gw-1',
    encodePayload({
      timestampMs: 1,
      metrics: [{ name: REBIRTH, type: 'Boolean', value: true, timestampMs: 1, quality: 'good' }],
    }),
  );

export function startUplink(limits: UplinkOptions['limits'] = {}, rest: Partial<UplinkOptions> = {}): Uplink {
  const points = site.outbox.register([
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
  site.uplink = createUplink({
    group: 'louwei',
    node: 'gw-1',
    hostId: 'louwei',
    broker: { url: `mqtt://127.0.0.1:${site.port}` },
    outbox: site.outbox,
    devices: [device('TR-1'), device('P-1')],
    log: pino({ level: 'silent' }),
    random: () => 0,
    limits: { resendAfterMs: 300, resendAfterMaxMs: 600, rebirthMinMs: 50, ...limits },
    ...rest,
  });
  site.uplink.start();
  return site.uplink;
}

let value = 0;
/** Values are numbered through a whole file, so that none is like another. */
export const lastValue = (): number => value;

export function produce(count: number, device = 'TR-1', point = 'load'): void {
  const samples = Array.from({ length: count }, (): Sample => {
    value++;
    return { device, point, value, quality: 'good', gatewayTimeMs: Date.now() };
  });
  site.outbox.append(samples);
}

export async function until(what: string, condition: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}; ${JSON.stringify(site.uplink?.stats())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const kinds = (): string[] =>
  site.heard.map(({ topic }) => `${topic.type}${topic.device === undefined ? '' : ` ${topic.device}`}`);
export const allStored = (): boolean =>
  site.outbox.lastSeq > 0 && site.outbox.firstSeq > site.outbox.lastSeq && site.outbox.stats().buffered === 0;
