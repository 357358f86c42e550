// Parts for tests of ingest on real ones: mqtt.js -> aedes -> ingest -> PostgreSQL -> watermark.
import { mkdtempSync, rmSync } from 'node:fs';
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
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createRegister } from '../assets/register.ts';
import type { Tables } from '../migrations/tables.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { type Broker, createBroker } from '../platform/broker/broker.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { createLatestValues, type LatestValues } from '../telemetry/latest-values.ts';
import { createTelemetryParticipant } from '../telemetry/participant.ts';
import { createPostgresStore } from '../telemetry/stores/postgres/store.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { createMqttAccounts, ensureGatewayAccount, type MqttAccounts } from './mqtt-accounts.ts';
import type { BatchParticipant, IngestBatch } from './participant.ts';

const POINTS = ['comm', 'pressure', 'running', 'serial'] as const;
export let database: Pick<TestDatabase, 'db' | 'stop'>;
let broker: Broker;
export let port: number;
let accounts: MqttAccounts;
export let dataDir: string;
export const cleanup: (() => Promise<unknown>)[] = [];

/** Registers the hooks that give every test a clean database and a fresh broker. */
export function useIngest(): void {
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
}

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 15_000,
): Promise<void> {
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

interface ServerOptions {
  readonly silenceMs?: number;
  readonly extra?: BatchParticipant;
  readonly onNodeMessage?: (gatewayId: string, metrics: readonly Metric[]) => void;
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
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
    ...(options.onNodeMessage === undefined ? {} : { onNodeMessage: options.onNodeMessage }),
  });
  ingest.start();
  cleanup.push(() => ingest.stop());
  await until('ingest is ready', () => ingest.status().ready);
  return { ingest, latest, batches, registry, register };
}

export const count = async (registry: Registry, name: string): Promise<number> => {
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

export async function startGateway(node = 'gw1', epoch = 1): Promise<Gateway> {
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

export const bdSeqMetric = (value: number): Metric => ({
  name: BDSEQ,
  type: 'Int64',
  value,
  timestampMs: Date.now(),
  quality: 'good',
});
export const stored = async (): Promise<string[]> => {
  const rows = await database.db
    .selectFrom('sample')
    .select(['epoch', 'seq'])
    .orderBy('epoch')
    .orderBy('seq')
    .execute();
  return rows.map(({ epoch, seq }) => `${epoch}/${seq}`);
};
export const acknowledged = (gateway: Gateway, seq: number): Promise<void> =>
  until(`watermark ${seq}`, () => gateway.watermarks.at(-1)?.seq === seq);
export const ids = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `1/${first + index}`);

/** bigint as number, as the product's own connections read it. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
}
