import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../e2e/product.ts';
import { listen } from '../protocols/listen.ts';
import { createDice } from './dice.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

let echo: Server;
let proxy: FaultProxy;
let client: Socket;
let heard: Buffer[];
const peers: Socket[] = [];
const text = (): string => Buffer.concat(heard).toString();

beforeEach(async () => {
  echo = createServer((socket) => {
    peers.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => socket.write(chunk));
  });
  proxy = await startFaultProxy({ host: '127.0.0.1', port: await listen(echo) }, createDice(7));
  client = open();
  client.write('a');
  await until('the line works', 5_000, () => text() === 'a', 5);
});
afterEach(async () => {
  client.destroy();
  await proxy.stop();
  for (const peer of peers.splice(0)) peer.destroy();
  await new Promise((done) => echo.close(done));
});

function open(): Socket {
  heard = [];
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  socket.on('error', () => socket.destroy());
  return socket;
}

describe('the fault proxy', () => {
  it('holds one direction without a word and delivers it late, in order', async () => {
    proxy.apply({ down: { hold: true } });
    for (const letter of 'bcd') client.write(letter);
    await until('the server has it', 5_000, () => peers[0]?.bytesRead === 4, 5);
    expect(text()).toBe('a');
    expect(client.closed).toBe(false);
    proxy.apply({});
    await until('it comes late', 5_000, () => text() === 'abcd', 5);
  });

  it('hides the end of a connection while it holds, and tells it afterwards', async () => {
    proxy.apply({ up: { hold: true }, down: { hold: true } });
    peers[0]?.destroy();
    await until('the far end is gone', 5_000, () => peers[0]?.destroyed === true, 5);
    expect(client.closed).toBe(false);
    proxy.apply({});
    await until('the end is told', 5_000, () => client.closed, 5);
    await until('nothing is kept', 5_000, () => proxy.connections === 0, 5);
  });

  it('delays and narrows, and keeps every byte in its place', async () => {
    proxy.apply({ up: { delayMs: 5, jitterMs: 10, bytesPerSecond: 400_000 }, down: { jitterMs: 5 } });
    const sent = Array.from({ length: 200 }, (_, index) => `${index},`.padStart(100)).join('');
    for (let at = 0; at < sent.length; at += 777) client.write(sent.slice(at, at + 777));
    const began = performance.now();
    await until('all of it arrived', 10_000, () => text().length === sent.length + 1, 5);
    expect(text()).toBe(`a${sent}`);
    // 20,000 bytes at 400,000/s cannot be here sooner.
    expect(performance.now() - began).toBeGreaterThan(40);
  });

  it('flips bits, resets and refuses', async () => {
    proxy.apply({ up: { corruptShare: 1 } });
    client.write('wwww');
    await until('something came back', 5_000, () => text().length === 5, 5);
    expect(text()).not.toBe('awwww');
    proxy.apply({ refuse: true });
    proxy.reset();
    await until('the connection is reset', 5_000, () => client.closed, 5);
    client = open();
    await until('a new one is refused', 5_000, () => client.closed, 5);
    proxy.apply({});
    client = open();
    client.write('again');
    await until('a good line works again', 5_000, () => text() === 'again', 5);
  });
});
