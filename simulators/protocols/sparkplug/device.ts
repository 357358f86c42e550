// One Sparkplug B edge node with one device: born at each connection and whenever it is asked, then changes only, by alias.
import { convertRaw, type SparkplugModel, writeValueFault } from '@louwei/device-profiles';
import { BDSEQ, decodePayload, encodePayload, type Metric, REBIRTH, sparkplugTopic } from '@louwei/gateway/sparkplug';
import { connect, type MqttClient } from 'mqtt';
import type { PointValue } from '../../plant/plant.ts';
import { type SimulatedDevice, spoken } from '../device.ts';
import type { MqttPublisher } from '../mqtt/device.ts';
import { CLOCK_OFF_MS } from '../nuisance.ts';

export interface SparkplugDeviceOptions {
  readonly url: string;
  readonly password: string;
  /** Edge node and device have the device's own id. */
  readonly group: string;
}

export function startSparkplugDevice(
  device: SimulatedDevice<SparkplugModel>,
  { url, password, group }: SparkplugDeviceOptions,
): MqttPublisher {
  const node = device.id;
  const metricOf = new Map(Object.entries(device.model.points).map(([point, { metric }]) => [metric, point]));
  const names = [...metricOf.keys()];
  const commandMetrics = Object.values(device.model.points).flatMap(({ write }) => write?.metric ?? []);
  /** A metric's alias is its place. */
  const all = [...new Set([...names, ...commandMetrics])];
  const sent = new Map<string, PointValue>();
  let client: MqttClient | undefined;
  let bdSeq = -1;
  let seq = 0;

  const topic = (type: 'NBIRTH' | 'NDEATH' | 'NCMD'): string => sparkplugTopic({ group, type, node });
  const deviceTopic = (type: 'DBIRTH' | 'DDATA' | 'DCMD'): string =>
    sparkplugTopic({ group, type, node, device: node });
  const clockMs = (): number => Date.now() + (device.has?.('clock-off') ? CLOCK_OFF_MS : 0);
  const bdSeqMetric = (): Metric => metric(BDSEQ, undefined, bdSeq, 'Int64');

  function metric(
    name: string | undefined,
    alias: number | undefined,
    value: PointValue,
    type?: Metric['type'],
  ): Metric {
    const own = typeof value === 'boolean' ? 'Boolean' : typeof value === 'string' ? 'String' : 'Double';
    return {
      ...(name === undefined ? {} : { name }),
      ...(alias === undefined ? {} : { alias }),
      type: type ?? own,
      value,
      timestampMs: clockMs(),
      quality: 'good',
    };
  }

  function shown(name: string): PointValue {
    const point = metricOf.get(name);
    const mapped = point === undefined ? undefined : device.model.points[point];
    return point === undefined || mapped === undefined ? null : spoken(mapped, device.values()[point] ?? null);
  }

  function publish(to: string, metrics: readonly Metric[], isBirth = false): void {
    seq = isBirth ? 0 : (seq + 1) % 256;
    const bytes = encodePayload({ timestampMs: clockMs(), seq, metrics });
    client?.publish(to, device.has?.('garbled') ? bytes.subarray(0, bytes.length / 2) : bytes, { qos: 0 });
  }

  function bear(): void {
    publish(topic('NBIRTH'), [bdSeqMetric(), metric(REBIRTH, undefined, false)], true);
    for (const name of names) sent.set(name, shown(name));
    publish(
      deviceTopic('DBIRTH'),
      all.map((name, alias) => metric(name, alias, sent.get(name) ?? null)),
    );
  }

  function obey(to: string, bytes: Uint8Array): void {
    for (const { name, alias, value } of decodePayload(bytes).metrics) {
      if (to === topic('NCMD') && name === REBIRTH && value === true) bear();
      const wanted = name ?? all[alias ?? -1];
      if (to !== deviceTopic('DCMD') || wanted === undefined) continue;
      for (const [point, mapped] of Object.entries(device.model.points)) {
        if ((mapped.write?.metric ?? mapped.metric) !== wanted || mapped.write === undefined) continue;
        const told = convertRaw(mapped, value).value;
        if (typeof told === 'number' && writeValueFault(mapped.write, told) === null) device.command?.(point, told);
      }
    }
  }

  function open(): MqttClient {
    bdSeq = (bdSeq + 1) % 256;
    const opened = connect(url, {
      clientId: `node-${node}`,
      username: node,
      password,
      protocolVersion: 4,
      clean: true,
      // Each connection has a will of its own.
      reconnectPeriod: 0,
      queueQoSZero: false,
      will: {
        topic: topic('NDEATH'),
        payload: encodePayload({ timestampMs: clockMs(), metrics: [bdSeqMetric()] }),
        qos: 1,
        retain: false,
      },
    });
    opened.on('connect', () => opened.subscribe([topic('NCMD'), deviceTopic('DCMD')], { qos: 1 }, () => bear()));
    opened.on('message', obey);
    opened.on('error', () => undefined);
    opened.on('close', () => {
      if (client === opened) client = undefined;
    });
    return opened;
  }

  return {
    update() {
      if (device.offline()) {
        // Without a DISCONNECT, so that the broker publishes the last will.
        client?.end(true);
        client = undefined;
        return;
      }
      client ??= open();
      if (!client.connected || sent.size === 0) return;
      if (device.has?.('dropped-connection')) {
        client.stream.destroy();
        return;
      }
      const changed = names.filter((name) => shown(name) !== sent.get(name));
      for (const name of changed) sent.set(name, shown(name));
      if (changed.length > 0)
        publish(
          deviceTopic('DDATA'),
          changed.map((name) => metric(undefined, all.indexOf(name), sent.get(name) ?? null)),
        );
    },
    async stop() {
      await client?.endAsync(true);
      client = undefined;
    },
  };
}
