// Commands through the Modbus driver to a server on a real socket that confirms, refuses, ignores, or loses its answer.
import { modbusModel } from '@louwei/device-profiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureClass, fixtureHeader, fixtureHost, until } from '../drivers/host.fixture.ts';
import { modbusConnection } from '../drivers/modbus/connection.ts';
import { modbusDriver } from '../drivers/modbus/driver.ts';
import {
  exception,
  type FixtureRequest,
  type ModbusFixture,
  startModbusServer,
  wrap,
} from '../drivers/modbus/modbus-server.fixture.ts';
import type { Driver } from '../drivers/port.ts';
import { createPointPipeline, type PointPipeline } from '../points/pipeline.ts';
import type { Sample } from '../points/reading.ts';
import { parseOutcome } from '../uplink/sparkplug/command.ts';
import { type Commands, createCommands } from './commands.ts';
import type { CommandRequest } from './core/admission.ts';

const subject = { ...fixtureClass, remoteControl: true };
const model = modbusModel.parse({
  ...fixtureHeader,
  model: 'test/writable',
  protocol: 'modbus',
  modbus: { addressBase: 0, timeoutMs: 200 },
  points: {
    running: {
      area: 'coil',
      address: 1,
      type: 'bit',
      write: { range: [0, 1], perMinute: 60, readBack: { point: 'running', withinS: 1 } },
    },
    pressure: {
      area: 'holding',
      address: 100,
      type: 'u16',
      scale: 0.1,
      write: {
        range: [0, 100],
        step: 0.1,
        perMinute: 60,
        readBack: { point: 'pressure', withinS: 1, tolerance: 0.05 },
      },
    },
  },
  examples: [{ point: 'pressure', registers: [100], value: 10 }],
});

const words = new Map<number, number>();
const isWrite = ({ functionCode }: FixtureRequest): boolean => functionCode === 5 || functionCode === 6;
const keep = ({ address, count, functionCode }: FixtureRequest): void =>
  void words.set(address, functionCode === 5 ? Number(count === 0xff00) : count);
const shown = (request: FixtureRequest): Buffer => {
  const word = words.get(request.address) ?? 0;
  return wrap(
    request,
    request.functionCode,
    request.functionCode === 1 ? Buffer.from([word]) : Buffer.from([word >> 8, word & 0xff]),
  );
};

let server: ModbusFixture;
let host: FixtureHost;
let driver: Driver;
let pipeline: PointPipeline;
let commands: Commands;
let reported: Sample[];
let onWrite: (request: FixtureRequest) => Buffer | null;

beforeEach(async () => {
  words.clear();
  reported = [];
  onWrite = (request) => {
    keep(request);
    return request.answer;
  };
  server = await startModbusServer((request) => (isWrite(request) ? onWrite(request) : shown(request)));
  host = fixtureHost();
  const connection = modbusConnection.parse({ host: '127.0.0.1', port: server.port, unit: 1 });
  const device = { id: 'P-1', model, class: subject, connection, pollMs: { fast: 50, normal: 50, slow: 50 } };
  pipeline = createPointPipeline({ devices: [device], sink: () => undefined, now: Date.now });
  driver = modbusDriver.create([device], {
    ...host,
    readings(id, readings) {
      host.readings(id, readings);
      pipeline.readings(id, readings);
      commands.readings(id, readings);
    },
  });
  commands = createCommands({
    devices: [device],
    enabled: true,
    current: (id) => pipeline.current(id),
    write: async (id, point, value, mayStart) =>
      (await driver.write?.(id, point, value, mayStart)) ?? { kind: 'not-sent', reason: 'no write' },
    report: (sample) => void reported.push(sample),
    now: Date.now,
    log: host.log,
  });
  await driver.start();
  await until(() => host.latest('P-1', 'pressure') !== undefined, 'the first reading');
});
afterEach(async () => {
  commands.stop();
  await driver.stop();
  await server.close();
  host.dispose();
});

let ids = 0;
const command = (change: Partial<CommandRequest> = {}): CommandRequest => {
  const nowMs = Date.now();
  return {
    id: `c${++ids}`,
    device: 'P-1',
    point: 'pressure',
    value: 42.5,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 10_000,
    ...change,
  };
};
async function outcomeOf(request: CommandRequest) {
  commands.receive(request);
  const own = () => reported.map(({ value }) => parseOutcome(String(value))).find((one) => one?.id === request.id);
  await until(() => own() !== undefined, 'an outcome', 5000);
  return own();
}
const writes = () => server.requests.filter(isWrite);

describe('commands through Modbus', () => {
  it('confirms a register by FC 06 and a coil by FC 05, each written once', async () => {
    expect(await outcomeOf(command())).toMatchObject({ state: 'confirmed', readBack: 42.5 });
    expect(await outcomeOf(command({ point: 'running', value: 1 }))).toMatchObject({ state: 'confirmed', readBack: 1 });
    expect(writes().map(({ functionCode, address, count }) => [functionCode, address, count])).toEqual([
      [6, 100, 425],
      [5, 1, 0xff00],
    ]);
  });

  it('calls a refusal failed', async () => {
    onWrite = (request) => exception(request, 4);
    expect(await outcomeOf(command())).toMatchObject({ state: 'failed', reason: 'the device refuses: exception 04' });
  });

  it('calls it failed when the device says yes and does nothing', async () => {
    onWrite = ({ answer }) => answer;
    expect(await outcomeOf(command())).toMatchObject({ state: 'failed', readBack: 0 });
  });

  it('confirms by read-back when the answer was lost, and does not write again (F42)', async () => {
    onWrite = (request) => {
      keep(request);
      return null;
    };
    expect(await outcomeOf(command())).toMatchObject({ state: 'confirmed' });
    expect(writes()).toHaveLength(1);
  });

  it('calls it unknown when there is neither an answer nor an effect', async () => {
    onWrite = () => null;
    expect(await outcomeOf(command())).toMatchObject({ state: 'unknown' });
    expect(writes()).toHaveLength(1);
  });

  it('takes a late echo for nothing: the read-back decides', async () => {
    onWrite = (request) => {
      setTimeout(() => {
        keep(request);
        if (!request.socket.destroyed) request.socket.write(request.answer);
      }, 400);
      return null;
    };
    expect(await outcomeOf(command())).toMatchObject({ state: 'confirmed' });
    expect(writes()).toHaveLength(1);
  });

  it('answers a repeated id with the same outcome and without a write', async () => {
    const once = command();
    const first = await outcomeOf(once);
    reported = [];
    expect(await outcomeOf(once)).toEqual(first);
    expect(writes()).toHaveLength(1);
  });

  it('sends nothing when the device is away, and nothing when it comes back (F41)', async () => {
    await server.close();
    await until(() => host.stateOf('P-1')?.online === false, 'the device is offline');
    const { port } = server;
    const answer = await outcomeOf(command());
    expect(answer).toMatchObject({ state: 'failed' });
    expect(answer?.reason).toContain('not sent');
    server = await startModbusServer((request) => (isWrite(request) ? onWrite(request) : shown(request)), port);
    await until(() => host.stateOf('P-1')?.online === true, 'the device is back', 20_000);
    expect(writes()).toHaveLength(0);
  });

  it('sends nothing when the command expires while the bus is busy with somebody who does not answer', async () => {
    const silent = server.behaviour;
    server.behaviour = () => null;
    const before = server.requests.length;
    await until(() => server.requests.length > before, 'a read without an answer');
    const nowMs = Date.now();
    const answer = await outcomeOf(command({ issuedAtMs: nowMs, expiresAtMs: nowMs + 5 }));
    expect(answer).toMatchObject({ state: 'failed', code: 'not-sent' });
    server.behaviour = silent;
    expect(writes()).toHaveLength(0);
  });

  it('says unknown of what is under way when the gateway stops', async () => {
    onWrite = () => null;
    commands.receive(command({ id: 'last' }));
    await until(() => writes().length === 1, 'the write');
    commands.stop();
    expect(parseOutcome(String(reported[0]?.value))).toMatchObject({ id: 'last', state: 'unknown' });
  });
});
