// A Sparkplug host with its broker for tests: stores by epoch and seq, acknowledges by watermark, asks and hears answers.
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { decodePayload } from './sparkplug/decode.ts';
import { DROPPED_THROUGH } from './sparkplug/names.ts';
import { encodePayload, type MetricValue, type Payload } from './sparkplug/payload.ts';
import { ANSWER, type Answer, CONFIGURATION, type ConfigurationState, REQUEST } from './sparkplug/request.ts';
import { parseSparkplugTopic, type SparkplugTopic, stateTopic, watermarkTopic } from './sparkplug/topics.ts';

export interface StoredReading {
  readonly device: string;
  readonly point: string;
  readonly value: MetricValue;
  readonly timestampMs: number;
  readonly quality: string;
}

export interface SparkplugHost {
  readonly port: number;
  readonly heard: { readonly topic: SparkplugTopic; readonly payload: Payload }[];
  /** By `epoch/seq`. */
  readonly stored: Map<string, StoredReading>;
  /** Seqs whose content was not the same when they came again. */
  readonly contradictions: string[];
  readonly answers: Answer[];
  readonly configurations: ConfigurationState[];
  watermark: { epoch: number; seq: number };
  acknowledging: boolean;
  online(isOnline: boolean): void;
  request(text: string): void;
  stop(): Promise<void>;
}

/** Names of the aliases come from births, as at a real host. */
export async function startSparkplugHost(node: string, group = 'louwei'): Promise<SparkplugHost> {
  const aedes = await Aedes.createBroker();
  const tcp = createServer(aedes.handle);
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const names = new Map<number, string>();
  const early = new Set<number>();
  const publish = (topic: string, payload: string | Buffer, retain = false): void =>
    aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain, dup: false }, () => undefined);

  function keep(device: string, { delivery, metrics }: Payload): void {
    if (delivery === undefined) return;
    if (delivery.epoch > host.watermark.epoch) {
      host.watermark = { epoch: delivery.epoch, seq: 0 };
      early.clear();
    }
    const gone = metrics.find(({ name }) => name === DROPPED_THROUGH)?.value;
    if (typeof gone === 'number' && gone > host.watermark.seq) host.watermark = { ...host.watermark, seq: gone };
    delivery.seqs.forEach((seq, index) => {
      const metric = metrics[index];
      if (seq === 0 || metric === undefined || delivery.epoch !== host.watermark.epoch) return;
      const { value, timestampMs, quality } = metric;
      const point = metric.name ?? names.get(metric.alias ?? 0) ?? '?';
      const reading = { device, point, value, timestampMs, quality };
      const key = `${delivery.epoch}/${seq}`;
      const before = host.stored.get(key);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(reading)) host.contradictions.push(key);
      host.stored.set(key, reading);
      if (seq > host.watermark.seq) early.add(seq);
    });
    while (early.delete(host.watermark.seq + 1)) host.watermark = { ...host.watermark, seq: host.watermark.seq + 1 };
    if (host.acknowledging) publish(watermarkTopic(group, node), JSON.stringify(host.watermark), true);
  }

  aedes.on('publish', ({ topic: text, payload: bytes }) => {
    const topic = parseSparkplugTopic(text);
    if (topic === undefined || topic.type === 'NCMD') return;
    const payload = decodePayload(bytes as Buffer);
    host.heard.push({ topic, payload });
    for (const { name, alias, value } of payload.metrics) {
      if (name !== undefined && alias !== undefined) names.set(alias, name);
      if (name === ANSWER && value !== '') host.answers.push(JSON.parse(String(value)) as Answer);
      if (name === CONFIGURATION) host.configurations.push(JSON.parse(String(value)) as ConfigurationState);
    }
    keep(topic.device ?? '', payload);
  });

  const host: SparkplugHost = {
    port: (tcp.address() as AddressInfo).port,
    heard: [],
    stored: new Map(),
    contradictions: [],
    answers: [],
    configurations: [],
    watermark: { epoch: 0, seq: 0 },
    acknowledging: true,
    online: (online) => publish(stateTopic('louwei'), JSON.stringify({ online, timestamp: Date.now() }), true),
    request(value) {
      const metric = { name: REQUEST, type: 'String', value, timestampMs: 1, quality: 'good' } as const;
      publish(`spBv1.0/${group}/NCMD/${node}`, encodePayload({ timestampMs: 1, metrics: [metric] }));
    },
    async stop() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
  return host;
}
