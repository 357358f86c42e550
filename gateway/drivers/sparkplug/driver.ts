// Sparkplug B: the gateway as a host application of equipment that speaks it already. Devices with the same broker and
// login share one connection, those of one edge node its session.
import type { SparkplugModel } from '@louwei/device-profiles';
import { parseSparkplugTopic, sparkplugTopic, stateTopic } from '../../uplink/sparkplug/topics.ts';
import { withoutLogin } from '../broker-address.ts';
import { type BrokerLink, createBrokerLink, type Presence } from '../broker-link.ts';
import { createLines, type OpenLine } from '../lines.ts';
import type { DriverDefinition, DriverHost, WriteOutcome } from '../port.ts';
import { type SparkplugConnection, sparkplugConnection } from './connection.ts';
import { createSparkplugDevice, type SparkplugDriverDevice } from './device.ts';
import { createEdgeNode, type EdgeNode } from './edge-node.ts';

const TICK_MS = 500;
const NODE_MESSAGES = ['NBIRTH', 'NDATA', 'NDEATH'] as const;
const DEVICE_MESSAGES = ['DBIRTH', 'DDATA', 'DDEATH'] as const;

interface Broker extends OpenLine {
  tick(): void;
  write(id: string, point: string, value: number, mayStart: () => boolean): WriteOutcome;
}

const line = ({ url, username, password, caFile, hostId }: SparkplugConnection): string =>
  JSON.stringify([url, username ?? null, password ?? null, caFile ?? null, hostId ?? null]);

const unknownDevice = (id: string): WriteOutcome => ({ kind: 'not-sent', reason: `${id} is no Sparkplug device` });

export const sparkplugDriver: DriverDefinition<SparkplugModel, SparkplugConnection> = {
  protocol: 'sparkplug',
  connectionSchema: sparkplugConnection,
  bus: ({ url }) => `sparkplug ${withoutLogin(url)}`,
  describe: ({ url, group, edgeNode, device }) =>
    `sparkplug ${withoutLogin(url)} ${[group, edgeNode, ...(device === undefined ? [] : [device])].join('/')}`,
  line,
  create(devices, host) {
    const brokers = createLines<SparkplugDriverDevice, Broker>({
      keyOf: ({ connection }) => line(connection),
      open,
      host,
    });
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
      readOnce(device, reader) {
        // A second will of the same host would tell the nodes that it is gone.
        const { hostId: _, ...connection } = device.connection;
        const isHere = brokers.byKey(line(device.connection)) !== undefined;
        return sparkplugDriver.create([isHere ? { ...device, connection } : device], reader);
      },
      write: async (id, point, value, mayStart) =>
        brokers.of(id)?.write(id, point, value, mayStart) ?? unknownDevice(id),
    };
  },
};

function open(group: readonly SparkplugDriverDevice[], host: DriverHost): Broker {
  const connection = group[0]?.connection;
  if (connection === undefined) throw new RangeError('a broker has at least one device');
  const { url, username, password, caFile, hostId } = connection;
  const where = withoutLogin(url);
  const monotonicNow = (): number => performance.now();
  const devices = group.map((device) => createSparkplugDevice(device, host, monotonicNow));
  const nodes = new Map<string, EdgeNode>();
  const link: BrokerLink = createBrokerLink({
    url,
    where,
    username,
    password,
    caFile,
    topics: topicsOf(group),
    log: host.log,
    presence: hostId === undefined ? undefined : () => presenceOf(hostId, host.now()),
    onReached() {
      for (const node of nodes.values()) node.reached();
    },
    onLost(reason) {
      for (const node of nodes.values()) node.lost(`field broker ${where}: ${reason}`);
    },
    onMessage(text, payload, retained) {
      if (hostId !== undefined && text === stateTopic(hostId)) {
        if (saysOffline(payload)) link.announce();
        return;
      }
      const topic = parseSparkplugTopic(text);
      if (topic !== undefined) nodes.get(nodeKey(topic.group, topic.node))?.message(topic, payload, retained);
    },
  });
  for (const [key, members] of Map.groupBy(devices, ({ config }) => keyOf(config.connection))) {
    const { group: name, edgeNode } = members[0]?.config.connection ?? connection;
    const { send } = link;
    nodes.set(key, createEdgeNode({ group: name, node: edgeNode, devices: members, send, host, monotonicNow }));
  }
  return {
    start: () => link.start(),
    stop: () => link.stop(),
    tick() {
      const silentMs = link.silentMs();
      if (!Number.isFinite(silentMs)) return;
      for (const node of nodes.values()) node.tick(silentMs);
    },
    write(id, point, value, mayStart) {
      const device = devices.find(({ config }) => config.id === id);
      const node = device && nodes.get(keyOf(device.config.connection));
      return device && node ? node.write(device, point, value, mayStart) : unknownDevice(id);
    },
  };
}

const nodeKey = (group: string, node: string): string => `${group}/${node}`;
const keyOf = ({ group, edgeNode }: SparkplugConnection): string => nodeKey(group, edgeNode);

/** Everything the edge nodes say: of a device nobody wants the sequence numbers count, too. */
function topicsOf(devices: readonly SparkplugDriverDevice[]): string[] {
  const topics = devices.flatMap(({ connection: { group, edgeNode: node, hostId } }) => [
    ...NODE_MESSAGES.map((type) => sparkplugTopic({ group, type, node })),
    ...DEVICE_MESSAGES.map((type) => sparkplugTopic({ group, type, node, device: '+' })),
    ...(hostId === undefined ? [] : [stateTopic(hostId)]),
  ]);
  return [...new Set(topics)];
}

/** Birth and will of one connection carry the same time (Sparkplug B 3.0, 5.4). */
function presenceOf(hostId: string, timestamp: number): Presence {
  const text = (online: boolean): string => JSON.stringify({ online, timestamp });
  return { topic: stateTopic(hostId), online: text(true), offline: text(false) };
}

function saysOffline(payload: Uint8Array): boolean {
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof said === 'object' && said !== null && 'online' in said && said.online === false;
  } catch {
    return false;
  }
}
