// A running gateway that is given other devices: what has not changed goes on, and no reading is lost or doubled (F44).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY_DIR, loadLibrary } from '@louwei/device-profiles';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../drivers/host.fixture.ts';
import { type ModbusFixture, startModbusServer } from '../drivers/modbus/modbus-server.fixture.ts';
import { DRIVERS } from '../drivers/registry.ts';
import type { DeviceEntry } from '../uplink/sparkplug/request.ts';
import { type SparkplugHost, startSparkplugHost } from '../uplink/sparkplug-host.fixture.ts';
import { type ConfiguredDevice, parseDevices } from './devices.ts';
import { createGateway, type Gateway } from './gateway.ts';

const DEADLINE_MS = 40_000;
const MODEL = 'eastron/sdm630';
let library: ReturnType<typeof loadLibrary>;
let dir: string;
let host: SparkplugHost;
let servers: ModbusFixture[];
let gateway: Gateway;

const entry = (id: string, server: number, unit: number, more: DeviceEntry = {}): DeviceEntry => ({
  id,
  model: MODEL,
  pollMs: { fast: 50, normal: 50, slow: 50 },
  connection: { host: '127.0.0.1', port: servers[server]?.port, unit },
  ...more,
});

function devices(...entries: DeviceEntry[]): readonly ConfiguredDevice[] {
  const parsed = parseDevices(entries, library, DRIVERS);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.devices;
}

const apply = (...entries: DeviceEntry[]) => gateway.apply({ devices: devices(...entries), commandsEnabled: false });

async function start(...entries: DeviceEntry[]): Promise<void> {
  gateway = createGateway(
    {
      gateway: 'gw-1',
      group: 'louwei',
      hostId: 'louwei',
      dataDir: join(dir, 'data'),
      broker: { url: `mqtt://127.0.0.1:${host.port}` },
      delivery: 'auto',
      healthPort: 0,
      commandsEnabled: false,
      managementKey: null,
      outbox: { maxRecords: 1_000_000, maxBytes: Number.POSITIVE_INFINITY },
      devices: devices(...entries),
      entries,
    },
    {
      log: pino({ level: 'silent' }),
      onOnline: () => undefined,
      onFatal: (error) => {
        throw error;
      },
    },
  );
  await gateway.start();
}

beforeAll(() => {
  library = loadLibrary([LIBRARY_DIR]);
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-reload-'));
  host = await startSparkplugHost('gw-1');
  host.online(true);
  servers = await Promise.all([changing(), changing(), changing()]);
});
afterEach(async () => {
  await gateway.stop();
  await host.stop();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(dir, { recursive: true, force: true });
});

/** Every answer differs from the one before, so that each poll leaves a record. */
async function changing(): Promise<ModbusFixture> {
  let count = 0;
  return startModbusServer(({ answer, functionCode }) => {
    const reply = Buffer.from(answer);
    if (functionCode === 3 || functionCode === 4)
      for (let at = 9; at + 4 <= reply.length; at += 4) reply.writeFloatBE(200 + (++count % 1000) / 10, at);
    return reply;
  });
}

const polls = (server: number, unit: number): number =>
  (servers[server]?.requests ?? []).filter((request) => request.unit === unit).length;
const storedOf = (device: string) => [...host.stored.values()].filter((reading) => reading.device === device);
const delivered = (): boolean => {
  const { outbox, uplink } = gateway.status();
  return outbox.buffered === 0 && uplink.acknowledgedSeq === outbox.lastSeq && host.watermark.seq === outbox.lastSeq;
};

describe('Gateway.apply', () => {
  it('leaves the devices of untouched lines alone: the same connection, no bad reading, nothing said twice', async () => {
    await start(entry('A', 0, 1), entry('B', 1, 1), entry('C', 1, 2));
    await until(() => ['A', 'B', 'C'].every((id) => storedOf(id).length > 20), 'all read', DEADLINE_MS);
    const [socket] = [...(servers[0]?.sockets ?? [])];
    const plan = await apply(
      entry('A', 0, 1, { name: { zh: '甲', en: 'First' } }),
      entry('B', 1, 1, { pollMs: { fast: 60, normal: 60, slow: 60 } }),
      entry('D', 2, 1),
    );
    expect(plan).toMatchObject({
      changed: [
        { id: 'A', in: ['birth'] },
        { id: 'B', in: ['reading'] },
      ],
      added: ['D'],
      removed: ['C'],
    });
    expect(plan.lines.untouched).toEqual([`modbus tcp 127.0.0.1:${servers[0]?.port}`]);
    await until(() => storedOf('D').length > 20, 'the new device read', DEADLINE_MS);
    const before = polls(1, 2);
    const line = gateway.buses().find(({ units }) => units.some(({ id }) => id === 'A'));
    expect(line?.connects).toBe(1);
    expect([...(servers[0]?.sockets ?? [])]).toEqual([socket]);
    expect(socket?.destroyed).toBe(false);
    const comm = storedOf('A').filter(({ point }) => point === 'comm');
    expect(comm.map(({ value }) => value)).toEqual([true]);
    expect(storedOf('A').every(({ quality }) => quality === 'good' || quality === 'out-of-range')).toBe(true);
    const births = host.heard.filter(({ topic }) => topic.type === 'DBIRTH' && topic.device === 'A');
    expect(births.at(-1)?.payload.metrics.find(({ name }) => name === 'Properties/Name en')?.value).toBe('First');
    expect(host.heard.some(({ topic }) => topic.type === 'DDEATH' && topic.device === 'C')).toBe(true);
    expect(gateway.status()).toMatchObject({ devices: { total: 3, online: 3 }, uplink: { connects: 1 } });
    await until(delivered, 'all delivered', DEADLINE_MS);
    expect(polls(1, 2)).toBe(before);
  });

  it('makes a bus of a line when it gets its second device, and unmakes it', async () => {
    await start(entry('A', 0, 1));
    await until(() => storedOf('A').length > 0, 'read', DEADLINE_MS);
    await apply(entry('A', 0, 1), entry('B', 0, 2));
    await until(
      () => storedOf('bus-A').some(({ point, value }) => point === 'answeringCount' && value === 2),
      'both on the bus',
      DEADLINE_MS,
    );
    await apply(entry('A', 0, 1));
    await until(
      () => host.heard.some(({ topic }) => topic.type === 'DDEATH' && topic.device === 'bus-A'),
      'no bus',
      DEADLINE_MS,
    );
    const last = host.heard.findLast(({ topic }) => topic.type === 'DBIRTH');
    expect(last?.topic.device).toBe('A');
    expect(last?.payload.metrics.some(({ name }) => name === 'Properties/Bus')).toBe(false);
  });

  it('F44: a hundred configurations under load: every record stored once, none contradicted, the outbox untouched', async () => {
    const choices = [
      [entry('A', 0, 1), entry('B', 1, 1)],
      [entry('A', 0, 1), entry('C', 2, 1), entry('D', 2, 2)],
      [entry('A', 0, 1), entry('B', 1, 1, { report: { voltageL1: { deadband: 5 } } }), entry('C', 1, 2)],
      [entry('A', 0, 1)],
    ];
    await start(...(choices[0] ?? []));
    await until(() => storedOf('B').length > 20, 'read', DEADLINE_MS);
    const [socket] = [...(servers[0]?.sockets ?? [])];
    const { epoch } = gateway.status().outbox;
    for (let turn = 1; turn <= 100; turn++) {
      host.acknowledging = turn % 10 > 3;
      await apply(...(choices[turn % choices.length] ?? []));
    }
    host.acknowledging = true;
    await apply(entry('A', 0, 1));
    const counted = storedOf('A').length;
    await until(() => storedOf('A').length > counted + 50, 'read on', DEADLINE_MS);
    await gateway.apply({ devices: [], commandsEnabled: false });
    await until(delivered, 'all delivered', DEADLINE_MS);
    const { outbox, uplink } = gateway.status();
    expect(outbox).toMatchObject({ epoch, dropped: 0, unknownPoint: 0, commitErrors: 0, damagedFiles: 0 });
    expect(uplink).toMatchObject({ connects: 1, epochChanges: 0 });
    expect(host.stored.size).toBe(outbox.lastSeq);
    expect(host.contradictions).toEqual([]);
    expect([...host.stored.values()].filter(({ point }) => point === '?')).toEqual([]);
    await until(() => socket?.destroyed === true, 'the last line is closed', DEADLINE_MS);
    const times = storedOf('A').filter(({ point }) => point === 'comm');
    expect(times.map(({ value }) => value)).toEqual([true]);
  });
});
