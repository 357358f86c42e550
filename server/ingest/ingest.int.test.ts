// The whole way of a reading on real parts: mqtt.js -> aedes -> ingest -> PostgreSQL -> watermark.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BDSEQ,
  decodePayload,
  encodePayload,
  type Metric,
  PROPERTY,
  REBIRTH,
  watermarkTopic,
} from '@louwei/gateway/sparkplug';
import { Kysely, PostgresDialect, sql } from 'kysely';
import mqtt, { type MqttClient } from 'mqtt';
import pg from 'pg';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRegister } from '../assets/register.ts';
import type { Tables } from '../migrations/tables.ts';
import { type Broker, createBroker } from '../platform/broker/broker.ts';
import { startTestDatabase, type TestDatabase } from '../platform/database/testing.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { createLatestValues, type LatestValues } from '../telemetry/latest-values.ts';
import { createTelemetryParticipant } from '../telemetry/participant.ts';
import { createPostgresStore } from '../telemetry/stores/postgres/store.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { createMqttAccounts, ensureGatewayAccount, type MqttAccounts } from './mqtt-accounts.ts';
import type { BatchParticipant, IngestBatch } from './participant.ts';

const POINTS = ['comm', 'pressure', 'running', 'serial'] as const;
let database: Pick<TestDatabase, 'db' | 'stop'>;
let broker: Broker;
let port: number;
let accounts: MqttAccounts;
let dataDir: string;
const cleanup: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const started = await startTestDatabase();
  // Connections with a listener: one of the tests has them ended in the middle of a transaction.
  const pool = new pg.Pool({ connectionString: started.url, max: 8, types: { getTypeParser } });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  database = {
    db,
    async stop() {
      await db.destroy();
      await started.stop();
    },
  };
  dataDir = mkdtempSync(join(tmpdir(), 'louwei-ingest-'));
  accounts = createMqttAccounts(database.db);
});
afterAll(async () => {
  await database?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await sql`TRUNCATE sample, clock_suspect, delivery_gap, point, equipment, gateway, mqtt_account CASCADE`.execute(
    database.db,
  );
  // A fresh broker: no watermark retained from the test before.
  broker = createBroker({ port: 0, host: '127.0.0.1', access: accounts.access, onEvent: () => undefined });
  ({ port } = await broker.start());
});
afterEach(async () => {
  for (const end of cleanup.splice(0).reverse()) await end();
  await broker.stop();
});

async function until(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Server {
  readonly ingest: Ingest;
  readonly latest: LatestValues;
  readonly batches: IngestBatch[];
  readonly registry: Registry;
  readonly register: ReturnType<typeof createRegister>;
}

async function startServer(options: { silenceMs?: number; extra?: BatchParticipant } = {}): Promise<Server> {
  const register = createRegister((name) => name === 'booster-pump-set');
  await register.load(database.db);
  const store = createPostgresStore();
  await store.start(database.db, Date.now());
  const latest = createLatestValues();
  latest.load(await store.latest(database.db), register.directory);
  const batches: IngestBatch[] = [];
  const watch: BatchParticipant = {
    name: 'watch',
    apply: async () => undefined,
    committed: (batch) => void batches.push(batch),
    rolledBack: () => undefined,
  };
  const registry = new Registry();
  const ingest = createIngest({
    db: database.db,
    queue: createSerialQueue(),
    register,
    participants: [createTelemetryParticipant({ store, latest }), ...(options.extra ? [options.extra] : []), watch],
    broker: { url: `mqtt://127.0.0.1:${port}`, ...accounts.server },
    hostId: 'louwei',
    log: pino({ level: 'silent' }),
    registry,
    limits: { reorderTimeoutMs: 50, rebirthIntervalMs: 100 },
    ...(options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs }),
  });
  ingest.start();
  cleanup.push(() => ingest.stop());
  await until('ingest is ready', () => ingest.status().ready);
  return { ingest, latest, batches, registry, register };
}

const count = async (registry: Registry, name: string): Promise<number> => {
  const metric = await registry.getSingleMetric(`louwei_ingest_${name}_total`)?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
};

interface Gateway {
  readonly client: MqttClient;
  readonly watermarks: { epoch: number; seq: number }[];
  rebirths: number;
  birth(bdSeq?: number): void;
  send(
    device: string,
    samples: readonly [point: (typeof POINTS)[number], value: Metric['value'], seq: number][],
    timeMs?: number,
  ): void;
  raw(type: string, device: string | undefined, payload: Buffer): void;
  /** Uses up a Sparkplug sequence number without sending anything: a lost message. */
  lose(): void;
}

async function startGateway(node = 'gw1', epoch = 1): Promise<Gateway> {
  const { username, password } = await ensureGatewayAccount(database.db, dataDir, { node });
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    clientId: `${node}-${Math.random()}`,
    username,
    password,
    will: {
      topic: `spBv1.0/louwei/NDEATH/${node}`,
      payload: encodePayload({ timestampMs: Date.now(), metrics: [bdSeqMetric(0)] }),
      qos: 0,
      retain: false,
    },
  });
  cleanup.push(() => client.endAsync(true));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
  });
  let seq = 0;
  const next = (): number => {
    const value = seq;
    seq = (seq + 1) % 256;
    return value;
  };
  const topic = (type: string, device?: string): string =>
    `spBv1.0/louwei/${type}/${node}${device === undefined ? '' : `/${device}`}`;
  const gateway: Gateway = {
    client,
    watermarks: [],
    rebirths: 0,
    lose: () => void next(),
    raw: (type, device, payload) => void client.publish(topic(type, device), payload),
    birth(bdSeq = 0) {
      seq = 0;
      const now = Date.now();
      const metrics: Metric[] = [
        bdSeqMetric(bdSeq),
        { name: REBIRTH, type: 'Boolean', value: false, timestampMs: now, quality: 'good' },
      ];
      gateway.raw(
        'NBIRTH',
        undefined,
        encodePayload({ timestampMs: now, seq: next(), metrics, delivery: { epoch, seqs: [0, 0] } }),
      );
      for (const [index, device] of ['P-1', 'P-2'].entries()) {
        const described: Metric[] = [
          {
            name: PROPERTY.class,
            type: 'String',
            value: index === 0 ? 'booster-pump-set' : 'no-such-class',
            timestampMs: now,
            quality: 'good',
          },
          { name: PROPERTY.nameZh, type: 'String', value: '泵', timestampMs: now, quality: 'good' },
          ...POINTS.map(
            (name, place): Metric => ({
              name,
              alias: index * 10 + place,
              type: name === 'pressure' ? 'Double' : name === 'serial' ? 'String' : 'Boolean',
              value: null,
              timestampMs: now,
              quality: 'not-connected',
            }),
          ),
        ];
        const delivery = { epoch, seqs: described.map(() => 0) };
        gateway.raw('DBIRTH', device, encodePayload({ timestampMs: now, seq: next(), metrics: described, delivery }));
      }
    },
    send(device, samples, timeMs = Date.now()) {
      const base = device === 'P-1' ? 0 : 10;
      const metrics = samples.map(
        ([point, value]): Metric => ({
          alias: base + POINTS.indexOf(point),
          type: point === 'pressure' ? 'Double' : point === 'serial' ? 'String' : 'Boolean',
          value,
          timestampMs: timeMs,
          quality: 'good',
        }),
      );
      const delivery = { epoch, seqs: samples.map(([, , sampleSeq]) => sampleSeq) };
      gateway.raw('DDATA', device, encodePayload({ timestampMs: timeMs, seq: next(), metrics, delivery }));
    },
  };
  client.on('message', (received, payload) => {
    if (received.startsWith('louwei/watermark/')) gateway.watermarks.push(JSON.parse(payload.toString()));
    else if (decodePayload(payload).metrics.some((metric) => metric.name === REBIRTH)) {
      gateway.rebirths++;
      gateway.birth();
    }
  });
  await client.subscribeAsync([`spBv1.0/louwei/NCMD/${node}`, watermarkTopic('louwei', node)]);
  return gateway;
}

const bdSeqMetric = (value: number): Metric => ({
  name: BDSEQ,
  type: 'Int64',
  value,
  timestampMs: Date.now(),
  quality: 'good',
});
const stored = async (): Promise<string[]> => {
  const rows = await database.db
    .selectFrom('sample')
    .select(['epoch', 'seq'])
    .orderBy('epoch')
    .orderBy('seq')
    .execute();
  return rows.map(({ epoch, seq }) => `${epoch}/${seq}`);
};
const acknowledged = (gateway: Gateway, seq: number): Promise<void> =>
  until(`watermark ${seq}`, () => gateway.watermarks.at(-1)?.seq === seq);
const ids = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `1/${first + index}`);

describe('ingest', () => {
  it('stores readings once, answers with the watermark, fills the register', async () => {
    const server = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [
      ['comm', true, 1],
      ['pressure', 0.42, 2],
      ['running', true, 3],
      ['serial', '水"泵\\', 4],
    ]);
    gateway.send('P-1', [['pressure', 0.43, 5]]);
    gateway.send('P-1', [
      ['pressure', 0.42, 2],
      ['pressure', 0.43, 5],
    ]);
    gateway.send('P-2', [['comm', false, 6]]);
    await acknowledged(gateway, 6);
    expect(await stored()).toEqual(ids(1, 6));
    const { directory } = server.register;
    expect(directory.gateway('gw1')).toMatchObject({
      online: true,
      provesDelivery: true,
      watermark: { epoch: 1, seq: 6 },
    });
    expect(directory.equipment('gw1')).toMatchObject({ class: 'gateway', deviceId: '', online: true });
    expect(directory.equipment('P-1')).toMatchObject({ class: 'booster-pump-set', online: true, name: { zh: '泵' } });
    expect(directory.equipment('P-2')).toMatchObject({ class: 'generic-equipment', online: false });
    expect(server.latest.of('P-1').get('pressure')).toMatchObject({ value: 0.43, quality: 'good', seq: 5 });
    expect(server.latest.of('P-1').get('serial')?.value).toBe('水"泵\\');
    expect(server.latest.of('P-1').get('running')?.value).toBe(1);
    expect(await count(server.registry, 'duplicate_samples')).toBe(2);
    expect(server.batches.flatMap((batch) => batch.gatewayChanges)).toMatchObject([{ gatewayId: 'gw1', online: true }]);
  });

  it('keeps two readings of one point in the same millisecond', async () => {
    await startServer();
    const gateway = await startGateway();
    gateway.birth();
    const now = Date.now();
    gateway.send(
      'P-1',
      [
        ['pressure', 1, 1],
        ['pressure', 2, 2],
      ],
      now,
    );
    await acknowledged(gateway, 2);
    expect(await stored()).toEqual(ids(1, 2));
  });

  it('does not acknowledge past a lost message until it is sent again, and asks for rebirth once', async () => {
    await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [['pressure', 1, 1]]);
    await acknowledged(gateway, 1);
    gateway.lose();
    gateway.send('P-1', [['pressure', 3, 3]]);
    await until('a rebirth is asked for', () => gateway.rebirths === 1);
    gateway.send('P-1', [['pressure', 3, 3]]);
    await until('3 is stored', async () => (await stored()).length === 2);
    expect(gateway.watermarks.at(-1)?.seq).toBe(1);
    gateway.send('P-1', [['pressure', 2, 2]]);
    await acknowledged(gateway, 3);
    expect(await stored()).toEqual(ids(1, 3));
    expect(gateway.rebirths).toBe(1);
  });

  it('goes on after its restart: asks for rebirth, takes what is sent again, stores nothing twice', async () => {
    const timeMs = Date.now();
    const first = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.send(
      'P-1',
      [
        ['comm', true, 1],
        ['pressure', 1, 2],
        ['pressure', 4, 4],
      ],
      timeMs,
    );
    await acknowledged(gateway, 2);
    await first.ingest.stop();
    const second = await startServer();
    await until('a rebirth is asked for', () => gateway.rebirths >= 1);
    expect(second.latest.of('P-1').get('pressure')?.value).toBe(4);
    gateway.send(
      'P-1',
      [
        ['pressure', 1, 2],
        ['pressure', 3, 3],
        ['pressure', 4, 4],
        ['pressure', 5, 5],
      ],
      timeMs,
    );
    await acknowledged(gateway, 5);
    expect(await stored()).toEqual(ids(1, 5));
  });

  it('drops malformed messages, rejects single readings, and records what it rejected', async () => {
    const server = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    gateway.raw('DDATA', 'P-1', Buffer.from('no protobuf at all \xff\xff'));
    gateway.raw('NDATA', undefined, Buffer.alloc(0));
    gateway.send('P-1', [
      ['pressure', Number.NaN, 1],
      ['pressure', 2, 2],
      ['serial', 'x'.repeat(5_000), 3],
      ['serial', 'a\u0000b', 4],
    ]);
    await acknowledged(gateway, 4);
    expect(await stored()).toEqual(['1/2']);
    const gaps = await database.db.selectFrom('delivery_gap').selectAll().orderBy('first_seq').execute();
    expect(gaps.map((gap) => [gap.first_seq, gap.reason])).toEqual([
      [1, 'rejected'],
      [3, 'rejected'],
      [4, 'rejected'],
    ]);
    expect(await count(server.registry, 'rejected_samples')).toBe(3);
    expect(await count(server.registry, 'malformed_messages')).toBeGreaterThanOrEqual(1);
  });

  it('tries a batch again until the database takes it: exactly once, and acknowledged only then', async () => {
    let failures = 0;
    let broken = false;
    const extra: BatchParticipant = {
      name: 'breaks',
      async apply(trx) {
        if (!broken) return;
        failures++;
        // Ends the transaction's own connection in mid-batch (F10).
        await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(trx);
      },
      committed: () => undefined,
      rolledBack: () => undefined,
    };
    const server = await startServer({ extra });
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [['pressure', 1, 1]]);
    await acknowledged(gateway, 1);
    broken = true;
    gateway.send('P-1', [
      ['pressure', 2, 2],
      ['pressure', 3, 3],
    ]);
    await until('it has failed twice', () => failures >= 2);
    expect(server.ingest.status()).toMatchObject({ ready: false, database: 'failing' });
    expect(gateway.watermarks.at(-1)?.seq).toBe(1);
    broken = false;
    await acknowledged(gateway, 3);
    expect(await stored()).toEqual(ids(1, 3));
    expect(server.ingest.status()).toMatchObject({ ready: true, database: 'ok', waitingSamples: 0 });
  });

  it('sets aside the one message the database refuses, and goes on', async () => {
    const extra: BatchParticipant = {
      name: 'refuses',
      async apply(trx, batch) {
        if (batch.samples.some((sample) => sample.value === 666)) await sql`SELECT 1 / 0`.execute(trx);
      },
      committed: () => undefined,
      rolledBack: () => undefined,
    };
    await startServer({ extra });
    const gateway = await startGateway();
    gateway.birth();
    gateway.send('P-1', [['pressure', 1, 1]]);
    gateway.send('P-1', [['pressure', 666, 2]]);
    gateway.send('P-1', [['pressure', 3, 3]]);
    await acknowledged(gateway, 3);
    expect(await stored()).toEqual(['1/1', '1/3']);
    const gaps = await database.db.selectFrom('delivery_gap').selectAll().execute();
    expect(gaps).toMatchObject([{ first_seq: 2, last_seq: 2, reason: 'rejected' }]);
  });

  it('keeps readings with impossible times once, under the time of their arrival', async () => {
    const server = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    const year2099 = Date.UTC(2099, 0, 1);
    gateway.send('P-1', [['pressure', 1, 1]], year2099);
    gateway.send('P-1', [['pressure', 2, 2]], 0);
    await acknowledged(gateway, 2);
    await server.ingest.stop();
    await database.db.updateTable('gateway').set({ watermark_seq: 0 }).execute();
    await startServer();
    await until('a rebirth is asked for', () => gateway.rebirths >= 1);
    gateway.send('P-1', [['pressure', 1, 1]], year2099);
    gateway.send('P-1', [['pressure', 2, 2]], 0);
    gateway.send('P-1', [['pressure', 3, 3]], Date.now() - 3 * 86_400_000);
    await acknowledged(gateway, 3);
    const rows = await database.db.selectFrom('sample').selectAll().orderBy('seq').execute();
    expect(rows.map((row) => [row.seq, row.quality])).toEqual([
      [1, 3],
      [2, 3],
      [3, 0],
    ]);
    expect(Math.abs((rows[0]?.time.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    const suspects = await database.db.selectFrom('clock_suspect').selectAll().orderBy('seq').execute();
    expect(suspects.map((row) => row.stated_time.getTime())).toEqual([year2099, 0]);
  });

  it('takes equipment offline with its gateway, ignores a stale death, and sees it come back', async () => {
    const server = await startServer();
    const { directory } = server.register;
    const gateway = await startGateway();
    gateway.birth(7);
    gateway.send('P-1', [['comm', true, 1]]);
    await acknowledged(gateway, 1);
    const death = (bdSeq: number): Buffer => encodePayload({ timestampMs: Date.now(), metrics: [bdSeqMetric(bdSeq)] });
    gateway.raw('NDEATH', undefined, death(6));
    gateway.send('P-1', [['pressure', 1, 2]]);
    await acknowledged(gateway, 2);
    expect(directory.gateway('gw1')?.online).toBe(true);
    gateway.raw('NDEATH', undefined, death(7));
    await until('the gateway is offline', () => directory.gateway('gw1')?.online === false);
    expect(directory.equipment('P-1')).toMatchObject({ online: false });
    expect(directory.equipment('gw1')).toMatchObject({ online: false });
    gateway.birth(8);
    gateway.send('P-1', [['comm', true, 3]]);
    await acknowledged(gateway, 3);
    expect(directory.equipment('P-1')).toMatchObject({ online: true, offlineSinceMs: null });
    const changes = server.batches.flatMap((batch) => batch.gatewayChanges);
    expect(changes.map(({ online }) => online)).toEqual([true, false, true]);
  });

  it('takes a gateway that stays silent after a start for offline', async () => {
    const first = await startServer();
    const gateway = await startGateway();
    gateway.birth();
    await until('it is online', () => first.register.directory.gateway('gw1')?.online === true);
    await first.ingest.stop();
    await gateway.client.endAsync(true);
    const second = await startServer({ silenceMs: 100 });
    expect(second.register.directory.gateway('gw1')?.online).toBe(true);
    await until('it is offline', () => second.register.directory.gateway('gw1')?.online === false);
  });

  it('starts anew with a higher epoch, refuses a lower one, and records what a gateway gave up', async () => {
    await startServer();
    const old = await startGateway('gw1', 1);
    old.birth();
    old.send('P-1', [
      ['pressure', 1, 1],
      ['pressure', 4, 4],
    ]);
    await acknowledged(old, 1);
    const fresh = await startGateway('gw1', 2);
    fresh.birth();
    fresh.send('P-1', [['pressure', 1, 1]]);
    await until('the new epoch is acknowledged', () => fresh.watermarks.at(-1)?.epoch === 2);
    const notice: Metric[] = [
      { name: 'Node Info/Dropped Through', type: 'Int64', value: 9, timestampMs: Date.now(), quality: 'good' },
      { name: 'Node Info/Dropped Records', type: 'Int64', value: 8, timestampMs: Date.now(), quality: 'good' },
    ];
    fresh.raw(
      'NBIRTH',
      undefined,
      encodePayload({ timestampMs: Date.now(), seq: 0, metrics: notice, delivery: { epoch: 2, seqs: [0, 0] } }),
    );
    await acknowledged(fresh, 9);
    old.birth();
    old.send('P-1', [['pressure', 2, 2]]);
    fresh.birth();
    fresh.send('P-1', [['pressure', 10, 10]]);
    await acknowledged(fresh, 10);
    expect(await stored()).toEqual(['1/1', '1/4', '2/1', '2/10']);
    const gaps = await database.db.selectFrom('delivery_gap').selectAll().orderBy('epoch').execute();
    expect(gaps.map((gap) => [gap.epoch, gap.first_seq, gap.last_seq, gap.reason])).toEqual([
      [1, 2, 3, 'epoch-changed'],
      [2, 2, 9, 'gateway-dropped'],
    ]);
  });

  it('shows edge nodes of other makers: generic equipment, values of births, comm from births and deaths', async () => {
    const server = await startServer();
    const { directory } = server.register;
    await database.db
      .insertInto('mqtt_account')
      .values({
        username: 'plant/ignition',
        role: 'gateway',
        group_id: 'plant',
        node_id: 'ignition',
        secret_hash: '',
        created_at: new Date(),
      })
      .execute();
    await sql`UPDATE mqtt_account SET secret_hash = encode(sha256('s3cret'::bytea), 'hex')`.execute(database.db);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      protocolVersion: 4,
      username: 'plant/ignition',
      password: 's3cret',
    });
    cleanup.push(() => client.endAsync(true));
    const now = Date.now();
    const metric = (name: string, value: number, alias?: number): Metric => ({
      name,
      type: 'Double',
      value,
      timestampMs: now,
      quality: 'good',
      ...(alias === undefined ? {} : { alias }),
    });
    client.publish(
      'spBv1.0/plant/NBIRTH/ignition',
      encodePayload({ timestampMs: now, seq: 0, metrics: [bdSeqMetric(0), metric('CPU/Load', 12)] }),
    );
    client.publish(
      'spBv1.0/plant/DBIRTH/ignition/Chiller 1',
      encodePayload({ timestampMs: now, seq: 1, metrics: [metric('Supply Temp', 7, 3)] }),
    );
    // A data message without data type: `alias` 3 (field 2), `double_value` 8.5 (field 13).
    const untyped = Buffer.concat([Buffer.from([0x10, 3, 0x69]), Buffer.from(new Float64Array([8.5]).buffer)]);
    const payload = Buffer.concat([
      Buffer.from([0x08, ...varint(now)]),
      Buffer.from([0x12, untyped.length]),
      untyped,
      Buffer.from([0x18, 2]),
    ]);
    client.publish('spBv1.0/plant/DDATA/ignition/Chiller 1', payload);
    await until('the value is there', () => server.latest.of('Chiller 1').get('Supply Temp')?.value === 8.5);
    expect(directory.equipment('Chiller 1')).toMatchObject({
      class: 'generic-equipment',
      online: true,
      gatewayId: 'plant/ignition',
    });
    expect(server.latest.of('plant/ignition').get('CPU/Load')?.value).toBe(12);
    client.publish('spBv1.0/plant/DDEATH/ignition/Chiller 1', encodePayload({ timestampMs: now, seq: 3, metrics: [] }));
    await until('comm is lost', () => server.latest.of('Chiller 1').get('comm')?.value === 0);
    expect(directory.equipment('Chiller 1')?.online).toBe(false);
  });

  it('writes the credentials of a gateway for its owner only, and keeps them', async () => {
    const first = await ensureGatewayAccount(database.db, dataDir, { node: 'gw9' });
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    expect(await ensureGatewayAccount(database.db, dataDir, { node: 'gw9' })).toEqual(first);
    rmSync(first.file);
    expect((await ensureGatewayAccount(database.db, dataDir, { node: 'gw9' })).password).not.toBe(first.password);
  });
});

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** bigint as number, as the product's own connections read it. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
}
