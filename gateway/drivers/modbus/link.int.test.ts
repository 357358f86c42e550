// The connection owner against a server that misbehaves (faults F25-F27): every call settles within its deadline and no
// wrong value ever comes through.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadOutcome } from '../../polling/core/device-plan.ts';
import { type ModbusLink, openLink } from './link.ts';
import { type FixtureRequest, type ModbusFixture, startModbusServer, wrap } from './modbus-server.fixture.ts';

let server: ModbusFixture;
const links: ModbusLink[] = [];
const open = async (): Promise<ModbusLink> => {
  const link = await openLink('127.0.0.1', server.port, 1000, new AbortController().signal);
  links.push(link);
  return link;
};
const read = (link: ModbusLink, address: number, count = 2, timeoutMs = 150): Promise<ReadOutcome> =>
  link.read(1, { area: 'holding', address, count }, timeoutMs);
const until = async (condition: () => boolean): Promise<void> => {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('condition not met within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

beforeEach(async () => {
  server = await startModbusServer();
});
afterEach(async () => {
  for (const link of links.splice(0)) link.destroy();
  await server.close();
});

describe('modbus link', () => {
  it('reads all four areas', async () => {
    const link = await open();
    expect(await read(link, 300, 3)).toEqual({ kind: 'answer', registers: [300, 301, 302] });
    expect(await link.read(1, { area: 'input', address: 7, count: 1 }, 150)).toEqual({
      kind: 'answer',
      registers: [7],
    });
    for (const area of ['coil', 'discrete'] as const) {
      expect(await link.read(1, { area, address: 4, count: 9 }, 150)).toEqual({
        kind: 'answer',
        registers: [0, 1, 0, 1, 0, 1, 0, 1, 0],
      });
    }
  });

  it('keeps in step past the 256 transactions the library counts', async () => {
    const link = await open();
    for (let address = 0; address < 600; address++) {
      expect(await read(link, address, 1)).toEqual({ kind: 'answer', registers: [address] });
    }
    expect(server.sockets.size).toBe(1);
  });

  it('F25: a late reply costs the connection and is never taken for the next answer', async () => {
    const late: FixtureRequest[] = [];
    server.behaviour = (request) => {
      if (request.address !== 100) return request.answer;
      late.push(request);
      return null;
    };
    const link = await open();
    expect((await read(link, 100)).kind).toBe('timeout');
    expect(link.isOpen()).toBe(false);
    for (const request of late) request.socket.write(request.answer);
    const next = await open();
    expect(await read(next, 200)).toEqual({ kind: 'answer', registers: [200, 201] });
  });

  it('F25: a second copy of an old answer, 256 requests later, is refused', async () => {
    let first: FixtureRequest | null = null;
    server.behaviour = (request) => {
      first ??= request;
      return request.address === 999 ? Buffer.concat([first.answer, request.answer]) : request.answer;
    };
    const link = await open();
    for (let address = 0; address < 256; address++) await read(link, address);
    expect(await read(link, 999)).toMatchObject({ kind: 'garbled' });
    expect(link.isOpen()).toBe(false);
  });

  const spoiled: Record<string, (request: FixtureRequest) => Buffer> = {
    'length 0xFFFF': ({ answer }) => Buffer.from(answer).fill(0xff, 4, 6),
    'another protocol id': ({ answer }) => Buffer.from(answer).fill(1, 3, 4),
    'another unit': ({ answer }) => Buffer.from(answer).fill(9, 6, 7),
    'another function': ({ answer }) => Buffer.from(answer).fill(4, 7, 8),
    'another transaction': ({ answer }) => Buffer.from(answer).fill(0x77, 1, 2),
    'fewer registers than asked': (request) => wrap(request, 3, Buffer.alloc(2)),
    'a byte count that is too small': ({ answer }) => Buffer.from(answer).fill(2, 8, 9),
    'two answers in one segment': ({ answer }) => Buffer.concat([answer, answer]),
  };
  for (const [name, spoil] of Object.entries(spoiled)) {
    it(`F26: refuses ${name} and recovers by a new connection`, async () => {
      server.behaviour = spoil;
      const link = await open();
      expect((await read(link, 10)).kind).toBe('garbled');
      expect(link.isOpen()).toBe(false);
      server.behaviour = (request) => request.answer;
      expect((await read(await open(), 10)).kind).toBe('answer');
    });
  }

  it('F26: puts an answer together that comes byte by byte', async () => {
    server.behaviour = ({ answer, socket }) => {
      let at = 0;
      const next = (): void => {
        if (at < answer.length) socket.write(answer.subarray(at, ++at), () => setImmediate(next));
      };
      next();
      return null;
    };
    expect(await read(await open(), 5)).toEqual({ kind: 'answer', registers: [5, 6] });
  });

  it('F27: a reset, an end and silence all settle within the deadline', async () => {
    for (const [end, kind] of [
      [(request: FixtureRequest) => request.socket.resetAndDestroy(), 'closed'],
      [(request: FixtureRequest) => request.socket.end(), 'closed'],
      [() => undefined, 'timeout'],
    ] as const) {
      server.behaviour = (request) => {
        end(request);
        return null;
      };
      const link = await open();
      const startedAt = performance.now();
      expect((await read(link, 1)).kind).toBe(kind);
      expect(performance.now() - startedAt).toBeLessThan(600);
      expect(await read(link, 1)).toMatchObject({ kind: 'closed' });
    }
  });

  it('F27: a refused or given-up connect settles, and closing settles a read under way', async () => {
    await expect(openLink('127.0.0.1', 1, 500, new AbortController().signal)).rejects.toThrow('connection refused');
    await expect(openLink('127.0.0.1', server.port, 500, AbortSignal.abort())).rejects.toThrow(/abort/);
    server.behaviour = () => null;
    const link = await open();
    const reading = read(link, 1, 2, 5000);
    link.destroy();
    expect(await reading).toMatchObject({ kind: 'closed' });
  });

  it('F27: leaves no socket behind after many broken connections', async () => {
    server.behaviour = ({ socket }) => {
      socket.resetAndDestroy();
      return null;
    };
    for (let cycle = 0; cycle < 300; cycle++) {
      const link = await open();
      await read(link, 1);
    }
    await until(() => server.sockets.size === 0);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length).toBeLessThan(5);
  });
});
