// Webhooks against a real receiver that fails, is slow, is restarted; and a sender that dies between commit and delivery.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPlant, type Plant } from '../../alarms/fixtures.ts';
import { type OutwardEvent, outwardEvent, type Webhook } from '../../contract/outward.ts';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { callRoute, createRun, type Run, until } from '../fixtures.ts';
import type { OutwardChannel } from '../port.ts';
import { createWebhookChannel } from './channel.ts';

const SECRET = 'a secret of sixteen or more';
const FAST = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 86_400_000 };
/** An hour ago: tests move it forward, and nothing may come from the future. */
const clock = { ms: Date.now() - 3_600_000 };

let database: TestDatabase;
let plant: Plant;
let run: Run;
let channel: OutwardChannel;
let receiver: Receiver;

interface Receiver {
  readonly url: string;
  readonly events: OutwardEvent[];
  readonly faults: string[];
  /** Statuses of the next answers, then 204. */
  readonly answers: number[];
  delayMs: number;
  close(): Promise<void>;
  open(): Promise<void>;
}

async function createReceiver(): Promise<Receiver> {
  let server: Server;
  let port = 0;
  const made: Receiver = {
    get url() {
      return `http://127.0.0.1:${port}/hook`;
    },
    events: [],
    faults: [],
    answers: [],
    delayMs: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
    async open() {
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          const event = outwardEvent.parse(JSON.parse(body));
          const [, unixS, given] =
            /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['louwei-signature'])) ?? [];
          const expected = createHmac('sha256', SECRET).update(`${unixS}.${body}`).digest('hex');
          if (given !== expected) made.faults.push('signature');
          if (request.headers['idempotency-key'] !== `alarm-journal-${event.seq}`) made.faults.push('key');
          const status = made.answers.shift() ?? 204;
          if (status === 204) made.events.push(event);
          setTimeout(() => response.writeHead(status).end(), made.delayMs);
        });
      });
      await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
      const address = server.address();
      if (typeof address === 'object' && address !== null) port = address.port;
    },
  };
  await made.open();
  return made;
}

const journalSeqs = async () =>
  (await database.db.selectFrom('alarm_journal').select('seq').orderBy('seq').execute()).map(({ seq }) => seq);
const seqs = () => receiver.events.map(({ seq }) => seq);
const list = async () => (await callRoute<{ items: Webhook[] }>(channel, 'GET', '/api/v1/webhooks')).items;
const add = (body: object = {}) =>
  callRoute<Webhook>(channel, 'POST', '/api/v1/webhooks', { body: { url: receiver.url, secret: SECRET, ...body } });

async function start(policy = FAST): Promise<void> {
  channel = createWebhookChannel(policy);
  run = await createRun(database.db, plant, clock, database.dataDir, { channel });
  await channel.start(run.context);
}
async function stop(): Promise<void> {
  await channel.stop();
  await run.stop();
}

beforeAll(async () => {
  database = await startTestDatabase();
  plant = await createPlant(database.db, 9);
});
afterAll(() => database.stop());
beforeEach(async () => {
  receiver = await createReceiver();
  await start();
});
afterEach(async () => {
  await stop();
  await receiver.close();
  await database.db.deleteFrom('webhook').execute();
  await database.db.deleteFrom('outward_delivery').execute();
});

it('delivers every transition once, signed and in order, to a receiver that fails first and is slow', async () => {
  const before = (await journalSeqs()).length;
  await add();
  receiver.answers.push(500, 503, 404);
  receiver.delayMs = 30;
  await run.read('t1', 'tripped', 1);
  const [open] = run.alarms.open().filter(({ equipmentId }) => equipmentId === 't1');
  await run.alarms.acknowledge(open?.id ?? '', 'wang', { comment: 'seen' });
  await run.read('t1', 'tripped', 0);
  const expected = (await journalSeqs()).slice(before);
  await until('all are delivered', () => receiver.events.length === expected.length);
  expect(seqs()).toEqual(expected);
  expect(receiver.faults).toEqual([]);
  const acknowledged = receiver.events.find(({ event }) => event === 'ACK');
  expect(acknowledged).toMatchObject({ actor: 'wang', note: 'seen', alarm: { state: 'ACKED', acknowledged: true } });
  expect(receiver.events[0]).toMatchObject({
    event: 'ACTIVE',
    equipmentClass: 'transformer',
    alarm: { state: 'UNACK' },
  });
  const [shown] = await until('the list says so', async () => {
    const items = await list();
    return items[0]?.deliveredSeq === expected.at(-1) ? items : undefined;
  });
  expect(shown).toMatchObject({ waiting: 0, failed: 0, lastError: null });
});

it('keeps what a receiver that is away misses, tells it when it is back, and shows the error meanwhile', async () => {
  const before = (await journalSeqs()).length;
  await add();
  await receiver.close();
  await run.read('t2', 'tripped', 1);
  await until('the error is shown', async () => (await list())[0]?.lastError?.includes('ECONNREFUSED'));
  expect((await list())[0]?.waiting).toBeGreaterThan(0);
  await receiver.open();
  const expected = (await journalSeqs()).slice(before);
  await until('all are delivered', () => receiver.events.length === expected.length);
  expect(seqs()).toEqual(expected);
});

it('loses nothing when the sender dies between commit and delivery', async () => {
  const before = (await journalSeqs()).length;
  await add();
  await channel.stop();
  // Committed while nobody sends: what a killed process leaves behind.
  await run.read('t3', 'tripped', 1);
  const expected = (await journalSeqs()).slice(before);
  expect(expected.length).toBeGreaterThan(0);
  expect(receiver.events).toEqual([]);
  await stop();
  await start();
  await until('all are delivered', () => receiver.events.length === expected.length);
  expect(seqs()).toEqual(expected);
});

it('tells what the start itself brings: a shelf that ended while nobody watched', async () => {
  await run.read('t9', 'tripped', 1);
  const [open] = run.alarms.open().filter(({ equipmentId }) => equipmentId === 't9');
  await run.alarms.shelve(open?.id ?? '', 'wang', { minutes: 1, reason: 'known' });
  await add();
  await stop();
  clock.ms += 120_000;
  await start();
  const told = await until('the end of the shelf is told', () =>
    receiver.events.find(({ event, alarm }) => event === 'UNSHELVED' && alarm?.equipmentId === 't9'),
  );
  expect(told).toMatchObject({ note: 'expired', alarm: { state: 'UNACK', shelvedUntil: null } });
});

it('writes nothing for a transition whose transaction is rolled back', async () => {
  await add();
  const broken = run.read('t4', 'tripped', 1, () => Promise.reject(new Error('disk full')));
  await expect(broken).rejects.toThrow('disk full');
  const rows = await database.db.selectFrom('outward_delivery').selectAll().execute();
  expect(rows).toEqual([]);
});

it('gives up what is too old, says so, keeps it, and sends it again when told to', async () => {
  await stop();
  await start({ ...FAST, giveUpAfterMs: 0 });
  const hook = await add();
  receiver.answers.push(500);
  await run.read('t5', 'tripped', 1);
  const failed = await until('one is given up', async () => (await list()).find((one) => one.failed === 1));
  expect(failed.lastError === null || failed.lastError === 'answered 500, expected 2xx').toBe(true);
  expect(await run.metrics.getSingleMetricAsString('louwei_webhook_deliveries_total')).toContain(
    'louwei_webhook_deliveries_total{outcome="given-up"} 1',
  );
  const [kept] = await database.db.selectFrom('outward_delivery').select(['seq', 'last_error']).execute();
  expect(kept?.last_error).toBe('answered 500, expected 2xx');
  await callRoute(channel, 'POST', '/api/v1/webhooks/:id/retry', { params: { id: hook.id } });
  await until('it is delivered', () => seqs().includes(kept?.seq ?? -1));
});

it('tells a subscription only of what it asked for, and nothing while it is disabled', async () => {
  const hook = await add({ filter: { priorities: [3], sites: ['s'], classes: [], events: ['ACTIVE'] } });
  await run.read('t6', 'temperature', 50);
  await run.read('t6', 'tripped', 1);
  const rows = () => database.db.selectFrom('outward_delivery').select('seq').execute();
  expect(await rows()).toEqual([]);
  await callRoute(channel, 'PATCH', '/api/v1/webhooks/:id', {
    params: { id: hook.id },
    body: { enabled: false, filter: { priorities: [], sites: [], classes: [], events: [] } },
  });
  await run.read('t7', 'tripped', 1);
  expect(await rows()).toEqual([]);
  expect(receiver.events).toEqual([]);
});

it('sends a test event on request and tells how it went', async () => {
  const hook = await add();
  const test = () => callRoute(channel, 'POST', '/api/v1/webhooks/:id/test', { params: { id: hook.id } });
  expect(await test()).toEqual({ ok: true, detail: '' });
  expect(receiver.events[0]).toMatchObject({ event: 'TEST', seq: 0, alarm: null });
  receiver.answers.push(302);
  expect(await test()).toEqual({ ok: false, detail: 'answered 302, expected 2xx' });
});

it('records who made, changed and removed a webhook, never its secret, and drops what waited for it', async () => {
  const hook = await add();
  await receiver.close();
  await run.read('t8', 'tripped', 1);
  await callRoute(channel, 'DELETE', '/api/v1/webhooks/:id', { params: { id: hook.id } });
  await receiver.open();
  expect(await list()).toEqual([]);
  expect(await database.db.selectFrom('outward_delivery').selectAll().execute()).toEqual([]);
  const record = await database.db.selectFrom('audit').selectAll().where('target', '=', hook.id).execute();
  expect(record.map(({ action }) => action)).toEqual(['webhook-created', 'webhook-removed']);
  expect(JSON.stringify(record)).not.toContain(SECRET);
});
