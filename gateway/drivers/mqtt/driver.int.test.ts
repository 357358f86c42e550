// The MQTT driver against a real broker: JSON and plain payloads, availability, retained values, poison, lost broker.
import { createServer, type Server, type Socket } from 'node:net';
import { mqttModel } from '@louwei/device-profiles';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FixtureHost, fixtureClass, fixtureHeader, fixtureHost, until } from '../host.fixture.ts';
import type { Driver } from '../port.ts';
import { mqttConnection } from './connection.ts';
import { mqttDriver } from './driver.ts';

const model = mqttModel.parse({
  ...fixtureHeader,
  model: 'test/mqtt',
  protocol: 'mqtt',
  mqtt: { expectEveryS: 0.5, availability: { topic: 'status', online: 'up', offline: 'down' }, timePath: 'at' },
  points: {
    pressure: { topic: 'data', path: 'pressure' },
    level: { topic: 'data', path: 'tank.level', scale: 0.01 },
    running: { topic: 'run', map: { ON: 1, OFF: 0 } },
  },
  examples: [{ point: 'running', payload: 'ON', value: 1 }],
});

interface Broker {
  readonly port: number;
  publish(topic: string, payload: string | Buffer, retain?: boolean): Promise<void>;
  close(): Promise<void>;
}

async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    publish: (topic, payload, retain = false) =>
      new Promise((resolve, reject) => {
        aedes.publish({ cmd: 'publish', topic, payload, retain, qos: 0, dup: false }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => aedes.close(() => resolve()));
      }),
  };
}

let broker: Broker;
let host: FixtureHost;
let driver: Driver;

const start = async (): Promise<void> => {
  driver = mqttDriver.create(
    ['P-1', 'P-2'].map((id) => ({
      id,
      model,
      class: fixtureClass,
      connection: mqttConnection.parse({ url: `mqtt://127.0.0.1:${broker.port}`, baseTopic: `site/${id}` }),
      pollMs: { fast: 1000, normal: 5000, slow: 60_000 },
    })),
    host,
  );
  await driver.start();
};
/** Publishes until the driver has subscribed and hears it. */
const heard = async (): Promise<void> => {
  await broker.publish('site/P-1/status', 'up', true);
  await until(() => host.stateOf('P-1')?.online === true, 'online');
};

beforeEach(async () => {
  broker = await startBroker();
  host = fixtureHost();
});
afterEach(async () => {
  const stoppedAt = performance.now();
  await driver.stop();
  expect(performance.now() - stoppedAt).toBeLessThan(2000);
  await broker.close();
  host.dispose();
});

describe('MQTT driver', () => {
  it('reads JSON and plain payloads of the right device', async () => {
    await start();
    await heard();
    const at = Date.now() - 100;
    await broker.publish('site/P-1/data', JSON.stringify({ pressure: 320, tank: { level: 155 }, at }));
    await broker.publish('site/P-2/run', 'ON');
    await until(() => host.latest('P-2', 'running') !== undefined, 'both messages');
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: 320, quality: 'good', deviceTimeMs: at });
    expect(host.latest('P-1', 'level')).toMatchObject({ value: 1.55, quality: 'good' });
    expect(host.latest('P-2', 'running')).toMatchObject({ value: 1, quality: 'good' });
    expect(host.latest('P-1', 'running')).toBeUndefined();
  });

  it('follows the availability topic and notices silence', async () => {
    await start();
    await heard();
    await broker.publish('site/P-1/status', 'down', true);
    await until(() => host.stateOf('P-1')?.online === false, 'offline');
    expect(host.stateOf('P-1')).toMatchObject({ reason: expect.stringContaining('reported itself offline') });
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: null, quality: 'not-connected' });
    await broker.publish('site/P-1/data', '{"pressure":1,"tank":{"level":1}}');
    await until(() => host.stateOf('P-1')?.online === true, 'a live message proves otherwise');
    await until(() => host.stateOf('P-1')?.online === false, 'silence');
    expect(host.stateOf('P-1')).toMatchObject({ reason: 'no message for 1.5 s (expected every 0.5 s)' });
  });

  it('takes a retained value for what it is', async () => {
    await broker.publish('site/P-1/run', 'ON', true);
    await start();
    await until(() => host.latest('P-1', 'running') !== undefined, 'retained value');
    expect(host.latest('P-1', 'running')).toMatchObject({ value: 1, quality: 'stale' });
    await broker.publish('site/P-1/run', 'ON');
    await until(() => host.latest('P-1', 'running')?.quality === 'good', 'live value');
  });

  it('gives the same retained message, handed out again at a new connection, its old time', async () => {
    await start();
    await heard();
    await broker.publish('site/P-1/run', 'ON', true);
    await until(() => host.latest('P-1', 'running')?.quality === 'good', 'live value');
    const liveAtMs = host.latest('P-1', 'running')?.gatewayTimeMs;
    const { port } = broker;
    await broker.close();
    await until(() => host.latest('P-1', 'running')?.quality === 'not-connected', 'lost');
    broker = await startBroker(port);
    await broker.publish('site/P-1/run', 'ON', true);
    await until(() => host.latest('P-1', 'running')?.quality === 'stale', 'retained value');
    expect(host.latest('P-1', 'running')).toMatchObject({ value: 1, gatewayTimeMs: liveAtMs });
  });

  it('F35: drops poison, says so once, and goes on', async () => {
    await start();
    await heard();
    for (let count = 0; count < 50; count++) await broker.publish('site/P-1/data', Buffer.from('{"pressure":'));
    await broker.publish('site/P-1/data', Buffer.alloc(300_000, 'x'));
    await broker.publish('site/P-1/data', '{"__proto__":{"pressure":1},"pressure":"NaN"}');
    await until(() => host.latest('P-1', 'pressure') !== undefined, 'poison arrives');
    expect(host.latest('P-1', 'pressure')).toMatchObject({ value: null, quality: 'decode-error' });
    await broker.publish('site/P-1/data', '{"pressure":7,"tank":{"level":1}}');
    await until(() => host.latest('P-1', 'pressure')?.value === 7, 'the stream goes on');
    expect(host.logged.filter((line) => line.includes('malformed message dropped'))).toHaveLength(1);
  });

  it('loses the broker, says so, and comes back', async () => {
    await start();
    await heard();
    const { port } = broker;
    await broker.close();
    await until(() => host.stateOf('P-1')?.online === false, 'offline');
    expect(host.stateOf('P-1')).toMatchObject({ reason: expect.stringContaining('field broker mqtt://127.0.0.1') });
    expect(host.latest('P-2', 'running')).toMatchObject({ quality: 'not-connected' });
    broker = await startBroker(port);
    await heard();
    await broker.publish('site/P-1/run', 'OFF');
    await until(() => host.latest('P-1', 'running')?.value === 0, 'values again');
  });
});
