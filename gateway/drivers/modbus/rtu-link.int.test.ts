// Modbus RTU through a converter (TCP) and on a real terminal, with a device that misbehaves: nothing late, foreign, short
// or damaged is ever taken for data, and every call settles (F25-F27).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../polling/bus.ts';
import type { ReadOutcome } from '../../polling/core/device-plan.ts';
import { until } from '../host.fixture.ts';
import { createModbusBus } from './bus.ts';
import { modbusConnection } from './connection.ts';
import type { WriteSpan } from './core/rtu-write.ts';
import {
  hasPseudoTerminals,
  type RtuBehaviour,
  type RtuRequest,
  rtuException,
  startOnTerminal,
  startRtuOverTcp,
  withCrc,
} from './rtu-device.fixture.ts';

const required = process.env['LOUWEI_TEST_REQUIRE'] === 'all';
const buses: Bus[] = [];

async function connected(connection: object): Promise<Bus> {
  const bus = createModbusBus(modbusConnection.parse({ unit: 1, baudRate: 115_200, ...connection }));
  buses.push(bus);
  expect(await bus.connect(2000)).toEqual({ ok: true });
  return bus;
}
/** As the runner does: opens anew whenever the line was given up. */
async function read(bus: Bus, address: number, count = 2, unit = 1, timeoutMs = 150): Promise<ReadOutcome> {
  expect(await bus.connect(2000)).toEqual({ ok: true });
  return bus.read(unit, { area: 'holding', address, count }, timeoutMs);
}
const answered = (address: number): ReadOutcome => ({ kind: 'answer', registers: [address, address + 1] });
afterEach(() => {
  for (const bus of buses.splice(0)) bus.close();
});

describe('RTU over TCP', () => {
  let device: Awaited<ReturnType<typeof startRtuOverTcp>>;
  let bus: Bus;
  beforeEach(async () => {
    device = await startRtuOverTcp();
    bus = await connected({ transport: 'rtu-over-tcp', host: '127.0.0.1', port: device.port });
  });
  afterEach(() => device.close());

  it('reads all four areas and passes exceptions on', async () => {
    expect(await read(bus, 300)).toEqual(answered(300));
    expect(await bus.read(1, { area: 'input', address: 7, count: 1 }, 150)).toEqual({ kind: 'answer', registers: [7] });
    for (const area of ['coil', 'discrete'] as const)
      expect(await bus.read(1, { area, address: 4, count: 9 }, 150)).toEqual({
        kind: 'answer',
        registers: [0, 1, 0, 1, 0, 1, 0, 1, 0],
      });
    device.behaviour = (request) => rtuException(request, 2);
    expect(await read(bus, 300)).toEqual({ kind: 'exception', code: 2 });
  });

  it('writes once, one frame in the order of the line, and takes no late echo of an older write for its own', async () => {
    const write = (address: number, words: number[]) => {
      const span: WriteSpan = { area: 'holding', address, count: words.length, words };
      return bus.read(1, span, 150);
    };
    const plain = (address: number) => bus.read(1, { area: 'holding', address, count: 2 }, 150);
    const both = await Promise.all([plain(300), write(2, [0x1234, 0x5678]), plain(302)]);
    expect(both).toEqual([answered(300), { kind: 'answer', registers: [] }, answered(302)]);
    expect(device.requests.map(({ functionCode }) => functionCode)).toEqual([3, 16, 3]);
    expect(device.requests[1]?.frame.subarray(2, -2).toString('hex')).toBe('000200020412345678');

    const late: RtuRequest[] = [];
    device.behaviour = (request) => {
      if (request.functionCode === 16 && late.length === 0) {
        late.push(request);
        return null;
      }
      return request.answer;
    };
    expect(await write(2, [1, 2])).toMatchObject({ kind: 'timeout' });
    const sent = device.requests.length;
    expect(await write(2, [3, 4])).toEqual({ kind: 'answer', registers: [] });
    // The second write went out only after a read had proven that nothing older can follow.
    expect(device.requests.slice(sent).map(({ functionCode }) => functionCode)).toEqual([3, 16]);
    device.behaviour = (request) => rtuException(request, 2);
    expect(await write(2, [1])).toEqual({ kind: 'exception', code: 2 });
  });

  it('F41: a write that waits behind a slow read is not sent when its time has run out meanwhile', async () => {
    let release: () => void = () => undefined;
    device.behaviour = (request) => {
      release = () => request.send(request.answer);
      return null;
    };
    const slow = read(bus, 300, 2, 1, 5000);
    await until(() => device.requests.length === 1, 'the slow read is under way', 5000);
    let mayStart = true;
    const span: WriteSpan = { area: 'holding', address: 2, count: 1, words: [7], begin: () => mayStart };
    const write = bus.read(1, span, 150);
    mayStart = false;
    release();
    expect(await slow).toEqual(answered(300));
    expect(await write).toMatchObject({ kind: 'closed', reason: 'held up until it must not begin any more' });
    device.behaviour = (request) => request.answer;
    expect(await read(bus, 302)).toEqual(answered(302));
    expect(device.requests.map(({ functionCode }) => functionCode)).toEqual([3, 3]);
  });

  it('F25: an answer that comes late, of the same unit, function and length, is never taken for the next one', async () => {
    const late: RtuRequest[] = [];
    device.behaviour = (request) => {
      if (request.address === 100) {
        late.push(request);
        return null;
      }
      // The device answers in the order it was asked.
      for (const old of late.splice(0)) old.send(old.answer);
      return request.answer;
    };
    expect(await read(bus, 100)).toMatchObject({ kind: 'timeout' });
    const outcomes: ReadOutcome[] = [];
    for (let turn = 0; turn < 12; turn++) outcomes.push(await read(bus, 200));
    for (const outcome of outcomes) if (outcome.kind === 'answer') expect(outcome).toEqual(answered(200));
    expect(outcomes.at(-1)).toEqual(answered(200));
  });

  it('F25: the same when it comes just before the next request, or after the connection was made anew', async () => {
    for (const reopen of [false, true]) {
      let late: RtuRequest | null = null;
      device.behaviour = (request) => {
        late = request;
        return null;
      };
      expect((await read(bus, 100)).kind).toBe('timeout');
      if (reopen) for (const socket of device.sockets) socket.destroy();
      await until(() => bus.isOpen() !== reopen, 'the state of the connection');
      expect(await bus.connect(2000)).toEqual({ ok: true });
      await until(() => device.sockets.size === 1, 'one connection');
      const old = late as RtuRequest | null;
      device.behaviour = (request) => {
        if (request.functionCode === 3) throw new Error('asked before the late answer could be told apart');
        return Buffer.concat([old?.answer ?? Buffer.alloc(0), request.answer]);
      };
      expect((await read(bus, 200)).kind).toBe('garbled');
      device.behaviour = (request) => request.answer;
      const outcomes = [await read(bus, 200), await read(bus, 200), await read(bus, 200)];
      expect(outcomes.at(-1)).toEqual(answered(200));
    }
  });

  const spoiled: Record<string, RtuBehaviour> = {
    'another unit': ({ answer }) => withCrc(9, ...answer.subarray(1, -2)),
    'another function': ({ answer }) => withCrc(answer.readUInt8(0), 4, ...answer.subarray(2, -2)),
    'fewer registers than asked': () => withCrc(1, 3, 2, 0, 10),
    'a wrong checksum': ({ answer }) => Buffer.from(answer).fill(0x55, 4, 5),
    'half an answer': ({ answer }) => answer.subarray(0, 5),
    'two answers in one piece': ({ answer }) => Buffer.concat([answer, answer]),
    'noise before the answer': ({ answer }) => Buffer.concat([Buffer.from([0]), answer]),
    'the request as an echo': ({ unit, functionCode, address, count }) =>
      withCrc(unit, functionCode, address >> 8, address & 0xff, count >> 8, count & 0xff),
  };
  for (const [name, behaviour] of Object.entries(spoiled)) {
    it(`F26: refuses ${name}, and reads properly once it is over`, async () => {
      device.behaviour = behaviour;
      expect((await read(bus, 10)).kind).toBe('garbled');
      device.behaviour = (request) => request.answer;
      expect((await read(bus, 20)).kind).toBe('answer');
      expect(await read(bus, 30)).toEqual(answered(30));
    });
  }

  it('F26: puts an answer together that comes byte by byte', async () => {
    device.behaviour = ({ answer, send }) => {
      let at = 0;
      const next = (): void => {
        if (at >= answer.length) return;
        send(answer.subarray(at, ++at));
        setImmediate(next);
      };
      next();
      return null;
    };
    expect(await read(bus, 5)).toEqual(answered(5));
  });

  it('a line on which somebody else talks all the time is given up', async () => {
    device.behaviour = ({ send }) => {
      const talk = setInterval(() => {
        if (device.sockets.size === 0) clearInterval(talk);
        else send(Buffer.from([0x55, 0x55]));
      }, 2);
      return null;
    };
    // Pauses of the talker's own process are silences too, so it may take more than one try.
    const outcomes: ReadOutcome[] = [];
    while (bus.isOpen() && outcomes.length < 10) outcomes.push(await read(bus, 1));
    expect(outcomes.every(({ kind }) => kind === 'garbled')).toBe(true);
    expect(outcomes.at(-1)).toMatchObject({ reason: expect.stringContaining('does not fall silent') });
    expect(bus.isOpen()).toBe(false);
  });

  it('F27: a reset, an end and silence settle; after some silence the connection is made anew', async () => {
    device.behaviour = () => {
      for (const socket of device.sockets) socket.resetAndDestroy();
      return null;
    };
    expect((await read(bus, 1)).kind).toBe('closed');
    device.behaviour = () => {
      for (const socket of device.sockets) socket.end();
      return null;
    };
    expect((await read(bus, 1)).kind).toBe('closed');
    device.behaviour = () => null;
    const silent = await connected({ transport: 'rtu-over-tcp', host: '127.0.0.1', port: device.port });
    for (let unit = 2; unit <= 4; unit++) expect((await read(silent, 1, 2, unit, 50)).kind).toBe('timeout');
    expect(silent.isOpen()).toBe(false);
    device.behaviour = (request) => request.answer;
    expect(await read(silent, 8, 2, 5)).toEqual(answered(8));
  });
});

describe.skipIf(!hasPseudoTerminals && !required)('RTU on a serial port', () => {
  let device: Awaited<ReturnType<typeof startOnTerminal>>;
  beforeEach(async () => {
    device = await startOnTerminal();
  });
  afterEach(() => device.close());

  it('reads with the defaults of the standard, and recovers from what is damaged', async () => {
    const bus = await connected({ transport: 'rtu', path: device.path });
    expect(await read(bus, 300, 2, 1, 1000)).toEqual(answered(300));
    expect(await read(bus, 300, 125, 1, 1000)).toMatchObject({ kind: 'answer' });
    device.behaviour = ({ answer }) => Buffer.from(answer).fill(0x55, 4, 5);
    expect((await read(bus, 10, 2, 1, 1000)).kind).toBe('garbled');
    device.behaviour = (request) => request.answer;
    expect((await read(bus, 10, 2, 1, 1000)).kind).toBe('answer');
    expect(await read(bus, 20, 2, 1, 1000)).toEqual(answered(20));
  });

  it('a port that goes away settles what is under way, and one that is not there says so', async () => {
    const bus = await connected({ transport: 'rtu', path: device.path });
    device.behaviour = () => null;
    const reading = read(bus, 1, 2, 1, 500);
    await until(() => device.requests.length === 1, 'the request');
    await device.close();
    expect(['closed', 'timeout']).toContain((await reading).kind);
    const none = createModbusBus(modbusConnection.parse({ transport: 'rtu', path: '/dev/ttyNoSuch0', unit: 1 }));
    expect(await none.connect(2000)).toEqual({ ok: false, reason: 'there is no such serial port' });
  });
});
