// The simulated devices as foreign clients see them: a raw Modbus socket, an OPC UA client, an MQTT client.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceModel, loadLibrary } from '@louwei/device-profiles';
import { connectAsync } from 'mqtt';
import { AttributeIds, OPCUAClient } from 'node-opcua';
import { afterEach, describe, expect, it } from 'vitest';
import type { PointValues } from '../plant/plant.ts';
import type { SimulatedDevice } from './device.ts';
import { crc16, toRtuBytes } from './modbus/rtu-frame.ts';
import { startModbusPort } from './modbus/server.ts';
import { startFieldBroker } from './mqtt/broker.ts';
import { startMqttDevice } from './mqtt/device.ts';
import { startOpcuaServer } from './opcua/server.ts';

const library = loadLibrary();

function fakeDevice<P extends DeviceModel['protocol']>(id: string, name: string, protocol: P, values: PointValues) {
  const model = library.models.get(name);
  if (model?.protocol !== protocol) throw new Error(`no ${protocol} model ${name}`);
  const state = { values, offline: false, version: 0 };
  const device = {
    id,
    model,
    values: () => state.values,
    version: () => state.version,
    offline: () => state.offline,
  } as SimulatedDevice<Extract<DeviceModel, { protocol: P }>>;
  return {
    device,
    set(next: Partial<typeof state>) {
      Object.assign(state, next);
      state.version++;
    },
  };
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function until<T>(what: string, condition: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`not within 10 s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('modbus', () => {
  async function client(
    port: number,
  ): Promise<{ socket: Socket; ask(unit: number, pdu: number[], waitMs?: number): Promise<Buffer | null> }> {
    const socket = connect(port, '127.0.0.1');
    closers.push(() => socket.destroy());
    await new Promise<void>((done) => socket.once('connect', () => done()));
    return {
      socket,
      ask: (unit, pdu, waitMs = 2000) =>
        new Promise((done) => {
          const timer = setTimeout(() => {
            socket.off('data', got);
            done(null);
          }, waitMs);
          const got = (chunk: Buffer): void => {
            clearTimeout(timer);
            done(chunk.subarray(7));
          };
          socket.once('data', got);
          socket.write(Buffer.from([0, 1, 0, 0, 0, pdu.length + 1, unit, ...pdu]));
        }),
    };
  }

  it('an SDM630 gives its floats where the maker prints them; an offline unit is silent, its neighbour is not', async () => {
    const values = { voltageL1: 230.2, voltageL2: 231, voltageL3: null, activePower: 12.5, energyImport: 1234.5 };
    const one = fakeDevice('LV-1', 'eastron/sdm630', 'modbus', values);
    const two = fakeDevice('LV-2', 'eastron/sdm630', 'modbus', { ...values, voltageL1: 229.9 });
    const port = await startModbusPort([
      { unit: 1, device: one.device },
      { unit: 2, device: two.device },
    ]);
    closers.push(port.stop);
    const { ask } = await client(port.port);

    const voltages = await ask(1, [4, 0, 0, 0, 6]);
    // 230.2 V is 0x43663333 in the maker's manual.
    expect(voltages?.toString('hex')).toMatch(/^040c43663333/);
    expect(voltages?.readFloatBE(6)).toBeCloseTo(231, 3);
    expect(voltages?.readFloatBE(10)).toBeNaN();
    expect((await ask(1, [4, 0, 0x34, 0, 2]))?.readFloatBE(2)).toBeCloseTo(12_500, 1);
    expect((await ask(2, [4, 0, 0, 0, 2]))?.readFloatBE(2)).toBeCloseTo(229.9, 3);
    expect([...((await ask(1, [4, 0, 0x32, 0, 4])) ?? [])]).toEqual([0x84, 2]);
    expect([...((await ask(9, [4, 0, 0, 0, 2])) ?? [])]).toEqual([0x84, 11]);
    expect([...((await ask(1, [6, 0, 0, 0, 2])) ?? [])]).toEqual([0x86, 1]);

    one.set({ offline: true });
    expect(await ask(1, [4, 0, 0, 0, 2], 200)).toBeNull();
    expect((await ask(2, [4, 0, 0, 0, 2]))?.length).toBe(6);
    one.set({ offline: false, values: { ...values, voltageL1: 200 } });
    expect((await ask(1, [4, 0, 0, 0, 2]))?.readFloatBE(2)).toBe(200);
  });

  it('speaks RTU as behind a converter, where nobody answers for a unit that does not exist', async () => {
    const meter = fakeDevice('LV-1', 'eastron/sdm630', 'modbus', { voltageL1: 230.2 });
    const port = await startModbusPort([{ unit: 1, device: meter.device }], 0, 'rtu-over-tcp');
    closers.push(port.stop);
    const socket = connect(port.port, '127.0.0.1');
    closers.push(() => void socket.destroy());
    await new Promise<void>((done) => socket.once('connect', () => done()));
    const answer = new Promise<Buffer>((done) => socket.once('data', done));
    for (const unit of [9, 1]) socket.write(toRtuBytes({ transaction: 0, unit, pdu: Buffer.from([4, 0, 0, 0, 2]) }));
    const bytes = await answer;
    expect(bytes.subarray(0, 7).toString('hex')).toBe('01040443663333');
    expect(crc16(bytes)).toBe(0);
  });

  it('bits of several points share one register; a stream that is no Modbus is closed', async () => {
    const points = { windingTemperatureA: 101.4, windingTemperatureC: null, fanRunning: true, sensorFault: true };
    const transformer = fakeDevice('TR-1', 'generic/dry-type-transformer', 'modbus', points);
    const port = await startModbusPort([{ unit: 1, device: transformer.device }]);
    closers.push(port.stop);
    const { ask, socket } = await client(port.port);
    const words = await ask(1, [3, 0, 0, 0, 7]);
    expect(words?.readInt16BE(2)).toBe(1014);
    expect(words?.readInt16BE(6)).toBe(32_767);
    expect(words?.readUInt16BE(14)).toBe(0b101);
    const closed = new Promise<boolean>((done) => socket.once('close', () => done(true)));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await closed).toBe(true);
  });
});

describe('opcua', () => {
  it('serves each point under its node id, with bad status for lost sensors and lost devices', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'louwei-opcua-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const points = { outletPressure: 0.45, tankLevel: 71.5, pump1Running: true, dryRun: false };
    const pump = fakeDevice('BP-2', 'generic/booster-pump-set-opcua', 'opcua', points);
    const server = await startOpcuaServer([{ prefix: 'BP-2', device: pump.device }], folder);
    closers.push(server.stop);
    const client = OPCUAClient.create({ endpointMustExist: false, connectionStrategy: { maxRetry: 2 } });
    await client.connect(server.endpoint);
    closers.push(() => client.disconnect());
    const session = await client.createSession();
    closers.push(() => session.close());
    const read = (point: string) => session.read({ nodeId: `ns=1;s=BP-2.${point}`, attributeId: AttributeIds.Value });

    expect((await read('outletPressure')).value.value).toBe(0.45);
    expect((await read('pump1Running')).value.value).toBe(true);
    expect((await read('inletPressure')).statusCode.name).toBe('BadSensorFailure');

    pump.set({ values: { ...points, outletPressure: null, tankLevel: 70 } });
    server.update();
    expect((await read('outletPressure')).statusCode.name).toBe('BadSensorFailure');
    expect((await read('tankLevel')).value.value).toBe(70);

    pump.set({ offline: true });
    server.update();
    expect((await read('tankLevel')).statusCode.name).toBe('BadNoCommunication');
    pump.set({ offline: false });
    server.update();
    expect((await read('tankLevel')).statusCode.name).toBe('Good');

    const refused = await session.write({
      nodeId: 'ns=1;s=BP-2.tankLevel',
      attributeId: AttributeIds.Value,
      value: { value: { dataType: 'Double', value: 1 } },
    });
    expect(refused.name).toMatch(/^Bad/);
  });
});

describe('mqtt', () => {
  it('publishes JSON with the device time, retained availability, and "offline" by last will', async () => {
    const broker = await startFieldBroker();
    closers.push(broker.stop);
    const points = { fire: false, fault: true, activeFireCount: 0, firstFireZone: '' };
    const panel = fakeDevice('FP-1', 'generic/fire-alarm-panel', 'mqtt', points);
    const options = { url: broker.url, baseTopic: 'building/FP-1', ...broker.admit('FP-1', 'building/FP-1') };
    const publisher = startMqttDevice(panel.device, options);
    closers.push(publisher.stop);
    const got = new Map<string, string>();
    const client = await connectAsync(broker.url, { protocolVersion: 4 });
    closers.push(() => client.endAsync(true));
    client.on('message', (topic, payload) => got.set(topic, payload.toString()));
    await client.subscribeAsync('building/#', { qos: 1 });

    const step = async (what: string, done: () => boolean): Promise<void> => {
      await until(what, () => {
        publisher.update(Date.now());
        return done() || undefined;
      });
    };
    await step('online', () => got.get('building/FP-1/availability') === 'online' && got.has('building/FP-1/state'));
    expect(JSON.parse(got.get('building/FP-1/state') ?? '')).toMatchObject({
      ...points,
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });

    panel.set({ values: { ...points, fire: true, firstFireZone: '3F smoke detector' } });
    await step('the fire', () => got.get('building/FP-1/state')?.includes('"fire":true') === true);

    panel.set({ offline: true });
    await step('the last will', () => got.get('building/FP-1/availability') === 'offline');
    got.clear();
    panel.set({ offline: false });
    await step(
      'online again',
      () => got.get('building/FP-1/availability') === 'online' && got.has('building/FP-1/state'),
    );
  });

  it('lets nobody speak for a device', async () => {
    const broker = await startFieldBroker();
    closers.push(broker.stop);
    broker.admit('FP-1', 'building/FP-1');
    const once = { protocolVersion: 4 as const, reconnectPeriod: 0 };
    await expect(connectAsync(broker.url, { ...once, username: 'FP-1', password: 'guess' })).rejects.toThrow();
    const stranger = await connectAsync(broker.url, once);
    closers.push(() => stranger.endAsync(true));
    const dropped = new Promise<boolean>((done) => stranger.once('close', () => done(true)));
    stranger.on('error', () => undefined);
    stranger.publish('building/FP-1/state', '{}', { qos: 1 }, () => undefined);
    expect(await dropped).toBe(true);
  });
});
