// A small Modbus TCP server for tests that can do what a real one should not: be late, silent, wrong or gone.
import { createServer, type Server, type Socket } from 'node:net';

export interface FixtureRequest {
  readonly transaction: number;
  readonly unit: number;
  readonly functionCode: number;
  readonly address: number;
  readonly count: number;
  /** The proper answer, for those who want to spoil it. */
  readonly answer: Buffer;
  readonly socket: Socket;
}

/** What to send: bytes now, or null for silence (the handler may send later by itself). */
export type Behaviour = (request: FixtureRequest) => Buffer | null;

export interface ModbusFixture {
  readonly port: number;
  readonly requests: FixtureRequest[];
  readonly sockets: Set<Socket>;
  behaviour: Behaviour;
  close(): Promise<void>;
}

/** Register n of every unit holds n; coil n is on when n is odd. */
export async function startModbusServer(
  behaviour: Behaviour = (request) => request.answer,
  port = 0,
): Promise<ModbusFixture> {
  const requests: FixtureRequest[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (; received.length >= 12; received = received.subarray(12)) {
        const request = parse(received.subarray(0, 12), socket);
        requests.push(request);
        const reply = fixture.behaviour(request);
        if (reply !== null && !socket.destroyed) socket.write(reply);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const fixture: ModbusFixture = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    sockets,
    behaviour,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return fixture;
}

function parse(bytes: Buffer, socket: Socket): FixtureRequest {
  const functionCode = bytes.readUInt8(7);
  const address = bytes.readUInt16BE(8);
  const count = bytes.readUInt16BE(10);
  const header = { transaction: bytes.readUInt16BE(0), unit: bytes.readUInt8(6) };
  // FC 05 and 06 are answered by their echo.
  const answer = functionCode > 4 ? Buffer.from(bytes) : frame(header, functionCode, address, count);
  return { ...header, functionCode, address, count, socket, answer };
}

type Header = Pick<FixtureRequest, 'transaction' | 'unit'>;

function frame(header: Header, functionCode: number, address: number, count: number): Buffer {
  if (functionCode > 2) {
    const data = Buffer.alloc(count * 2);
    for (let index = 0; index < count; index++) data.writeUInt16BE((address + index) & 0xffff, index * 2);
    return wrap(header, functionCode, data);
  }
  const bits = Buffer.alloc(Math.ceil(count / 8));
  for (let index = 0; index < count; index++) {
    if ((address + index) % 2 === 1) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return wrap(header, functionCode, bits);
}

export function wrap(header: Header, functionCode: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(9 + data.length);
  bytes.writeUInt16BE(header.transaction, 0);
  bytes.writeUInt16BE(3 + data.length, 4);
  bytes.writeUInt8(header.unit, 6);
  bytes.writeUInt8(functionCode, 7);
  bytes.writeUInt8(data.length, 8);
  data.copy(bytes, 9);
  return bytes;
}

export function exception(request: FixtureRequest, code: number): Buffer {
  const bytes = Buffer.from([0, 0, 0, 0, 0, 3, request.unit, request.functionCode | 0x80, code]);
  bytes.writeUInt16BE(request.transaction, 0);
  return bytes;
}
