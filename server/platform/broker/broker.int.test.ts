import { createServer } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerAccess, BrokerEvent } from './access.ts';
import { type Broker, createBroker, PortInUseError } from './broker.ts';

const access: BrokerAccess<string> = {
  async authenticate({ username, password }) {
    if (username === 'later') return { outcome: 'unavailable' };
    return username !== undefined && Buffer.from(password ?? []).toString() === `${username}-secret`
      ? { outcome: 'accepted', principal: username }
      : { outcome: 'refused' };
  },
  mayPublish: (principal, topic) => topic.startsWith(`${principal}/`),
  maySubscribe: (principal, filter) => principal === 'reader' || filter.startsWith(`${principal}/`),
  accountName: (principal) => principal,
};
const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
});

async function start(options: { clientIdHeldMs?: number } = {}) {
  const events: BrokerEvent[] = [];
  const onEvent = (event: BrokerEvent): void => void events.push(event);
  const broker = createBroker({ port: 0, host: '127.0.0.1', access, onEvent, maxPacketBytes: 10_000, ...options });
  const { port } = await broker.start();
  cleanup.push(() => broker.stop());
  return { broker, port, events };
}

async function connect(port: number, username: string, more: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    username,
    password: `${username}-secret`,
    ...more,
  });
  client.on('error', () => undefined);
  cleanup.push(() => client.endAsync(true));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  return client;
}

const closed = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));
const hears = (client: MqttClient): Promise<string> =>
  new Promise((resolve) => client.once('message', (topic) => resolve(topic)));

describe('embedded broker', () => {
  it('lets in who has the secret, tells the others apart', async () => {
    const { port, events } = await start();
    await expect(connect(port, 'a', { password: 'wrong' })).rejects.toMatchObject({ code: 4 });
    await expect(connect(port, 'later')).rejects.toMatchObject({ code: 3 });
    await connect(port, 'a');
    expect(events.map((event) => event.kind)).toEqual(['login-refused', 'login-unavailable', 'connected']);
  });

  it('carries what is allowed, closes on a forbidden publish, refuses a forbidden subscription', async () => {
    const { port, events } = await start();
    const reader = await connect(port, 'reader');
    await reader.subscribeAsync('#');
    const client = await connect(port, 'a');
    const heard = hears(reader);
    client.publish('a/x', '1');
    expect(await heard).toBe('a/x');
    await expect(client.subscribeAsync('#')).rejects.toThrow();
    const end = closed(client);
    client.publish('b/x', '1');
    await end;
    expect(events).toContainEqual({
      kind: 'publish-refused',
      clientId: expect.any(String),
      account: 'a',
      topic: 'b/x',
    });
    expect(events).toContainEqual({
      kind: 'subscribe-refused',
      clientId: expect.any(String),
      account: 'a',
      filter: '#',
    });
  });

  it('checks wills as well', async () => {
    const { port, events } = await start();
    const reader = await connect(port, 'reader');
    const topics: string[] = [];
    reader.on('message', (topic) => void topics.push(topic));
    await reader.subscribeAsync('#');
    const will = (topic: string): mqtt.IClientOptions => ({
      will: { topic, payload: Buffer.from('x'), qos: 0, retain: false },
    });
    const forbidden = await connect(port, 'a', will('b/will'));
    forbidden.stream.destroy();
    const allowed = await connect(port, 'a', will('a/will'));
    const heard = hears(reader);
    allowed.stream.destroy();
    expect(await heard).toBe('a/will');
    expect(topics).toEqual(['a/will']);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'publish-refused', topic: 'b/will' }));
  });

  it('closes a connection whose packet is too large, before it has arrived', async () => {
    const { port, events } = await start();
    const client = await connect(port, 'a');
    const end = closed(client);
    client.publish('a/x', Buffer.alloc(20_000));
    await end;
    expect(events).toContainEqual(expect.objectContaining({ kind: 'packet-too-large' }));
    await connect(port, 'a');
  });

  it('leaves a client id with whoever has it: no take-over by others, nor by a twin while the first one talks', async () => {
    const { port, events } = await start();
    const first = await connect(port, 'a', { clientId: 'gw' });
    await expect(connect(port, 'b', { clientId: 'gw' })).rejects.toMatchObject({ code: 2 });
    await expect(connect(port, 'a', { clientId: 'gw' })).rejects.toMatchObject({ code: 2 });
    expect(first.connected).toBe(true);
    expect(events.filter((event) => event.kind === 'client-id-refused')).toHaveLength(2);
  });

  it('gives the id of a connection that has gone silent to the same account', async () => {
    const { port } = await start({ clientIdHeldMs: 0 });
    const first = await connect(port, 'a', { clientId: 'gw' });
    const end = closed(first);
    await connect(port, 'a', { clientId: 'gw' });
    await end;
    await expect(connect(port, 'b', { clientId: 'gw' })).rejects.toMatchObject({ code: 2 });
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    cleanup.push(() => new Promise((resolve) => other.close(resolve)));
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const broker: Broker = createBroker({ port, host: '127.0.0.1', access, onEvent: () => undefined });
    await expect(broker.start()).rejects.toThrow(PortInUseError);
    await expect(broker.start()).rejects.toThrow(`MQTT port ${port}`);
  });

  it('stops within 2 s with clients connected', async () => {
    const { broker, port } = await start();
    const client = await connect(port, 'a');
    const end = closed(client);
    const startedMs = performance.now();
    await broker.stop();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await end;
  });
});
