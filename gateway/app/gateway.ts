// Wires the gateway: drivers -> points -> outbox -> uplink, and starts and stops them in the order that loses nothing.
import type { Logger } from 'pino';
import { createCommands } from '../commands/commands.ts';
import { memberOf } from '../drivers/lines.ts';
import type { Driver, DriverDefinition, DriverHost } from '../drivers/port.ts';
import { openOutbox } from '../outbox/outbox.ts';
import type { OutboxStats } from '../outbox/port.ts';
import { type BusNews, createBusWatch } from '../points/bus-watch.ts';
import { createPointPipeline } from '../points/pipeline.ts';
import type { BusDiagnosis } from '../polling/diagnosis.ts';
import type { Uplink, UplinkStats } from '../uplink/port.ts';
import { NODE_DEVICE } from '../uplink/session.ts';
import { createUplink } from '../uplink/uplink.ts';
import { busesOf } from './buses.ts';
import { createCertificateWatch } from './certificate-watch.ts';
import type { GatewayConfig } from './config.ts';
import { freshDevices, type PlannedDevice, planReload, type ReloadPlan } from './core/reload-plan.ts';
import type { ConfiguredDevice } from './devices.ts';
import { createOutboxWatch } from './outbox-watch.ts';
import { registerDevices } from './uplink-devices.ts';

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
  /**
   * These devices, and this leave for commands, from now on; everything else of the configuration needs a new start. What
   * has not changed goes on as if nothing had happened, and the outbox with it. One call after the other. @throws when
   * new points cannot be registered: then nothing has changed.
   */
  apply(config: Pick<GatewayConfig, 'devices' | 'commandsEnabled'>): Promise<ReloadPlan>;
  readonly uplink: Pick<Uplink, 'answer' | 'configuration'>;
  /** The running driver of a protocol. */
  driver(definition: DriverDefinition): Driver | undefined;
}

export interface GatewayHooks {
  readonly log: Logger;
  readonly onOnline: () => void;
  /** A request of the host, as text. */
  readonly onRequest?: (text: string) => void;
  /** What CONFIGURATION says at the start. */
  readonly configuration?: string;
  /** The gateway cannot go on; the process has to end. */
  readonly onFatal: (error: Error) => void;
}

const TICK_MS = 1_000;
const DRIVER_STOP_MS = 1_500;

/** @throws OutboxInUse, or the file system's error when the data directory cannot be used. */
export function createGateway(config: GatewayConfig, hooks: GatewayHooks): Gateway {
  const { log, onOnline, onRequest } = hooks;
  let { devices } = config;
  const outbox = openOutbox(config.dataDir, {
    ...config.outbox,
    onFatal: hooks.onFatal,
    onWarning: (message, facts) => log.warn(facts, message),
  });
  const buses = busesOf(devices);
  outbox.keepDevices(new Set([NODE_DEVICE, ...[...devices, ...buses].map(({ id }) => id)]));
  const online = new Map<string, boolean>();
  const pipeline = createPointPipeline({
    devices,
    sink: (samples) => outbox.append(samples),
    now: Date.now,
    steady: () => performance.now(),
  });
  const busWatch = createBusWatch({ buses, sink: (samples) => outbox.append(samples), now: Date.now });
  const outboxWatch = createOutboxWatch({
    stats: outbox.stats,
    sink: (samples) => outbox.append(samples),
    onFilling: (fillPercent) =>
      log.warn({ fillPercent }, 'the outbox fills up: when it is full, the oldest records are given up'),
  });
  const certificateWatch = createCertificateWatch({
    buses,
    seen: () => [...drivers.values()].flatMap((driver) => driver.certificates?.() ?? []),
    sink: (samples) => outbox.append(samples),
    onEnding: (warning, where) => log.warn({ bus: where }, warning),
  });
  const commands = createCommands({
    devices,
    enabled: config.commandsEnabled,
    current: (device) => pipeline.current(device),
    async write(device, point, value, mayStart) {
      const driver = driverOf(device);
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
    devices: registerDevices(outbox, devices, buses),
    log,
    onOnline,
    ...(onRequest === undefined ? {} : { onRequest }),
    ...(hooks.configuration === undefined ? {} : { configuration: hooks.configuration }),
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
      if (bus !== null) tellBus(bus);
    },
    expects: (device, everyMs) => pipeline.expects(device, everyMs),
    log,
    now: Date.now,
    dataDir: config.dataDir,
  };
  const drivers = new Map<DriverDefinition, Driver>();
  for (const [definition, own] of byDriver(devices)) drivers.set(definition, definition.create(own, host));

  function driverOf(id: string): Driver | undefined {
    const device = devices.find((one) => one.id === id);
    return device === undefined ? undefined : drivers.get(device.driver);
  }

  function tellBus(bus: BusNews): void {
    if (bus.online) log.info({ bus: bus.id, where: bus.where }, 'the bus answers');
    else log.warn({ bus: bus.id, where: bus.where }, 'no device on the bus answers');
    uplink.deviceState(bus.id, bus.online);
  }

  let ticker: NodeJS.Timeout | undefined;
  let applying: Promise<unknown> = Promise.resolve();

  async function apply(next: Pick<GatewayConfig, 'devices' | 'commandsEnabled'>): Promise<ReloadPlan> {
    const plan = planReload(devices.map(plannedOf), next.devices.map(plannedOf));
    const fresh = freshDevices(plan);
    const nextBuses = busesOf(next.devices);
    const shown = registerDevices(outbox, next.devices, nextBuses);
    devices = next.devices;
    // In one breath: nothing is read between the old rules and the new, and closed lines are silent from here on.
    for (const id of [...plan.removed, ...fresh]) online.delete(id);
    pipeline.update(devices, fresh);
    commands.update(devices, next.commandsEnabled);
    uplink.update(shown, fresh);
    for (const bus of busWatch.update(nextBuses, fresh)) tellBus(bus);
    certificateWatch.update(nextBuses);
    const own = byDriver(devices);
    const known = [...drivers];
    for (const [definition, wanted] of own)
      if (!drivers.has(definition)) drivers.set(definition, definition.create(wanted, host));
    await Promise.all([
      ...known.map(([definition, driver]) => driver.update(own.get(definition) ?? [])),
      ...[...drivers]
        .filter(([definition]) => !known.some(([one]) => one === definition))
        .map(([, one]) => one.start()),
    ]);
    return plan;
  }

  return {
    async start() {
      uplink.start();
      ticker = setInterval(() => {
        const nowMs = Date.now();
        pipeline.tick(nowMs);
        busWatch.tick(nowMs);
        outboxWatch.tick(nowMs);
        certificateWatch.tick(nowMs);
      }, TICK_MS);
      const started = Promise.all([...drivers.values()].map((driver) => driver.start()));
      applying = started.catch(() => undefined);
      await started;
    },
    async stop() {
      clearInterval(ticker);
      commands.stop();
      const stopped = Promise.allSettled([...drivers.values()].map((driver) => driver.stop()));
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, DRIVER_STOP_MS).unref())]);
      outbox.flush();
      await uplink.stop();
      outbox.close();
    },
    buses: () => [...drivers.values()].flatMap((driver) => driver.diagnosis?.() ?? []),
    apply: (next) => {
      const applied = applying.then(() => apply(next));
      applying = applied.catch(() => undefined);
      return applied;
    },
    uplink,
    driver: (definition) => drivers.get(definition),
    status: () => ({
      uplink: uplink.stats(),
      outbox: outbox.stats(),
      devices: { total: devices.length, online: [...online.values()].filter(Boolean).length },
    }),
  };
}

const byDriver = (devices: readonly ConfiguredDevice[]): Map<DriverDefinition, ConfiguredDevice[]> =>
  Map.groupBy(devices, ({ driver }) => driver);

const plannedOf = (device: ConfiguredDevice): PlannedDevice => ({
  ...memberOf(
    device,
    `${device.driver.protocol} ${device.driver.line(device.connection)}`,
    device.driver.asks?.(device),
  ),
  where: device.driver.bus(device.connection),
  birth: JSON.stringify([device.name, device.place]),
  report: JSON.stringify(device.report),
});
