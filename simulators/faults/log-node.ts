// A Sparkplug edge node with a log in memory that outlives its connections: like a gateway it sends everything above the
// commit watermark again, but it reconnects at once, so that a round of a fault run takes seconds.
import {
  BDSEQ,
  encodePayload,
  type Metric,
  PROPERTY,
  parseSparkplugTopic,
  REBIRTH,
  sparkplugTopic,
  type Watermark,
  watermarkTopic,
} from '@louwei/gateway/sparkplug';
import { connectAsync, type MqttClient } from 'mqtt';
import { until } from '../e2e/product.ts';
import { MACHINE_CLASS, MACHINE_MODEL } from './machine-profile.ts';

const GROUP = 'louwei';
const POINTS = ['comm', 'p0', 'p1'] as const;
const RESEND_CHUNK = 200;

interface LogEntry {
  readonly seq: number;
  readonly device: number;
  readonly point: (typeof POINTS)[number];
  readonly value: number;
  readonly timeMs: number;
}

export interface LogNode {
  readonly epoch: number;
  readonly lastSeq: number;
  /** Greatest watermark heard so far. */
  readonly ackedSeq: number;
  /** Logs readings of one machine, and sends them when there is a connection. */
  log(device: number, values: Partial<Record<(typeof POINTS)[number], number>>): void;
  /** Births, then everything above the watermark. */
  connect(): Promise<void>;
  disconnect(): void;
  settled(deadlineMs: number): Promise<void>;
}

export interface LogNodeOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly machines: number;
}

export const machineId = (index: number): string => `M-${index}`;

export function createLogNode({ url, username, password, machines }: LogNodeOptions): LogNode {
  const node = username;
  const epoch = Date.now();
  const log: LogEntry[] = [];
  let client: MqttClient | undefined;
  let wireSeq = 0;
  let bdSeq = 0;
  let ackedSeq = 0;
  let clockMs = 0;
  const topic = (type: 'NBIRTH' | 'NDEATH' | 'DBIRTH' | 'DDATA', device?: number) =>
    sparkplugTopic({ group: GROUP, type, node, ...(device === undefined ? {} : { device: machineId(device) }) });
  const metric = (name: string, type: Metric['type'], value: Metric['value'], timestampMs: number): Metric => ({
    name,
    type,
    value,
    timestampMs,
    quality: 'good',
  });
  const publish = (to: string, metrics: readonly Metric[], seqs: readonly number[]) => {
    client?.publish(
      to,
      encodePayload({
        timestampMs: Date.now(),
        seq: wireSeq,
        metrics: [...metrics],
        delivery: { epoch, seqs: [...seqs] },
      }),
    );
    wireSeq = (wireSeq + 1) % 256;
  };

  function birth(): void {
    const now = Date.now();
    wireSeq = 0;
    publish(topic('NBIRTH'), [metric(BDSEQ, 'Int64', bdSeq, now), metric(REBIRTH, 'Boolean', false, now)], [0, 0]);
    for (let device = 0; device < machines; device++) {
      const properties = {
        class: MACHINE_CLASS,
        model: MACHINE_MODEL,
        nameZh: machineId(device),
        nameEn: machineId(device),
      };
      const metrics = [
        ...Object.entries(properties).map(([key, text]) =>
          metric(PROPERTY[key as keyof typeof properties], 'String', text, now),
        ),
        ...POINTS.map((point): Metric => ({ ...metric(point, 'Double', null, now), quality: 'not-connected' })),
      ];
      publish(
        topic('DBIRTH', device),
        metrics,
        metrics.map(() => 0),
      );
    }
  }

  function send(entries: readonly LogEntry[]): void {
    let start = 0;
    while (start < entries.length) {
      const device = entries[start]?.device ?? 0;
      let end = start;
      while (end < entries.length && end - start < RESEND_CHUNK && entries[end]?.device === device) end++;
      const part = entries.slice(start, end);
      publish(
        topic('DDATA', device),
        part.map(({ point, value, timeMs }) => metric(point, 'Double', value, timeMs)),
        part.map(({ seq }) => seq),
      );
      start = end;
    }
  }

  function disconnect(): void {
    client?.end(true);
    client = undefined;
  }

  return {
    epoch,
    get lastSeq() {
      return log.length;
    },
    get ackedSeq() {
      return ackedSeq;
    },
    log(device, values) {
      clockMs = Math.max(clockMs + 1, Date.now());
      const entries = Object.entries(values).map(
        ([point, value], index): LogEntry => ({
          seq: log.length + 1 + index,
          device,
          point: point as LogEntry['point'],
          value,
          timeMs: clockMs,
        }),
      );
      log.push(...entries);
      send(entries);
    },
    async connect() {
      disconnect();
      bdSeq = (bdSeq + 1) % 256;
      const fresh = await connectAsync(url, {
        protocolVersion: 4,
        clientId: node,
        username,
        password,
        reconnectPeriod: 0,
        connectTimeout: 5_000,
        will: {
          topic: topic('NDEATH'),
          payload: encodePayload({ timestampMs: Date.now(), metrics: [metric(BDSEQ, 'Int64', bdSeq, Date.now())] }),
          qos: 1,
          retain: false,
        },
      });
      fresh.on('error', () => fresh.end(true));
      fresh.on('message', (name, payload) => {
        if (name === watermarkTopic(GROUP, node)) {
          const watermark = JSON.parse(payload.toString()) as Watermark;
          if (watermark.epoch === epoch) ackedSeq = Math.max(ackedSeq, watermark.seq);
        } else if (parseSparkplugTopic(name)?.type === 'NCMD') {
          birth();
          send(log.slice(ackedSeq));
        }
      });
      await fresh.subscribeAsync([`spBv1.0/${GROUP}/NCMD/${node}`, watermarkTopic(GROUP, node)]);
      client = fresh;
      birth();
      send(log.slice(ackedSeq));
    },
    disconnect,
    settled: (deadlineMs) =>
      until(`the watermark reaches ${log.length}`, deadlineMs, () => ackedSeq >= log.length, 10).then(() => undefined),
  };
}
