// MQTT with plain or JSON payloads: devices with the same broker and login share one connection.
import type { MqttModel } from '@louwei/device-profiles';
import type { DriverDefinition, DriverDevice, DriverHost } from '../port.ts';
import { type BrokerLink, createBrokerLink } from './broker-link.ts';
import { type MqttConnection, mqttConnection, withoutLogin } from './connection.ts';
import { commandMessage } from './core/command.ts';
import { createMqttDevice, type MqttDevice } from './device.ts';

const TICK_MS = 1000;

export const mqttDriver: DriverDefinition<MqttModel, MqttConnection> = {
  protocol: 'mqtt',
  connectionSchema: mqttConnection,
  bus: ({ url }) => `mqtt ${withoutLogin(url)}`,
  describe: ({ url, baseTopic }) => `mqtt ${withoutLogin(url)} topic ${baseTopic}`,
  create(devices, host) {
    const brokers = Map.groupBy(devices, ({ connection }) =>
      JSON.stringify([
        connection.url,
        connection.username ?? null,
        connection.password ?? null,
        connection.caFile ?? null,
      ]),
    );
    const groups = [...brokers.values()].map((group) => createGroup(group, host));
    let ticker: NodeJS.Timeout | null = null;
    return {
      async start() {
        for (const group of groups) group.link?.start();
        ticker ??= setInterval(() => {
          for (const group of groups) for (const device of group.devices) device.tick();
        }, TICK_MS);
      },
      async stop() {
        if (ticker !== null) clearInterval(ticker);
        await Promise.all(groups.map((group) => group.link?.stop()));
      },
      async write(id, point, value) {
        const device = devices.find((one) => one.id === id);
        const link = groups.find(({ ids }) => ids.has(id))?.link ?? null;
        const message = device === undefined ? null : commandMessage(device, point, value);
        if (link === null || message === null)
          return { kind: 'not-sent', reason: `no command topic for ${point} of ${id}` };
        return link.publish(message.topic, message.payload);
      },
    };
  },
};

function createGroup(
  group: readonly DriverDevice<MqttModel, MqttConnection>[],
  host: DriverHost,
): { ids: ReadonlySet<string>; devices: readonly MqttDevice[]; link: BrokerLink | null } {
  const ids = new Set(group.map(({ id }) => id));
  const devices = group.map((device) => createMqttDevice(device, host, () => performance.now()));
  const connection = group[0]?.connection;
  if (connection === undefined) return { ids, devices, link: null };
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
  return { ids, devices, link };
}
