// MQTT with plain or JSON payloads: devices with the same broker and login share one connection.
import type { MqttModel } from '@louwei/device-profiles';
import { withoutLogin } from '../broker-address.ts';
import { createBrokerLink } from '../broker-link.ts';
import { createLines, type OpenLine } from '../lines.ts';
import type { DriverDefinition, DriverDevice, DriverHost, WriteOutcome } from '../port.ts';
import { type MqttConnection, mqttConnection } from './connection.ts';
import { commandMessage } from './core/command.ts';
import { createMqttDevice, type MqttDevice } from './device.ts';

const TICK_MS = 1000;

type Configured = DriverDevice<MqttModel, MqttConnection>;

interface Broker extends OpenLine {
  tick(): void;
  write(device: string, point: string, value: number): Promise<WriteOutcome>;
}

const line = ({ url, username, password, caFile }: MqttConnection): string =>
  JSON.stringify([url, username ?? null, password ?? null, caFile ?? null]);

export const mqttDriver: DriverDefinition<MqttModel, MqttConnection> = {
  protocol: 'mqtt',
  connectionSchema: mqttConnection,
  bus: ({ url }) => `mqtt ${withoutLogin(url)}`,
  describe: ({ url, baseTopic }) => `mqtt ${withoutLogin(url)} topic ${baseTopic}`,
  line,
  create(devices, host) {
    const brokers = createLines<Configured, Broker>({ keyOf: ({ connection }) => line(connection), open, host });
    let ticker: NodeJS.Timeout | null = null;
    return {
      start() {
        ticker ??= setInterval(() => {
          for (const broker of brokers.all()) broker.tick();
        }, TICK_MS);
        return brokers.update(devices);
      },
      update: (next) => brokers.update(next),
      async stop() {
        if (ticker !== null) clearInterval(ticker);
        await brokers.close();
      },
      async write(id, point, value) {
        const broker = brokers.of(id);
        return broker === undefined ? noTopic(id, point) : broker.write(id, point, value);
      },
    };
  },
};

const noTopic = (id: string, point: string): WriteOutcome => ({
  kind: 'not-sent',
  reason: `no command topic for ${point} of ${id}`,
});

function open(group: readonly Configured[], host: DriverHost): Broker {
  const connection = group[0]?.connection;
  if (connection === undefined) throw new RangeError('a broker has at least one device');
  const devices = group.map((device) => createMqttDevice(device, host, () => performance.now()));
  const byTopic = new Map<string, MqttDevice[]>();
  for (const device of devices) {
    for (const topic of new Set(device.topics)) byTopic.set(topic, [...(byTopic.get(topic) ?? []), device]);
  }
  const where = withoutLogin(connection.url);
  const link = createBrokerLink({
    url: connection.url,
    where,
    username: connection.username,
    password: connection.password,
    caFile: connection.caFile,
    topics: [...byTopic.keys()],
    log: host.log,
    onReached: () => {
      for (const device of devices) device.reached();
    },
    onLost: (reason) => {
      for (const device of devices) device.lost(`field broker ${where}: ${reason}`);
    },
    onMessage: (topic, payload, retained) => {
      for (const device of byTopic.get(topic) ?? []) device.message(topic, payload, retained);
    },
  });
  return {
    start: () => link.start(),
    stop: () => link.stop(),
    tick() {
      for (const device of devices) device.tick();
    },
    async write(id, point, value) {
      const device = group.find((one) => one.id === id);
      const message = device === undefined ? null : commandMessage(device, point, value);
      return message === null ? noTopic(id, point) : link.publish(message.topic, message.payload);
    },
  };
}
