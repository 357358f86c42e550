// A Sparkplug edge node that makes load: devices with numeric points, sent as fast as the server commits (own window
// against the watermark) or at a given rate.

import {
  encodePayload,
  type Metric,
  PROPERTY,
  parseSparkplugTopic,
  sparkplugTopic,
  stateTopic,
  type Watermark,
  watermarkTopic,
} from '@louwei/gateway/sparkplug';
import { connectAsync, type MqttClient } from 'mqtt';

export interface EdgeNodeOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly node: string;
  readonly devices: number;
  readonly pointsPerDevice: number;
  /** Class that a device states, and the names of its points; absent: a class of nothing, p0, p1, ... */
  readonly stated?: (device: number) => { readonly class: string; readonly points: readonly string[] };
}

export interface EdgeNode {
  /** Publishes one reading of consecutive points of a device; their sequence numbers follow on. @returns last seq */
  publish(device: number, values: readonly number[], timeMs: number, firstPoint?: number): number;
  readonly sentSeq: number;
  readonly committedSeq: number;
  onWatermark(listener: (seq: number, atMs: number) => void): void;
  /** Settles when everything up to seq is committed. */
  committed(seq: number, deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
}

const GROUP = 'louwei';
export const deviceName = (index: number): string => `D${index}`;
export const pointName = (index: number): string => `p${index}`;

export async function startEdgeNode(options: EdgeNodeOptions): Promise<EdgeNode> {
  const { node } = options;
  const epoch = Date.now();
  const topic = (type: 'NBIRTH' | 'NDEATH' | 'DBIRTH' | 'DDATA', device?: string) =>
    sparkplugTopic({ group: GROUP, type, node, ...(device === undefined ? {} : { device }) });
  const bdSeq: Metric = { name: 'bdSeq', type: 'Int64', value: 0, timestampMs: epoch, quality: 'good' };
  const client: MqttClient = await connectAsync(options.url, {
    protocolVersion: 4,
    clientId: node,
    username: options.username,
    password: options.password,
    reconnectPeriod: 0,
    clean: true,
    will: {
      topic: topic('NDEATH'),
      payload: encodePayload({ timestampMs: epoch, metrics: [bdSeq] }),
      qos: 1,
      retain: false,
    },
  });
  let wireSeq = 0;
  let sentSeq = 0;
  let committedSeq = 0;
  const listeners: ((seq: number, atMs: number) => void)[] = [];
  const nextWireSeq = () => {
    const seq = wireSeq;
    wireSeq = (wireSeq + 1) % 256;
    return seq;
  };

  const birth = () => {
    const now = Date.now();
    wireSeq = 0;
    const rebirth: Metric = {
      name: 'Node Control/Rebirth',
      type: 'Boolean',
      value: false,
      timestampMs: now,
      quality: 'good',
    };
    client.publish(
      topic('NBIRTH'),
      encodePayload({
        timestampMs: now,
        seq: nextWireSeq(),
        metrics: [bdSeq, rebirth],
        delivery: { epoch, seqs: [0, 0] },
      }),
    );
    for (let device = 0; device < options.devices; device++) {
      const described = options.stated?.(device);
      const metrics = Array.from(
        { length: options.pointsPerDevice },
        (_, point): Metric => ({
          name: described?.points[point] ?? pointName(point),
          alias: aliasOf(device, point),
          type: 'Double',
          value: null,
          timestampMs: now,
          quality: 'not-connected',
        }),
      );
      const stated: Metric[] =
        described === undefined
          ? []
          : [
              {
                name: PROPERTY.class,
                type: 'String',
                value: described.class,
                timestampMs: now,
                quality: 'good',
              },
            ];
      client.publish(
        topic('DBIRTH', deviceName(device)),
        encodePayload({
          timestampMs: now,
          seq: nextWireSeq(),
          metrics: [...stated, ...metrics],
          delivery: { epoch, seqs: [...stated, ...metrics].map(() => 0) },
        }),
      );
    }
  };
  const aliasOf = (device: number, point: number) => device * options.pointsPerDevice + point + 1;

  client.on('message', (name, payload) => {
    if (name === watermarkTopic(GROUP, node)) {
      const watermark = JSON.parse(payload.toString()) as Watermark;
      if (watermark.epoch !== epoch) return;
      committedSeq = Math.max(committedSeq, watermark.seq);
      for (const listener of listeners) listener(committedSeq, Date.now());
    } else if (parseSparkplugTopic(name)?.type === 'NCMD') {
      birth();
    }
  });
  await client.subscribeAsync([`spBv1.0/${GROUP}/NCMD/${node}`, stateTopic('louwei'), watermarkTopic(GROUP, node)]);
  birth();

  return {
    publish(device, values, timeMs, firstPoint = 0) {
      const metrics = values.map(
        (value, index): Metric => ({
          alias: aliasOf(device, firstPoint + index),
          type: 'Double',
          value,
          timestampMs: timeMs,
          quality: 'good',
        }),
      );
      const seqs = values.map(() => ++sentSeq);
      client.publish(
        topic('DDATA', deviceName(device)),
        encodePayload({ timestampMs: timeMs, seq: nextWireSeq(), metrics, delivery: { epoch, seqs } }),
      );
      return sentSeq;
    },
    get sentSeq() {
      return sentSeq;
    },
    get committedSeq() {
      return committedSeq;
    },
    onWatermark: (listener) => listeners.push(listener),
    committed(seq, deadlineMs) {
      if (committedSeq >= seq) return Promise.resolve();
      return new Promise((done, fail) => {
        const timer = setTimeout(
          () => fail(new Error(`committed ${committedSeq} of ${seq} within ${deadlineMs} ms`)),
          deadlineMs,
        );
        listeners.push((now) => {
          if (now < seq) return;
          clearTimeout(timer);
          done();
        });
      });
    },
    stop: () => client.endAsync(true),
  };
}
