// The whole way of a reading under faults: devices that publish every second, a real gateway, a misbehaving line, a real
// server (or a foreign broker in between). Everything in it can be killed and comes back; at the end all is judged.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { createLoadSite } from '../e2e/load-site.ts';
import {
  ADMIN_PASSWORD,
  embeddedDatabaseUrl,
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  until,
} from '../e2e/product.ts';
import type { Finding } from './core/finding.ts';
import type { Dice } from './dice.ts';
import { judgeAlarms, judgeDelivery, judgeInvented, requireClockSet } from './evidence.ts';
import { createFalseClock, type FalseClock } from './false-clock.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { addTripwires } from './tripwires.ts';

const GATEWAY = 'gw-p';
const MOSQUITTO = '/usr/sbin/mosquitto';

export interface PlantSite {
  readonly line: FaultProxy;
  readonly perSecond: number;
  restart(who: 'server' | 'gateway' | 'broker'): Promise<void>;
  pid(who: 'server' | 'gateway'): number;
  /** Moves the wall clock of one of the programs; undefined where that is not possible. */
  readonly clock: FalseClock | undefined;
  /** A figure of the gateway's /metrics, without its prefix; undefined while it does not answer. */
  figure(name: string): Promise<number | undefined>;
  /** The server says so itself. */
  ready(): Promise<unknown>;
  /** Ends the traffic, waits until the outbox is empty, and judges everything. */
  finish(): Promise<{ readonly findings: Finding[]; readonly logged: number; readonly stored: number }>;
  stop(): Promise<void>;
}

export interface PlantSiteOptions {
  readonly devices?: number;
  readonly pointsPerDevice?: number;
  /** mosquitto without persistence between gateway and server. */
  readonly foreignBroker?: boolean;
  /** Where the gateway keeps its outbox, e.g. a small file system. */
  readonly gatewayData?: string;
  readonly outbox?: Readonly<Record<string, number>>;
  /** Whose wall clock can be moved. */
  readonly falseClock?: 'gateway' | 'server';
  /** With alarms that nothing in the traffic justifies: each of them that is raised was invented. */
  readonly tripwires?: boolean;
}

export async function createPlantSite(dice: Dice, options: PlantSiteOptions = {}): Promise<PlantSite> {
  const { devices = 20, pointsPerDevice = 25 } = options;
  const folder = temporaryFolder();
  const dataDir = join(folder.path, 'data');
  const [httpPort, mqttPort, healthPort] = [await freePort(), await freePort(), await freePort()];
  const line = await startFaultProxy({ host: '127.0.0.1', port: mqttPort }, dice);
  const site = await createLoadSite({
    folder: folder.path,
    gateway: GATEWAY,
    devices,
    pointsPerDevice,
    healthPort,
    uplinkUrl: `mqtt://127.0.0.1:${line.port}`,
    passwordFile: join(dataDir, `secrets/gateway-${GATEWAY}.json`),
  });
  const config = parse(readFileSync(site.gatewayConfig, 'utf8')) as { uplink: Record<string, unknown> };
  writeFileSync(
    site.gatewayConfig,
    stringify({
      ...config,
      uplink: { ...config.uplink, ...(options.foreignBroker ? { passwordFile: undefined } : {}) },
      ...(options.gatewayData === undefined ? {} : { dataDir: options.gatewayData }),
      ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
    }),
  );
  if (options.tripwires === true) addTripwires(site.profiles);
  const clock = options.falseClock === undefined ? undefined : createFalseClock(folder.path);
  const clockOf = (who: 'gateway' | 'server') => (options.falseClock === who ? (clock?.env ?? {}) : {});
  let broker: ChildProcess | undefined;
  let server: Program | undefined;
  let gateway: Program | undefined;
  let database: pg.Client | undefined;

  const startBroker = (): void => {
    const file = join(folder.path, 'mosquitto.conf');
    writeFileSync(file, `listener ${mqttPort} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
    broker = spawn(MOSQUITTO, ['-c', file], { stdio: 'ignore' });
  };
  const startServer = (): void => {
    server = startProgram('server/app/main.ts', [], {
      LOUWEI_HTTP_PORT: String(httpPort),
      LOUWEI_DATA_DIR: dataDir,
      LOUWEI_ADMIN_PASSWORD: ADMIN_PASSWORD,
      LOUWEI_PROFILES: site.profiles,
      LOUWEI_LOG_LEVEL: 'warn',
      LOUWEI_BUILTIN_GATEWAY: GATEWAY,
      ...(options.foreignBroker
        ? { LOUWEI_MQTT_URL: `mqtt://127.0.0.1:${mqttPort}` }
        : { LOUWEI_MQTT_PORT: String(mqttPort) }),
      ...clockOf('server'),
    });
  };
  const startGateway = (): void => {
    gateway = startProgram('gateway/app/main.js', ['--config', site.gatewayConfig], clockOf('gateway'));
  };
  const figure = async (name: string): Promise<number | undefined> => {
    try {
      const text = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
      const found = new RegExp(`^louwei_gateway_${name}(?:\\{[^}]*\\})? ([0-9.e+]+)$`, 'm').exec(text)?.[1];
      return found === undefined ? undefined : Number(found);
    } catch {
      return undefined;
    }
  };
  const ready = () =>
    until('the server is ready', 90_000, async () => {
      const left = server?.child.exitCode;
      if (typeof left === 'number') throw new Error(`it ended with ${left}: ${server?.stderr().slice(-2_000)}`);
      return (await fetch(`http://127.0.0.1:${httpPort}/readyz`)).status === 200;
    });
  const stop = async (): Promise<void> => {
    site.stopTraffic();
    await database?.end();
    await gateway?.stop();
    await server?.stop();
    broker?.kill('SIGKILL');
    await line.stop();
    await site.stop();
    folder.remove();
  };

  try {
    if (options.foreignBroker) startBroker();
    startServer();
    await ready();
    startGateway();
    site.startTraffic();
    await until('the first readings are committed', 60_000, async () => {
      const left = gateway?.child.exitCode ?? gateway?.child.signalCode;
      if (left !== null && left !== undefined)
        throw new Error(`the gateway ended with ${left}: ${gateway?.stderr().slice(-2_000)}`);
      return ((await figure('uplink_acknowledged_seq')) ?? 0) > 0;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    line,
    perSecond: devices * pointsPerDevice,
    clock,
    async restart(who) {
      const child = who === 'broker' ? broker : (who === 'server' ? server : gateway)?.child;
      if (child === undefined) throw new Error(`no ${who} in this site`);
      const gone = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await gone;
      }
      ({ server: startServer, gateway: startGateway, broker: startBroker })[who]();
    },
    pid: (who) => (who === 'server' ? server : gateway)?.child.pid ?? 0,
    figure,
    ready,
    async finish() {
      clock?.set(0);
      line.apply({});
      site.stopTraffic();
      await ready();
      const acked = (await figure('uplink_acknowledged_seq')) ?? 0;
      const logged = await until('the outbox is empty', 180_000, async () => {
        const [last, waiting, buffered] = [
          await figure('outbox_last_seq'),
          await figure('outbox_records'),
          await figure('outbox_buffered'),
        ];
        return waiting === 0 && buffered === 0 ? last : undefined;
      });
      const health = (await (await fetch(`http://127.0.0.1:${healthPort}/healthz`)).json()) as {
        outbox: { epoch: number };
      };
      const { epoch } = health.outbox;
      database = new pg.Client({ connectionString: embeddedDatabaseUrl(dataDir) });
      await database.connect();
      const delivery = await judgeDelivery(database, GATEWAY, {
        logged: [{ epoch, first: 1, last: logged }],
        acked: { epoch, seq: acked },
        // The load's own counters; what the gateway says of itself and of its bus begins again with it.
        growing: (point) => /\/p[1-9]\d*$/.test(point),
        complete: true,
      });
      const alarms = await judgeAlarms(database, ['too-high']);
      if (options.falseClock === 'server') await requireClockSet(database);
      const invented = options.tripwires === true ? await judgeInvented(database, ['too-high']) : [];
      return { findings: [...delivery.findings, ...alarms, ...invented], logged, stored: delivery.stored };
    },
    stop,
  };
}
