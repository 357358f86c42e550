// The Modbus driver on real sockets: sharing, exceptions (F28), dead devices and their isolation (F29), recovery.
import { type ModbusModel, modbusModel } from '@louwei/device-profiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureClass, fixtureHeader, fixtureHost, until } from '../host.fixture.ts';
import type { Driver } from '../port.ts';
import { modbusConnection } from './connection.ts';
import { modbusDriver } from './driver.ts';
import { exception, type ModbusFixture, startModbusServer } from './modbus-server.fixture.ts';
import { startRtuOverTcp } from './rtu-device.fixture.ts';

const model = modbusModel.parse({
  ...fixtureHeader,
  model: 'test/modbus',
  protocol: 'modbus',
  modbus: { addressBase: 0, timeoutMs: 200 },
  points: {
    running: { area: 'discrete', address: 1, type: 'bit' },
    pressure: { area: 'holding', address: 100, type: 'u16', scale: 0.1 },
    level: { area: 'holding', address: 101, type: 'u16' },
    energy: { area: 'input', address: 10, type: 'u16' },
  },
  examples: [{ point: 'pressure', registers: [100], value: 10 }],
});

let server: ModbusFixture;
let host: FixtureHost;
let driver: Driver | null;

async function start(units: Record<string, number>, port = server.port, by: ModbusModel = model, fastMs = 50) {
  const devices = Object.entries(units).map(([id, unit]) => ({
    id,
    model: by,
    class: fixtureClass,
    connection: modbusConnection.parse({ host: '127.0.0.1', port, unit }),
    pollMs: { fast: fastMs, normal: 100, slow: 200 },
  }));
  driver = modbusDriver.create(devices, host);
  await driver.start();
}

beforeEach(async () => {
  server = await startModbusServer();
  host = fixtureHost();
});
afterEach(async () => {
  const stoppedAt = performance.now();
  await driver?.stop();
  expect(performance.now() - stoppedAt).toBeLessThan(2000);
  driver = null;
  await server.close();
  host.dispose();
});

describe('Modbus driver', () => {
  it('reads all points of two units over one connection, one request at a time', async () => {
    let inFlight = 0;
    let most = 0;
    server.behaviour = ({ answer, socket }) => {
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight--;
        socket.write(answer);
      }, 3);
      return null;
    };
    await start({ A: 1, B: 2 });
    await until(() => host.latest('A', 'energy') !== undefined && host.latest('B', 'energy') !== undefined, 'values');
    expect(host.latest('A', 'pressure')).toMatchObject({ value: 10, quality: 'good' });
    expect(host.latest('B', 'level')).toMatchObject({ value: 101, quality: 'good' });
    expect(host.latest('A', 'running')).toMatchObject({ value: 1, quality: 'good' });
    expect(host.latest('A', 'energy')).toMatchObject({ value: 10, quality: 'good' });
    expect(host.stateOf('A')).toEqual({ online: true });
    expect(server.sockets.size).toBe(1);
    expect(most).toBe(1);
  });

  for (const code of [1, 3, 4, 6]) {
    it(`F28: exception ${code} spoils its block only; the device stays online`, async () => {
      server.behaviour = (request) => (request.functionCode === 4 ? exception(request, code) : request.answer);
      await start({ A: 1 });
      await until(() => host.latest('A', 'energy') !== undefined, 'the refused block');
      await until(() => host.latest('A', 'pressure') !== undefined, 'the other block');
      expect(host.latest('A', 'energy')).toMatchObject({ value: null, quality: 'exception' });
      expect(host.latest('A', 'pressure')).toMatchObject({ quality: 'good' });
      expect(host.states.every(({ state }) => state.online)).toBe(true);
    });
  }

  it('F28: a block refused for one register is split until only that point is bad', async () => {
    server.behaviour = (request) =>
      request.functionCode === 3 && request.address + request.count > 101 ? exception(request, 2) : request.answer;
    await start({ A: 1 });
    await until(() => host.latest('A', 'pressure')?.quality === 'good', 'the split block');
    expect(host.latest('A', 'level')).toMatchObject({ value: null, quality: 'exception' });
  });

  it('a device behind a gateway that reports no answer (0B) is offline', async () => {
    server.behaviour = (request) => (request.unit === 2 ? exception(request, 0x0b) : request.answer);
    await start({ A: 1, B: 2 });
    await until(() => host.stateOf('B')?.online === false, 'offline');
    expect(host.stateOf('B')).toMatchObject({ reason: expect.stringContaining('exception 0B') });
    expect(host.latest('B', 'pressure')).toMatchObject({ quality: 'exception' });
    expect(host.stateOf('A')).toEqual({ online: true });
  });

  it('F29: a dead unit on the same connection costs the others one timeout per probe, and comes back', async () => {
    let dead = true;
    server.behaviour = (request) => (request.unit === 2 && dead ? null : request.answer);
    await start({ A: 1, B: 2 });
    await until(() => host.stateOf('B')?.online === false, 'B offline');
    expect(host.stateOf('B')).toMatchObject({ reason: 'unit 2: no answer within 200 ms' });
    for (const point of ['pressure', 'level', 'energy', 'running'])
      expect(host.latest('B', point)).toMatchObject({ value: null, quality: 'timeout' });
    const probesBefore = server.requests.filter(({ unit }) => unit === 2).length;
    const readsBefore = host.received.length;
    const from = performance.now();
    await until(() => performance.now() - from > 2000, 'two seconds');
    const times = host.received
      .slice(readsBefore)
      .filter(({ device, reading }) => device === 'A' && reading.point === 'pressure')
      .map(({ reading }) => reading.gatewayTimeMs);
    expect(server.requests.filter(({ unit }) => unit === 2).length - probesBefore).toBeLessThanOrEqual(3);
    // 40 slots in 2 s; at most three probes of 200 ms each may take some away.
    expect(times.length).toBeGreaterThan(20);
    dead = false;
    await until(() => host.stateOf('B')?.online === true, 'B online again', 20_000);
    expect(host.latest('B', 'pressure')).toMatchObject({ quality: 'good' });
  });

  it('F29: a slow device on its own connection does not touch the interval of the others', async () => {
    const slow = await startModbusServer(() => null);
    const other = modbusDriver.create(
      [
        {
          id: 'slow',
          model: { ...model, modbus: { ...model.modbus, timeoutMs: 5000 } },
          class: fixtureClass,
          connection: modbusConnection.parse({ host: '127.0.0.1', port: slow.port, unit: 1 }),
          pollMs: { fast: 50, normal: 100, slow: 200 },
        },
      ],
      host,
    );
    await other.start();
    await start({ A: 1 }, server.port, model, 100);
    await until(() => host.latest('A', 'pressure') !== undefined, 'first value');
    const before = host.received.length;
    const from = performance.now();
    await until(() => performance.now() - from >= 2000, 'two seconds');
    const reads = host.received.slice(before).filter(({ reading }) => reading.point === 'pressure').length;
    expect(reads).toBeGreaterThanOrEqual(18);
    expect(reads).toBeLessThanOrEqual(22);
    await other.stop();
    await slow.close();
  });

  it('a refused connection takes all devices of the bus offline at once, and they come back', async () => {
    const { port } = server;
    await server.close();
    await start({ A: 1, B: 2 }, port);
    await until(() => host.stateOf('B')?.online === false, 'offline');
    expect(host.stateOf('A')).toMatchObject({ reason: `modbus tcp 127.0.0.1:${port}: connection refused` });
    expect(host.latest('B', 'energy')).toMatchObject({ value: null, quality: 'not-connected' });
    server = await startModbusServer(undefined, port);
    await until(() => host.stateOf('B')?.online === true, 'online', 20_000);
    expect(host.latest('B', 'pressure')).toMatchObject({ quality: 'good' });
  });

  it('a block that never answers does not hide the others of its device', async () => {
    server.behaviour = (request) => (request.functionCode === 2 ? null : request.answer);
    await start({ A: 1 });
    await until(() => host.latest('A', 'energy')?.quality === 'good', 'the blocks behind it');
    await until(() => host.stateOf('A')?.online === true, 'online');
    expect(host.latest('A', 'running')).toMatchObject({ value: null, quality: 'timeout' });
    expect(host.latest('A', 'pressure')).toMatchObject({ quality: 'good' });
  });

  it('reads two units behind one converter that speaks RTU; a third with other settings is told why it cannot', async () => {
    const converter = await startRtuOverTcp();
    const place = { host: '127.0.0.1', port: converter.port };
    const line = { transport: 'rtu-over-tcp', baudRate: 115_200, ...place };
    const connections = { A: { ...line, unit: 1 }, B: { ...line, unit: 2 }, C: { ...place, unit: 3 } };
    driver = modbusDriver.create(
      Object.entries(connections).map(([id, connection]) => ({
        id,
        model,
        class: fixtureClass,
        connection: modbusConnection.parse(connection),
        pollMs: { fast: 100, normal: 100, slow: 200 },
      })),
      host,
    );
    await driver.start();
    await until(() => host.latest('A', 'energy') !== undefined && host.latest('B', 'energy') !== undefined, 'values');
    expect(host.latest('A', 'pressure')).toMatchObject({ value: 10, quality: 'good' });
    expect(host.latest('B', 'running')).toMatchObject({ value: 1, quality: 'good' });
    expect(host.stateOf('C')).toMatchObject({
      online: false,
      reason: expect.stringContaining('A uses the same place'),
    });
    expect(driver.diagnosis?.()).toMatchObject([{ connects: 1, units: [{ id: 'A' }, { id: 'B' }] }]);
    await converter.close();
  });

  it('remembers over a restart what a device refuses', async () => {
    server.behaviour = (request) =>
      request.functionCode === 3 && request.address + request.count > 101 ? exception(request, 2) : request.answer;
    await start({ A: 1 });
    await until(() => host.latest('A', 'level')?.quality === 'exception', 'the refused register');
    await until(() => host.logged.some((line) => line.includes('holding registers 101-101')), 'the words');
    await driver?.stop();
    host.received.length = 0;
    const before = server.requests.length;
    await start({ A: 1 });
    await until(() => host.latest('A', 'pressure') !== undefined, 'values again');
    expect(host.latest('A', 'level')).toMatchObject({ value: null, quality: 'exception' });
    expect(server.requests.slice(before).every(({ address }) => address !== 101)).toBe(true);
  });
});
