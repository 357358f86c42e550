// Alarms on the embedded broker: events and retained states for a reader's account, across a broker that was away.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPlant, type Plant } from '../../alarms/fixtures.ts';
import { type OutwardEvent, outwardEvent } from '../../contract/outward.ts';
import { createMqttAccounts, ensureReaderAccount, type MqttCredentials } from '../../ingest/mqtt-accounts.ts';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { type Broker, createBroker } from '../../platform/broker/broker.ts';
import { createRun, type Run, until } from '../fixtures.ts';
import { createMqttChannel } from './channel.ts';

const FAST = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 600_000 };
const clock = { ms: Date.now() };

let database: TestDatabase;
let plant: Plant;
let accounts: ReturnType<typeof createMqttAccounts>;
let reader: MqttCredentials;
let broker: Broker;
let port = 0;
let run: Run;
let channel: ReturnType<typeof createMqttChannel>;
const clients: MqttClient[] = [];
const secrets = mkdtempSync(join(tmpdir(), 'louwei-mqtt-'));

async function startBroker(): Promise<void> {
  broker = createBroker({ port, host: '127.0.0.1', access: accounts.access, onEvent: () => undefined });
  port = (await broker.start()).port;
}

async function listen(filter: string): Promise<{ topic: string; text: string; retain: boolean }[]> {
  const heard: { topic: string; text: string; retain: boolean }[] = [];
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    ...reader,
    protocolVersion: 4,
    reconnectPeriod: 0,
    clientId: `bms-${clients.length}`,
  });
  clients.push(client);
  client.on('error', () => undefined);
  client.on('message', (topic, payload, { retain }) => heard.push({ topic, text: payload.toString(), retain }));
  await client.subscribeAsync(filter, { qos: 1 });
  return heard;
}

beforeAll(async () => {
  database = await startTestDatabase();
  plant = await createPlant(database.db, 5);
  accounts = createMqttAccounts(database.db);
  reader = await ensureReaderAccount(database.db, secrets, 'bms');
});
afterAll(async () => {
  await database.stop();
  rmSync(secrets, { recursive: true });
});
beforeEach(async () => {
  await startBroker();
  const url = `mqtt://127.0.0.1:${port}`;
  channel = createMqttChannel(FAST);
  run = await createRun(database.db, plant, clock, database.dataDir, {
    config: { mqttAlarms: true },
    broker: { url, ...accounts.server },
    channel,
  });
  await channel.start(run.context);
  await until('the channel is connected', () => channel.state().state === 'ready');
});
afterEach(async () => {
  await channel.stop();
  await run.stop();
  for (const client of clients.splice(0)) client.end(true);
  await broker.stop();
});

it('publishes each transition, and the state retained until the alarm is closed', async () => {
  const events = await listen('louwei/alarm-events/v1/#');
  await run.read('t1', 'tripped', 1);
  await until('the event comes', () => events.length > 0);
  expect(events[0]?.topic).toBe('louwei/alarm-events/v1/s/t1/tripped');
  expect(outwardEvent.parse(JSON.parse(events[0]?.text ?? ''))).toMatchObject({ event: 'ACTIVE', version: 1 });
  const states = await listen('louwei/alarms/v1/s/t1/+');
  const state = await until('the retained state comes', () => states[0]);
  expect(state.retain).toBe(true);
  expect(JSON.parse(state.text)).toMatchObject({ equipmentId: 't1', alarm: 'tripped', state: 'UNACK' });
  const [open] = run.alarms.open().filter(({ equipmentId }) => equipmentId === 't1');
  await run.alarms.acknowledge(open?.id ?? '', 'wang', {});
  await run.read('t1', 'tripped', 0);
  await run.alarms.reset(open?.id ?? '', 'wang');
  await until('the state is cleared', () => states.some(({ text }) => text === ''));
  const later = await listen('louwei/alarms/v1/#');
  await run.read('t2', 'tripped', 1);
  await until('another alarm comes', () => later.some(({ topic }) => topic.endsWith('t2/tripped')));
  expect(later.some(({ topic }) => topic.includes('/t1/'))).toBe(false);
});

it('tells everything in order after the broker was away, and states what is open to a broker that forgot it', async () => {
  await run.read('t3', 'tripped', 1);
  await broker.stop();
  await until('the channel knows', () => channel.state().state === 'failed');
  const [open] = run.alarms.open().filter(({ equipmentId }) => equipmentId === 't3');
  for (const text of ['one', 'two', 'three']) await run.alarms.comment(open?.id ?? '', 'wang', text);
  await startBroker();
  const events = await listen('louwei/alarm-events/v1/s/t3/tripped');
  const states = await listen('louwei/alarms/v1/#');
  await until('the outbox is empty', async () => (await run.context.outbox.counts()).size === 0);
  const seqs = events.map(({ text }) => (JSON.parse(text) as OutwardEvent).seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  // The listener may be later than the first of them; the journal holds those too.
  expect(events.map(({ text }) => (JSON.parse(text) as OutwardEvent).note).at(-1)).toBe('three');
  await until('the state is there again', () => states.some(({ topic }) => topic === 'louwei/alarms/v1/s/t3/tripped'));
});

it('lets a reader hear of alarms and of nothing else, and say nothing', async () => {
  for (const filter of ['#', 'spBv1.0/#', 'louwei/#', 'louwei/watermark/#', 'louwei/alarms/v1'])
    await expect(listen(filter)).rejects.toThrow('Subscribe error');
  const speaker = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    ...reader,
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  clients.push(speaker);
  const closed = new Promise<string>((done) => speaker.once('close', () => done('closed')));
  speaker.on('error', () => undefined);
  speaker.publish('louwei/alarms/v1/s/t1/tripped', 'forged', { qos: 1 });
  expect(await closed).toBe('closed');
});
