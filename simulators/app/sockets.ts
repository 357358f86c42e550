// Puts the simulated devices on real sockets and says how a gateway reaches each of them.
import type { DeviceModel } from '@louwei/device-profiles';
import type { SimulatedDevice } from '../protocols/device.ts';
import { type ModbusUnit, startModbusPort } from '../protocols/modbus/server.ts';
import { type FieldBroker, startFieldBroker } from '../protocols/mqtt/broker.ts';
import { commandTopicsOf } from '../protocols/mqtt/commands.ts';
import { type MqttPublisher, startMqttDevice } from '../protocols/mqtt/device.ts';
import { startOpcuaServer } from '../protocols/opcua/server.ts';
import { startSparkplugDevice } from '../protocols/sparkplug/device.ts';
import type { Building, BuildingDevice } from './building.ts';
import { type KeptPorts, openKeptPorts } from './kept-ports.ts';

export interface Sockets {
  /** The `connection:` block of each device in a gateway's configuration. */
  readonly connections: ReadonlyMap<string, Readonly<Record<string, string | number>>>;
  /** Certificates of the building's servers, PEM files. */
  readonly certificateFiles: readonly string[];
  /** To be called after each step of the physics. */
  update(nowMs: number): void;
  stop(): Promise<void>;
}

type Protocol = DeviceModel['protocol'];
type Wired<P extends Protocol> = {
  readonly settings: BuildingDevice;
  readonly device: SimulatedDevice<Extract<DeviceModel, { protocol: P }>>;
};
type Start<P extends Protocol> = (wired: readonly Wired<P>[], ports: KeptPorts, dataDir: string) => Promise<Sockets>;

/** Every protocol, listed once. */
const STARTS: { readonly [P in Protocol]: Start<P> } = {
  modbus: startModbus,
  opcua: startOpcua,
  mqtt: startMqtt,
  sparkplug: startSparkplug,
};
/** Group of the building's Sparkplug edge nodes. */
const SPARKPLUG_GROUP = 'building';

export async function startSockets(
  building: Building,
  devices: readonly SimulatedDevice[],
  dataDir: string,
): Promise<Sockets> {
  const wired = devices.flatMap((device) => {
    const settings = building.devices.find((entry) => entry.settings.id === device.id)?.settings;
    return settings === undefined ? [] : [{ settings, device }];
  });
  const ports = openKeptPorts(dataDir);
  const start = async <P extends Protocol>(protocol: P): Promise<Sockets> => {
    const own = wired.filter((entry): entry is Wired<P> => entry.device.model.protocol === protocol);
    return own.length === 0 ? NOTHING : STARTS[protocol](own, ports, dataDir);
  };
  const parts = await Promise.all([start('modbus'), start('opcua'), start('mqtt'), start('sparkplug')]);
  ports.save();
  return {
    connections: new Map(parts.flatMap((part) => [...part.connections])),
    certificateFiles: parts.flatMap((part) => part.certificateFiles),
    update(nowMs) {
      for (const part of parts) part.update(nowMs);
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
    },
  };
}

const NOTHING: Sockets = {
  connections: new Map(),
  certificateFiles: [],
  update: () => undefined,
  stop: async () => undefined,
};

async function startModbus(wired: readonly Wired<'modbus'>[], kept: KeptPorts): Promise<Sockets> {
  const buses = Map.groupBy(wired, ({ settings }) => settings.bus ?? settings.id);
  const connections = new Map<string, Record<string, string | number>>();
  const ports = await Promise.all(
    [...buses].map(async ([bus, members]) => {
      const units = members.map(({ settings, device }): ModbusUnit => ({ unit: settings.unit, device }));
      const port = await startModbusPort(units, await kept.wanted(bus));
      kept.keep(bus, port.port);
      for (const { unit, device } of units) connections.set(device.id, { host: '127.0.0.1', port: port.port, unit });
      return port;
    }),
  );
  return {
    connections,
    certificateFiles: [],
    update: () => undefined,
    async stop() {
      await Promise.all(ports.map((port) => port.stop()));
    },
  };
}

async function startOpcua(wired: readonly Wired<'opcua'>[], kept: KeptPorts, dataDir: string): Promise<Sockets> {
  const units = wired.map(({ settings, device }) => ({ prefix: settings.id, device }));
  const server = await startOpcuaServer(units, dataDir, await kept.wanted('opcua'));
  kept.keep('opcua', server.port);
  return {
    connections: new Map(
      wired.map(({ settings: { id, securityMode } }) => [id, { endpoint: server.endpoint, prefix: id, securityMode }]),
    ),
    certificateFiles: [server.certificateFile],
    update: server.update,
    stop: server.stop,
  };
}

async function startMqtt(wired: readonly Wired<'mqtt'>[], kept: KeptPorts): Promise<Sockets> {
  const broker = await startFieldBroker(await kept.wanted('mqtt'));
  kept.keep('mqtt', broker.port);
  const connections = new Map<string, Record<string, string | number>>();
  const publishers = wired.map(({ device }) => {
    const baseTopic = `building/${device.id}`;
    connections.set(device.id, { url: broker.url, baseTopic });
    return startMqttDevice(device, {
      url: broker.url,
      baseTopic,
      ...broker.admit(device.id, baseTopic, commandTopicsOf(device.model)),
    });
  });
  return published(connections, publishers, broker);
}

async function startSparkplug(wired: readonly Wired<'sparkplug'>[], kept: KeptPorts): Promise<Sockets> {
  const broker = await startFieldBroker(await kept.wanted('sparkplug'));
  kept.keep('sparkplug', broker.port);
  const connections = new Map<string, Record<string, string | number>>();
  const publishers = wired.map(({ device }) => {
    const { url } = broker;
    connections.set(device.id, { url, group: SPARKPLUG_GROUP, edgeNode: device.id, device: device.id });
    const account = broker.admitEdgeNode(device.id, SPARKPLUG_GROUP);
    return startSparkplugDevice(device, { url, group: SPARKPLUG_GROUP, ...account });
  });
  return published(connections, publishers, broker);
}

/** What devices say on a broker of the building. */
const published = (
  connections: Sockets['connections'],
  publishers: readonly MqttPublisher[],
  broker: FieldBroker,
): Sockets => ({
  connections,
  certificateFiles: [],
  update(nowMs) {
    for (const publisher of publishers) publisher.update(nowMs);
  },
  async stop() {
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await broker.stop();
  },
});
