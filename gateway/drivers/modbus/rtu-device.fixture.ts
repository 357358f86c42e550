// A Modbus RTU device for tests that can misbehave, behind a TCP port as a converter would put it, or at the other end of
// a pseudo terminal.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { AREAS } from '../../polling/core/span.ts';
import { crc16, FUNCTIONS } from './core/rtu-frame.ts';

export interface RtuRequest {
  readonly unit: number;
  readonly functionCode: number;
  readonly address: number;
  readonly count: number;
  readonly frame: Buffer;
  /** The proper answer: register n holds n, bit n is on when n is odd. */
  readonly answer: Buffer;
  readonly send: (bytes: Uint8Array) => void;
}

/** What to send: bytes now, or null for silence (the handler may send later by itself). */
export type RtuBehaviour = (request: RtuRequest) => Uint8Array | null;

export interface RtuFixture {
  readonly requests: RtuRequest[];
  behaviour: RtuBehaviour;
  close(): Promise<void>;
}

export function withCrc(...body: number[]): Buffer {
  const crc = crc16(Uint8Array.from(body));
  return Buffer.from([...body, crc & 0xff, crc >> 8]);
}

export const rtuException = ({ unit, functionCode }: RtuRequest, code: number): Buffer =>
  withCrc(unit, functionCode | 0x80, code);

function answerOf(unit: number, functionCode: number, address: number, count: number): Buffer {
  const numbers = Array.from({ length: count }, (_, index) => address + index);
  if (functionCode > 2) return withCrc(unit, functionCode, count * 2, ...numbers.flatMap((n) => [n >> 8, n & 0xff]));
  const bytes = Array.from({ length: Math.ceil(count / 8) }, () => 0);
  for (const [index, n] of numbers.entries()) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | ((n & 1) << (index & 7));
  return withCrc(unit, functionCode, bytes.length, ...bytes);
}

/** FC 05 and 06 have 8 bytes and are echoed whole; FC 16 says in its seventh byte how many follow. */
const isWriteFunction = (functionCode: number): boolean => [5, 6, 16].includes(functionCode);

/** Takes whole requests out of what came in; every read request has 8 bytes. */
function device(requests: RtuRequest[], behaviour: () => RtuBehaviour) {
  let received = Buffer.alloc(0);
  return (bytes: Buffer, send: (bytes: Uint8Array) => void): void => {
    received = Buffer.concat([received, bytes]);
    while (received.length >= 8) {
      const length = received.readUInt8(1) === 16 ? 9 + received.readUInt8(6) : 8;
      if (received.length < length) return;
      const frame = received.subarray(0, length);
      received = received.subarray(length);
      const functionCode = frame.readUInt8(1);
      const isRead = AREAS.some((area) => FUNCTIONS[area] === functionCode);
      if (crc16(frame) !== 0 || !(isRead || isWriteFunction(functionCode)))
        throw new Error(`not a request: ${frame.toString('hex')}`);
      const [unit, address, count] = [frame.readUInt8(0), frame.readUInt16BE(2), frame.readUInt16BE(4)];
      const request = {
        unit,
        functionCode,
        address,
        count,
        send,
        frame: Buffer.from(frame),
        answer: isRead ? answerOf(unit, functionCode, address, count) : withCrc(...frame.subarray(0, 6)),
      };
      requests.push(request);
      const reply = behaviour()(request);
      if (reply !== null) send(reply);
    }
  };
}

export async function startRtuOverTcp(): Promise<
  RtuFixture & { readonly port: number; readonly sockets: Set<Socket> }
> {
  const requests: RtuRequest[] = [];
  const sockets = new Set<Socket>();
  const take = device(requests, () => fixture.behaviour);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    // As a converter does: what the line brings goes to whoever is connected.
    const send = (bytes: Uint8Array): void => {
      for (const one of sockets) if (!one.destroyed) one.write(bytes);
    };
    socket.on('data', (bytes: Buffer) => take(bytes, send));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const fixture = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sockets,
    requests,
    behaviour: ((request) => request.answer) as RtuBehaviour,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return fixture;
}

const PYTHON = '/usr/bin/python3';
export const hasPseudoTerminals = process.platform === 'linux' && existsSync(PYTHON);

/** Opens a pseudo terminal, names it on standard error, and joins its far end with standard input and output. */
const TERMINAL = `
import os, select, sys, tty
master, slave = os.openpty()
tty.setraw(slave)
print(os.ttyname(slave), file=sys.stderr, flush=True)
while True:
    for ready in select.select([master, 0], [], [])[0]:
        data = os.read(ready, 4096)
        if ready == 0 and not data:
            sys.exit()
        os.write(1 if ready == master else master, data)
`;

export async function startOnTerminal(): Promise<RtuFixture & { readonly path: string }> {
  const child = spawn(PYTHON, ['-c', TERMINAL], { stdio: 'pipe' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const path = await new Promise<string>((resolve, reject) => {
    child.stderr.once('data', (text: Buffer) => resolve(text.toString().trim()));
    child.once('error', reject);
  });
  const requests: RtuRequest[] = [];
  const take = device(requests, () => fixture.behaviour);
  child.stdout.on('data', (bytes: Buffer) => take(bytes, (reply) => void child.stdin.write(reply)));
  const fixture = {
    path,
    requests,
    behaviour: ((request) => request.answer) as RtuBehaviour,
    async close() {
      child.stdin.end();
      await ended;
    },
  };
  return fixture;
}
