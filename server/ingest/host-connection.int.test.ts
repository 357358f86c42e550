// What the server says of itself under a clock that was set back.
import { createServer } from 'node:net';
import { stateTopic } from '@louwei/gateway/sparkplug';
import { Aedes } from 'aedes';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { createHostConnection } from './host-connection.ts';

const NOW = Date.UTC(2026, 0, 1);
const AHEAD = Date.UTC(2066, 0, 1);

it('says STATE with a later number than it has ever said, though its clock was set back since', async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const topic = stateTopic('louwei');
  const retained = (online: boolean, timestamp: number) =>
    new Promise<void>((done) => {
      const payload = Buffer.from(JSON.stringify({ online, timestamp }));
      broker.publish({ cmd: 'publish', topic, payload, qos: 0, retain: true, dup: false }, () => done());
    });
  await retained(false, AHEAD);
  const said: { online: boolean; timestamp: number }[] = [];
  await new Promise<void>((done) =>
    broker.subscribe(
      topic,
      (packet, taken) => {
        said.push(JSON.parse(packet.payload.toString()));
        taken();
      },
      () => done(),
    ),
  );
  const connection = createHostConnection({
    url: `mqtt://127.0.0.1:${port}`,
    hostId: 'louwei',
    clientId: 'server',
    log: pino({ level: 'silent' }),
    now: () => NOW,
    onMessage: () => undefined,
    onConnected: () => undefined,
    onDisconnected: () => undefined,
  });
  try {
    connection.start();
    await vi.waitUntil(() => said.some(({ online, timestamp }) => online && timestamp > AHEAD), { timeout: 30_000 });
  } finally {
    await connection.stop();
    await new Promise<void>((done) => broker.close(() => done()));
    await new Promise((done) => server.close(done));
  }
  expect(said.filter(({ timestamp }) => timestamp > AHEAD).at(-1)).toMatchObject({
    online: false,
    timestamp: AHEAD + 1,
  });
});
