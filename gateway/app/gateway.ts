// Wires the gateway: drivers -> points -> outbox -> uplink, and starts and stops them in the order that loses nothing.
import { type Bilingual, type Point, pointNames, writeRuleOf } from '@louwei/device-profiles';
import type { Logger } from 'pino';
import { createCommands } from '../commands/commands.ts';
import type { Driver, DriverDefinition, DriverHost } from '../drivers/port.ts';
import { openOutbox } from '../outbox/outbox.ts';
import type { Outbox, OutboxStats } from '../outbox/port.ts';
import type { OutboxPoint, PointType } from '../outbox/record.ts';
import { createBusWatch } from '../points/bus-watch.ts';
import { createPointPipeline } from '../points/pipeline.ts';
import type { BusDiagnosis } from '../polling/diagnosis.ts';
import type { UplinkStats } from '../uplink/port.ts';
import { NODE_DEVICE, type UplinkDevice } from '../uplink/session.ts';
import { COMM_POINT, COMMAND_OUTCOME_POINT, PROPERTY } from '../uplink/sparkplug/names.ts';
import { createUplink } from '../uplink/uplink.ts';
import { busesOf, type GatewayBus } from './buses.ts';
import type { ConfiguredDevice, GatewayConfig } from './config.ts';
import { createOutboxWatch, OUTBOX_POINTS } from './outbox-watch.ts';

export interface GatewayStatus {
  readonly uplink: UplinkStats;
  readonly outbox: OutboxStats;
  readonly devices: { readonly total: number; readonly online: number };
}

export interface Gateway {
  start(): Promise<void>;
  /** Settles within 3 s: drivers first, then the last samples are committed, then the goodbye. */
  stop(): Promise<void>;
  status(): GatewayStatus;
  /** What happened on the buses of all drivers that have some. */
  buses(): readonly BusDiagnosis[];
}

export interface GatewayHooks {
  readonly log: Logger;
  readonly onOnline: () => void;
  /** The gateway cannot go on; the process has to end. */
  readonly onFatal: (error: Error) => void;
}

const TICK_MS = 1_000;
const DRIVER_STOP_MS = 1_500;

/** @throws OutboxInUse, or the file system's error when the data directory cannot be used. */
export function createGateway(config: GatewayConfig, { log, onOnline, onFatal }: GatewayHooks): Gateway {
  const outbox = openOutbox(config.dataDir, {
    ...config.outbox,
    onFatal,
    onWarning: (message, facts) => log.warn(facts, message),
  });
  const buses = busesOf(config.devices);
  const uplinkDevices = registerDevices(outbox, config.devices, buses);
  const online = new Map<string, boolean>();
  const pipeline = createPointPipeline({
    devices: config.devices,
    sink: (samples) => outbox.append(samples),
    now: Date.now,
  });
  const busWatch = createBusWatch({ buses, sink: (samples) => outbox.append(samples), now: Date.now });
  const outboxWatch = createOutboxWatch({
    stats: outbox.stats,
    sink: (samples) => outbox.append(samples),
    onFilling: (fillPercent) =>
      log.warn({ fillPercent }, 'the outbox fills up: when it is full, the oldest records are given up'),
  });
  const commands = createCommands({
    devices: config.devices,
    enabled: config.commandsEnabled,
    current: (device) => pipeline.current(device),
    async write(device, point, value, mayStart) {
      const driver = driverOf.get(device);
      if (driver?.write === undefined) return { kind: 'not-sent', reason: 'the driver cannot write' };
      return driver.write(device, point, value, mayStart);
    },
    report: (sample) => outbox.append([sample]),
    now: Date.now,
    log,
  });
  const uplink = createUplink({
    onCommand: (device, command) => commands.receive({ device, ...command }),
    group: config.group,
    node: config.gateway,
    hostId: config.hostId,
    broker: config.broker,
    delivery: config.delivery,
    outbox,
    devices: uplinkDevices,
    log,
    onOnline,
  });
  const host: DriverHost = {
    readings(device, readings) {
      pipeline.readings(device, readings);
      commands.readings(device, readings);
    },
    state(device, state) {
      if (online.get(device) !== state.online) {
        if (state.online) log.info({ device }, 'the device answers');
        else log.warn({ device, reason: state.reason }, 'the device does not answer');
      }
      online.set(device, state.online);
      pipeline.state(device, state);
      uplink.deviceState(device, state.online);
      const bus = busWatch.state(device, state.online);
      if (bus === null) return;
      if (bus.online) log.info({ bus: bus.id, where: bus.where }, 'the bus answers');
      else log.warn({ bus: bus.id, where: bus.where }, 'no device on the bus answers');
      uplink.deviceState(bus.id, bus.online);
    },
    log,
    now: Date.now,
    dataDir: config.dataDir,
  };
  const driverOf = createDrivers(config.devices, host);
  const drivers = [...new Set(driverOf.values())];
  let ticker: NodeJS.Timeout | undefined;

  return {
    async start() {
      uplink.start();
      ticker = setInterval(() => {
        const nowMs = Date.now();
        pipeline.tick(nowMs);
        busWatch.tick(nowMs);
        outboxWatch.tick(nowMs);
      }, TICK_MS);
      await Promise.all(drivers.map((driver) => driver.start()));
    },
    async stop() {
      clearInterval(ticker);
      commands.stop();
      const stopped = Promise.allSettled(drivers.map((driver) => driver.stop()));
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, DRIVER_STOP_MS).unref())]);
      outbox.flush();
      await uplink.stop();
      outbox.close();
    },
    buses: () => drivers.flatMap((driver) => driver.diagnosis?.() ?? []),
    status: () => ({
      uplink: uplink.stats(),
      outbox: outbox.stats(),
      devices: { total: config.devices.length, online: [...online.values()].filter(Boolean).length },
    }),
  };
}

/** @returns the driver of each device. */
function createDrivers(devices: readonly ConfiguredDevice[], host: DriverHost): Map<string, Driver> {
  const byDriver = new Map<DriverDefinition, ConfiguredDevice[]>();
  for (const device of devices) byDriver.set(device.driver, [...(byDriver.get(device.driver) ?? []), device]);
  return new Map(
    [...byDriver].flatMap(([definition, own]) => {
      const driver = definition.create(own, host);
      return own.map(({ id }): [string, Driver] => [id, driver]);
    }),
  );
}

function registerDevices(
  outbox: Outbox,
  devices: readonly ConfiguredDevice[],
  buses: readonly GatewayBus[],
): UplinkDevice[] {
  const ids = [NODE_DEVICE, ...[...devices, ...buses].map(({ id }) => id)];
  outbox.keepDevices(new Set(ids));
  const points = outbox.register([...OUTBOX_POINTS, ...devices.flatMap(pointsOf), ...buses.flatMap(busPoints)]);
  const byDevice = new Map<string, OutboxPoint[]>(ids.map((id) => [id, []]));
  for (const point of points) byDevice.get(point.device)?.push(point);
  const busOfDevice = new Map(buses.flatMap(({ id, members }) => members.map((member) => [member, id] as const)));
  // A bus is born before its devices, so that the server knows it when they name it.
  return [
    { id: NODE_DEVICE, properties: {}, points: byDevice.get(NODE_DEVICE) ?? [] },
    ...buses.map((bus) => ({ id: bus.id, properties: busProperties(bus), points: byDevice.get(bus.id) ?? [] })),
    ...devices.map((device) => ({
      id: device.id,
      properties: propertiesOf(device, busOfDevice.get(device.id)),
      points: byDevice.get(device.id) ?? [],
    })),
  ];
}

const busPoints = ({ id }: GatewayBus): Omit<OutboxPoint, 'alias'>[] => [
  { device: id, point: COMM_POINT, type: 'Boolean' },
  { device: id, point: 'answeringCount', type: 'Double' },
];

const busProperties = ({ name, place, where }: GatewayBus): Record<string, string> => ({
  [PROPERTY.class]: 'field-bus',
  [PROPERTY.nameZh]: name.zh,
  [PROPERTY.nameEn]: name.en,
  [PROPERTY.site]: place.site,
  [PROPERTY.building]: place.building,
  [PROPERTY.floor]: place.floor,
  [PROPERTY.room]: place.room,
  [PROPERTY.connection]: where,
});

const pointsOf = (device: ConfiguredDevice): Omit<OutboxPoint, 'alias'>[] => [
  { device: device.id, point: COMM_POINT, type: 'Boolean' },
  ...(pointNames(device.model).some((point) => writeRuleOf(device.model, device.class, point) !== null)
    ? [{ device: device.id, point: COMMAND_OUTCOME_POINT, type: 'String' as const }]
    : []),
  ...pointNames(device.model).map((point) => ({
    device: device.id,
    point,
    type: typeOfKind(device.class.points[point]?.kind ?? 'analog'),
  })),
];

function typeOfKind(kind: Point['kind']): PointType {
  if (kind === 'state') return 'Boolean';
  return kind === 'text' ? 'String' : 'Double';
}

function propertiesOf(device: ConfiguredDevice, bus: string | undefined): Record<string, string> {
  const name: Bilingual = device.name;
  return {
    [PROPERTY.class]: device.model.class,
    [PROPERTY.model]: device.model.model,
    [PROPERTY.nameZh]: name.zh,
    [PROPERTY.nameEn]: name.en,
    [PROPERTY.site]: device.place.site,
    [PROPERTY.building]: device.place.building,
    [PROPERTY.floor]: device.place.floor,
    [PROPERTY.room]: device.place.room,
    [PROPERTY.connection]: device.driver.describe(device.connection),
    ...(bus === undefined ? {} : { [PROPERTY.bus]: bus }),
  };
}
