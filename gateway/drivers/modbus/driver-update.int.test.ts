// The Modbus driver while its devices change: untouched lines keep their connection; a stranger is read in between.
import { modbusModel } from '@louwei/device-profiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureClass, fixtureHeader, fixtureHost, until } from '../host.fixture.ts';
import type { Driver } from '../port.ts';
import { modbusConnection } from './connection.ts';
import { modbusDriver } from './driver.ts';
import { type ModbusFixture, startModbusServer } from './modbus-server.fixture.ts';

const model = modbusModel.parse({
  ...fixtureHeader,
  model: 'test/modbus',
  protocol: 'modbus',
  modbus: { addressBase: 0, timeoutMs: 200 },
  points: { pressure: { area: 'holding', address: 100, type: 'u16' } },
  examples: [{ point: 'pressure', registers: [100], value: 100 }],
});

let servers: ModbusFixture[];
let host: FixtureHost;
let driver: Driver;

const device = (id: string, server: ModbusFixture | undefined, unit: number, fastMs = 50) => ({
  id,
  model,
  class: fixtureClass,
  connection: modbusConnection.parse({ host: '127.0.0.1', port: server?.port ?? 1, unit }),
  pollMs: { fast: fastMs, normal: 100, slow: 200 },
});
const seen = (id: string) => host.received.filter((entry) => entry.device === id);

beforeEach(async () => {
  servers = await Promise.all([startModbusServer(), startModbusServer()]);
  host = fixtureHost();
});
afterEach(async () => {
  await driver.stop();
  await Promise.all(servers.map((server) => server.close()));
  host.dispose();
});

describe('Modbus driver, devices exchanged', () => {
  it('leaves a line alone on which nothing changed, and opens the others anew', async () => {
    const [one, two] = servers;
    const stays = device('A', one, 1);
    driver = modbusDriver.create([stays, device('B', two, 1), device('C', two, 2)], host);
    await driver.start();
    await until(() => ['A', 'B', 'C'].every((id) => seen(id).length > 2), 'all read');
    const [before, other] = [one, two].map((server) => [...(server?.sockets ?? [])][0]);
    await driver.update([device('C', two, 2), device('D', two, 3), stays]);
    const goneAt = seen('B').length;
    await until(() => seen('D').length > 2, 'the new device read');
    expect(seen('B')).toHaveLength(goneAt);
    expect([...(one?.sockets ?? [])]).toEqual([before]);
    expect(before?.destroyed).toBe(false);
    expect(other?.destroyed).toBe(true);
    expect(seen('A').every(({ reading }) => reading.quality === 'good')).toBe(true);
    await driver.update([]);
    await until(() => one?.sockets.size === 0 && two?.sockets.size === 0, 'all connections closed');
    expect(driver.diagnosis?.()).toEqual([]);
  });

  it('reads a stranger over the connection in use; one that is silent costs the others nothing but time', async () => {
    const [server] = servers;
    if (server !== undefined) server.behaviour = ({ unit, answer }) => (unit === 9 ? null : answer);
    driver = modbusDriver.create([device('A', server, 1)], host);
    await driver.start();
    await until(() => seen('A').length > 2, 'read');
    let most = 0;
    const counting = setInterval(() => {
      most = Math.max(most, server?.sockets.size ?? 0);
    }, 1);
    for (const [id, unit] of [
      ['good', 2],
      ['silent', 9],
    ] as const) {
      const stranger = fixtureHost();
      const read = driver.readOnce?.(device(id, server, unit, 86_400_000), stranger);
      await read?.start();
      await until(() => stranger.received.length > 0, `${id} settled`);
      await read?.stop();
      expect(stranger.received[0]?.reading.quality).toBe(id === 'good' ? 'good' : 'timeout');
      stranger.dispose();
    }
    const before = seen('A').length;
    await until(() => seen('A').length > before + 3, 'read on');
    clearInterval(counting);
    expect(most).toBe(1);
    expect(seen('A').every(({ reading }) => reading.quality === 'good')).toBe(true);
    expect(host.states.every(({ state }) => state.online)).toBe(true);
  });

  it('does not read a stranger over a place that is in use with other settings', async () => {
    const [server] = servers;
    driver = modbusDriver.create([device('A', server, 1)], host);
    await driver.start();
    const stranger = fixtureHost();
    const connection = modbusConnection.parse({
      transport: 'rtu-over-tcp',
      host: '127.0.0.1',
      port: server?.port,
      unit: 2,
    });
    const read = driver.readOnce?.({ ...device('X', server, 2), connection }, stranger);
    await read?.start();
    expect(stranger.stateOf('X')).toMatchObject({
      online: false,
      reason: expect.stringContaining('is in use as modbus tcp'),
    });
    await read?.stop();
    stranger.dispose();
  });
});
