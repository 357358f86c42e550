// Each nuisance of a Modbus device as a client on a real socket meets it.
import { connect } from 'node:net';
import { loadLibrary } from '@louwei/device-profiles';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, type World } from '../app/world.ts';
import type { SimulatedDevice } from './device.ts';
import { type ModbusPort, startModbusPort } from './modbus/server.ts';
import { SLOW_ANSWER_MS } from './nuisance.ts';

let world: World;
let port: ModbusPort;

beforeAll(async () => {
  const model = loadLibrary().models.get('eastron/sdm630');
  if (model?.protocol !== 'modbus') throw new Error('eastron/sdm630 is a Modbus model');
  const settings = {
    id: 'LV-1',
    model: model.model,
    name: { zh: '表', en: 'Meter' },
    place: { site: 'S', building: 'B', floor: 'F', room: 'R' },
    unit: 1,
    securityMode: 'None' as const,
  };
  const spans = new Map([['voltageL1', [0, 300] as const]]);
  world = createWorld({ seed: 1, devices: [{ settings, model, spans }] }, 0);
  const [device] = world.devices;
  if (device === undefined) throw new Error('the world has one device');
  port = await startModbusPort([{ unit: 1, device: { ...device, model } satisfies SimulatedDevice }]);
});
afterAll(() => port.stop());

/** Reads two input registers, those of the first voltage by default; null when the connection ends without an answer. */
const read = (address = 0): Promise<Buffer | null> =>
  new Promise((done) => {
    const socket = connect(port.port, '127.0.0.1', () =>
      socket.write(Buffer.from([0, 1, 0, 0, 0, 6, 1, 4, address >> 8, address & 0xff, 0, 2])),
    );
    socket.on('data', (answer: Buffer) => {
      done(answer);
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done(null));
  });

async function under(nuisance: string, address = 0): Promise<Buffer | null> {
  world.inject('LV-1', nuisance);
  try {
    return await read(address);
  } finally {
    world.clear('LV-1');
  }
}

it('answers plainly without a nuisance', async () => {
  expect((await read())?.subarray(6, 9)).toEqual(Buffer.from([1, 4, 4]));
});

it('refuses with exception 06 while busy', async () => {
  expect((await under('busy'))?.subarray(6)).toEqual(Buffer.from([1, 0x84, 6]));
});

it('answers with the number of another unit', async () => {
  expect((await under('wrong-unit'))?.subarray(6, 9)).toEqual(Buffer.from([2, 4, 4]));
});

it('closes the connection at a request', async () => {
  expect(await under('dropped-connection')).toBeNull();
});

it('refuses its last register with exception 02, and no other', async () => {
  const [model] = world.devices.flatMap((device) => (device.model.protocol === 'modbus' ? [device.model] : []));
  const last = Math.max(...Object.values(model?.points ?? {}).map(({ address }) => address));
  expect((await read(last))?.subarray(6, 9)).toEqual(Buffer.from([1, 4, 4]));
  expect((await under('missing-register', last))?.subarray(6)).toEqual(Buffer.from([1, 0x84, 2]));
  expect((await under('missing-register'))?.subarray(6, 9)).toEqual(Buffer.from([1, 4, 4]));
});

it('answers with a byte count that does not hold when garbled', async () => {
  const answer = await under('garbled');
  expect(answer?.subarray(4, 9)).toEqual(Buffer.from([0, 7, 1, 4, 4 ^ 0xff]));
});

it('drifts upwards while it is told to, and comes back', async () => {
  const voltage = async (): Promise<number> => (await read())?.readFloatBE(9) ?? Number.NaN;
  world.advance(10_000);
  world.inject('LV-1', 'drift');
  for (let ms = 10_250; ms <= 100_000; ms += 250) world.advance(ms);
  const drifted = await voltage();
  world.clear('LV-1');
  world.advance(100_250);
  // 90 s at 0.1 % of 300 V a second are 27 V; the network itself moves by less than 2 V in a step.
  expect(drifted - (await voltage())).toBeGreaterThan(25);
});

it('answers late when slow', async () => {
  const askedMs = performance.now();
  expect((await under('slow-answers'))?.subarray(6, 9)).toEqual(Buffer.from([1, 4, 4]));
  expect(performance.now() - askedMs).toBeGreaterThan(SLOW_ANSWER_MS - 50);
});

it('shows the same values while frozen, and moves on afterwards', () => {
  const [device] = world.devices;
  world.inject('LV-1', 'frozen-value');
  world.advance(101_000);
  const frozen = device?.values();
  world.advance(102_000);
  expect(device?.values()).toEqual(frozen);
  world.clear('LV-1');
  world.advance(103_000);
  expect(device?.values()).not.toEqual(frozen);
});
