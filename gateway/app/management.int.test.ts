// A gateway whose host asks and configures it: the answers, the trial, and the way back when the host is out of reach (F44).
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIBRARY_DIR, type LoadedLibrary, loadLibrary } from '@louwei/device-profiles';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until as within } from '../drivers/host.fixture.ts';
import { type ModbusFixture, startModbusServer } from '../drivers/modbus/modbus-server.fixture.ts';
import { DRIVERS } from '../drivers/registry.ts';
import { HOST_KEY, signedRequest } from '../management/signed-request.fixture.ts';
import { historyFile, readHistory } from '../management/store.ts';
import {
  type Answer,
  description,
  identified,
  type RequestCall,
  SECRET_KEPT,
  testRead,
} from '../uplink/sparkplug/request.ts';
import { type SparkplugHost, startSparkplugHost } from '../uplink/sparkplug-host.fixture.ts';
import { readConfig } from './config.ts';
import { createManagedGateway, type ManagedGateway } from './managed-gateway.ts';

let library: LoadedLibrary;
let dir: string;
let path: string;
let host: SparkplugHost;
let meter: ModbusFixture;
let gateway: ManagedGateway;
let logged: string[];
let asked = 0;

const until = (condition: () => boolean, what: string): Promise<void> => within(condition, what, 40_000);

const meterEntry = (id: string, unit = 1) => ({
  id,
  model: 'eastron/sdm630',
  pollMs: { fast: 100, normal: 100, slow: 100 },
  connection: { host: '127.0.0.1', port: meter.port, unit },
});
const lift = {
  id: 'LIFT',
  model: 'generic/lift-control',
  connection: { url: 'mqtt://me:hidden@127.0.0.1:1', baseTopic: 'lift', password: 'hidden' },
};

const writeFile = (devices: object[], more = ''): void =>
  writeFileSync(
    path,
    `gateway: gw-1\ndataDir: ./data\nuplink: { url: 'mqtt://127.0.0.1:${host.port}' }\n` +
      `management: { publicKey: '${HOST_KEY}' }\n${more}devices: ${JSON.stringify(devices)}\n`,
  );

async function start(withinMs = 20_000): Promise<void> {
  logged = [];
  gateway = createManagedGateway({
    path,
    library,
    file: readConfig(path, DRIVERS, library),
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    trial: { withinMs, settleMs: 300 },
    onOnline: () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
  await gateway.start();
  await until(() => gateway.status().uplink.state === 'online', 'online');
}

async function ask(call: RequestCall): Promise<Answer> {
  const id = `q-${++asked}`;
  host.request(signedRequest(id, call));
  await until(() => host.answers.some((answer) => answer.id === id), `answer to ${call.method}`);
  const answer = host.answers.find((one) => one.id === id);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}
const resultOf = (answer: Answer): unknown => (answer.ok ? answer.result : answer);
const lastState = () => host.configurations.at(-1);
const settled = (version: number): Promise<void> =>
  until(() => lastState()?.version === version && lastState()?.trial === false, `version ${version} stays`);

beforeAll(() => {
  library = loadLibrary([LIBRARY_DIR]);
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-management-'));
  path = join(dir, 'gateway.yaml');
  host = await startSparkplugHost('gw-1');
  host.online(true);
  meter = await startModbusServer(({ unit, answer }) => (unit === 9 ? null : answer));
});
afterEach(async () => {
  await gateway.stop();
  await host.stop();
  await meter.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a host commissions a gateway', () => {
  it('describes itself without its secrets, reads a device once, says what is silent or wrong', async () => {
    writeFile([meterEntry('M-1'), lift]);
    await start();
    const described = description.parse(resultOf(await ask({ method: 'describe' })));
    expect(described).toMatchObject({
      configurationVersion: 0,
      devices: [{ id: 'M-1', model: 'eastron/sdm630' }, { id: 'LIFT' }],
    });
    expect(described.drivers.map(({ protocol }) => protocol)).toEqual(['modbus', 'opcua', 'mqtt', 'sparkplug']);
    expect(JSON.stringify(host.answers)).not.toContain('hidden');
    expect(described.devices[1]).toMatchObject({ connection: { password: SECRET_KEPT } });

    const read = testRead.parse(resultOf(await ask({ method: 'test-read', device: meterEntry('NEW', 2) })));
    expect(read).toMatchObject({ online: true, reason: null, connection: `modbus tcp 127.0.0.1:${meter.port} unit 2` });
    expect(read.readings.find(({ point }) => point === 'voltageL1')?.quality).toBeDefined();
    const silent = testRead.parse(resultOf(await ask({ method: 'test-read', device: meterEntry('NEW', 9) })));
    expect(silent).toMatchObject({ online: false, reason: expect.stringMatching(/./) });
    const wrong = await ask({
      method: 'test-read',
      device: { ...meterEntry('NEW'), connection: { host: 'x', unit: 300 } },
    });
    expect(wrong).toMatchObject({ ok: false, code: 'invalid', problems: [{ path: 'device.connection.unit' }] });
    expect(meter.sockets.size).toBe(1);
    expect([...host.stored.values()].filter(({ device }) => device === 'NEW')).toEqual([]);

    const found = identified.parse(
      resultOf(await ask({ method: 'identify', host: '127.0.0.1', port: meter.port, unit: 1 })),
    );
    expect(found.candidates.length).toBeGreaterThan(0);
    expect(found.candidates.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
    expect(await ask({ method: 'identify', host: '127.0.0.1', port: 1, unit: 1 })).toMatchObject({
      ok: false,
      code: 'unreachable',
    });
  });

  it('takes over a right configuration and keeps it over a restart; refuses a wrong and an old one', async () => {
    writeFile([meterEntry('M-1'), lift]);
    await start();
    const described = description.parse(resultOf(await ask({ method: 'describe' })));
    const bad = await ask({
      method: 'configure',
      version: 5,
      devices: [
        { ...meterEntry('M-1'), model: 'no/such' },
        { ...lift, connection: { ...lift.connection, password: SECRET_KEPT }, id: 'OTHER' },
      ],
    });
    expect(bad).toMatchObject({ ok: false, code: 'invalid', problems: [{ path: 'devices.1.connection.password' }] });
    const worse = await ask({ method: 'configure', version: 5, devices: [{ ...meterEntry('M-1'), model: 'no/such' }] });
    expect(worse).toMatchObject({
      ok: false,
      code: 'invalid',
      problems: [{ path: 'devices.0.model', message: 'found "no/such", expected a model of the device library' }],
    });
    expect(lastState()).toEqual({ version: 0, rolledBack: null, trial: false });
    const right = await ask({ method: 'configure', version: 5, devices: [...described.devices, meterEntry('M-2', 2)] });
    expect(right).toMatchObject({ ok: true, result: { version: 5, trial: true } });
    await settled(5);
    await until(
      () => [...host.stored.values()].some(({ device, point }) => device === 'M-2' && point === 'comm'),
      'the new device read',
    );
    expect(await ask({ method: 'configure', version: 5, devices: [] })).toMatchObject({
      ok: false,
      code: 'stale-version',
    });
    const kept = readHistory(join(dir, 'data'), () => undefined);
    expect(kept.current?.devices[1]).toMatchObject({ connection: lift.connection });
    expect(statSync(historyFile(join(dir, 'data'))).mode & 0o077).toBe(0);
    await gateway.stop();
    host.configurations.length = 0;
    await start();
    expect(gateway.config.devices.map(({ id }) => id)).toEqual(['M-1', 'LIFT', 'M-2']);
    await until(() => lastState()?.version === 5, 'said in the birth');
    expect(host.contradictions).toEqual([]);
  });

  it('F44: takes back a configuration with which the host is out of reach, and says so; nothing is lost', async () => {
    writeFile([meterEntry('M-1')]);
    await start(5_000);
    expect(
      await ask({ method: 'configure', version: 1, devices: [meterEntry('M-1'), meterEntry('M-2', 2)] }),
    ).toMatchObject({ ok: true });
    await settled(1);
    host.acknowledging = false;
    expect(await ask({ method: 'configure', version: 2, devices: [meterEntry('M-3', 3)] })).toMatchObject({ ok: true });
    expect(await ask({ method: 'configure', version: 3, devices: [] })).toMatchObject({ ok: false, code: 'busy' });
    await until(() => lastState()?.rolledBack?.version === 2, 'taken back');
    expect(lastState()).toEqual({
      version: 1,
      rolledBack: { version: 2, reason: 'the host was not reached within 5 s' },
      trial: false,
    });
    await until(
      () => host.heard.findLast(({ topic }) => topic.type === 'DBIRTH')?.topic.device === 'M-2',
      'what ran before is born',
    );
    host.acknowledging = true;
    host.online(false);
    await until(() => gateway.status().uplink.state !== 'online', 'offline');
    host.online(true);
    const stored = (): boolean => {
      const { outbox, uplink } = gateway.status();
      return uplink.acknowledgedSeq > 0 && uplink.acknowledgedSeq >= outbox.lastSeq - 20;
    };
    await until(stored, 'delivered');
    const { epoch, seq } = host.watermark;
    for (let at = 1; at <= seq; at++) expect(host.stored.has(`${epoch}/${at}`)).toBe(true);
    expect(host.contradictions).toEqual([]);
    expect(gateway.status().outbox).toMatchObject({ dropped: 0, unknownPoint: 0 });
    expect(gateway.status().configuration).toMatchObject({ version: 1, rolledBack: 1 });
  });

  it('reads its file again: takes a right one, refuses a wrong one, names what needs a new start', async () => {
    writeFile([meterEntry('M-1')]);
    await start();
    writeFile([meterEntry('M-1'), meterEntry('M-2', 2)], 'health: { port: 9 }\n');
    await gateway.configuration.readFile();
    expect(logged.some((line) => line.includes('health: takes effect at the next start'))).toBe(true);
    expect(gateway.status()).toMatchObject({ devices: { total: 2 }, configuration: { applied: 1, refused: 0 } });
    writeFileSync(path, `${readFileSync(path, 'utf8')}colour: blue\n`);
    await gateway.configuration.readFile();
    expect(logged.some((line) => line.includes('colour: found an unknown field'))).toBe(true);
    expect(gateway.status()).toMatchObject({ devices: { total: 2 }, configuration: { applied: 1, refused: 1 } });
    expect(await ask({ method: 'configure', version: 1, devices: [meterEntry('M-9', 3)] })).toMatchObject({ ok: true });
    await settled(1);
    writeFile([]);
    await gateway.configuration.readFile();
    expect(gateway.configuration.running.devices.map(({ id }) => id)).toEqual(['M-9']);
    expect(logged.at(-1)).toContain('--reset');
  });
});
