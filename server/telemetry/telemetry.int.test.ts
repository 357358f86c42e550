import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegister } from '../assets/register.ts';
import type { IngestedSample } from '../ingest/participant.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import type { Caller } from '../platform/http/route.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { DAY_MS, startOfDayMs } from './core/buckets.ts';
import { createLatestValues } from './latest-values.ts';
import { createRetention } from './retention.ts';
import { telemetryRoutes } from './routes.ts';
import { detectLayout } from './stores/postgres/hypertable.ts';
import { createPostgresStore } from './stores/postgres/store.ts';

const caller: Caller = { personId: '', username: '', role: '', sessionId: '' };
const NOW = startOfDayMs(Date.now()) + DAY_MS / 2;
let database: TestDatabase;
let points: Map<string, number>;
const register = createRegister(() => false);
const store = createPostgresStore();
let seq = 0;

const sample = (
  point: string,
  value: number | null,
  timeMs: number,
  more: Partial<IngestedSample> = {},
): IngestedSample => ({
  gatewayId: 'gw1',
  equipmentId: 'P-1',
  pointId: points.get(point) ?? 0,
  point,
  value,
  text: null,
  quality: 'good',
  timeMs,
  deviceTimeMs: null,
  receivedAtMs: NOW,
  epoch: 1,
  seq: ++seq,
  ...more,
});
async function insert(samples: readonly IngestedSample[]) {
  const outcome = await database.db.transaction().execute((trx) => store.insert(trx, samples));
  store.settled(true);
  return outcome;
}
const partitions = async (): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'sample'::regclass ORDER BY 1`.execute(
    database.db,
  );
  return rows.map(({ name }) => name);
};

beforeAll(async () => {
  database = await startTestDatabase();
  await database.db.transaction().execute(async (trx) => {
    await register.registerGateway(trx, { group: 'louwei', node: 'gw1', provesDelivery: true }, NOW);
    const names = ['pressure', 'flow', 'late', 'old'].map((name) => ({ name, type: 'Double' }));
    await register.registerBirth(trx, { gatewayId: 'gw1', deviceId: 'P-1', properties: {}, points: names }, NOW);
  });
  register.adopt();
  points = new Map(
    [...(register.directory.equipment('P-1')?.points.values() ?? [])].map((point) => [point.name, point.pointId]),
  );
  await store.start(database.db, NOW);
});
afterAll(() => database?.stop());

describe('telemetry in PostgreSQL', () => {
  it('uses native partitions without TimescaleDB, with the days ahead made', async () => {
    expect(await detectLayout(database.db)).toBe('native');
    expect(await partitions()).toHaveLength(4);
  });

  it('stores each reading once and says how many it had', async () => {
    const batch = [
      sample('flow', 1, NOW),
      sample('flow', 2, NOW),
      sample('flow', null, NOW, { text: 'a,"b"\\{}', quality: 'timeout' }),
    ];
    expect(await insert(batch)).toEqual({ stored: 3, known: 0 });
    expect(await insert([...batch, sample('flow', 3, NOW)])).toEqual({ stored: 1, known: 3 });
    const rows = await database.db
      .selectFrom('sample')
      .selectAll()
      .where('point_id', '=', points.get('flow') ?? 0)
      .orderBy('seq')
      .execute();
    expect(rows.map((row) => [row.value, row.text, row.time.getTime()])).toEqual([
      [1, null, NOW],
      [2, null, NOW],
      [null, 'a,"b"\\{}', NOW],
      [3, null, NOW],
    ]);
  });

  it('makes partitions for late readings, and again when the first transaction was rolled back', async () => {
    const late = sample('late', 5, NOW - 30 * DAY_MS);
    await expect(
      database.db.transaction().execute(async (trx) => {
        await store.insert(trx, [late]);
        throw new Error('something else failed');
      }),
    ).rejects.toThrow('something else');
    store.settled(false);
    expect(await insert([late])).toEqual({ stored: 1, known: 0 });
  });

  it('answers history in buckets with the share of good readings', async () => {
    const start = NOW - 3_600_000;
    await insert([
      sample('pressure', 1, start),
      sample('pressure', 3, start + 1_000),
      sample('pressure', 99, start + 2_000, { quality: 'out-of-range' }),
      sample('pressure', null, start + 3_000, { quality: 'timeout' }),
      sample('pressure', 7, start + 60_000),
      sample('pressure', 8, NOW),
    ]);
    const [history] = telemetryRoutes({ db: database.db, store, directory: register.directory });
    const ask = (points: string, from: string, to: string) =>
      history?.handle({
        params: { id: 'P-1' },
        query: { points, from, to, maxPoints: 60 },
        body: undefined,
        caller,
        ip: '',
        cookies: {},
      });
    const reply = await ask('pressure,flow', new Date(start).toISOString(), new Date(NOW).toISOString());
    expect(reply?.body).toEqual({
      from: new Date(start).toISOString(),
      to: new Date(NOW).toISOString(),
      bucketMs: 60_000,
      series: [
        {
          point: 'pressure',
          buckets: [
            [start, 1, 3, 2, 4, 0.5],
            [start + 60_000, 7, 7, 7, 1, 1],
          ],
        },
        { point: 'flow', buckets: [] },
      ],
    });
    await expect(ask('nothing', '2026-01-01', '2026-01-02')).rejects.toMatchObject({
      status: 400,
      code: 'invalid-request',
    });
    await expect(ask('flow', 'yesterday', '2026-01-02')).rejects.toMatchObject({ status: 400 });
    await expect(ask('flow', '2026-01-02', '2026-01-01')).rejects.toMatchObject({ status: 400 });
  });

  it('finds the newest reading of every point, which then only a later one in the stream replaces', async () => {
    const latest = createLatestValues();
    latest.load(await store.latest(database.db), register.directory);
    expect(latest.of('P-1').get('pressure')).toMatchObject({ value: 8, timeMs: NOW, quality: 'good' });
    expect(latest.newestMs).toBe(NOW);
    const known = latest.of('P-1').get('pressure')?.seq ?? 0;
    latest.adopt([sample('pressure', 9, NOW + 1, { seq: known - 1 })]);
    expect(latest.of('P-1').get('pressure')?.value).toBe(8);
    latest.adopt([sample('pressure', 9, NOW - 1, { seq: known + 1 })]);
    expect(latest.of('P-1').get('pressure')?.value).toBe(9);
  });

  it('drops whole days past the retention once newer ones fill it, whatever the clock says', async () => {
    await insert([sample('old', 1, NOW - 12 * DAY_MS)]);
    const dropped: string[] = [];
    let nowMs = NOW;
    const retention = createRetention({
      db: database.db,
      store,
      queue: createSerialQueue(),
      retentionDays: 20,
      now: () => nowMs,
      onDropped: (names) => void dropped.push(...names),
      onError: () => undefined,
    });
    const rows = async (): Promise<number> => {
      const count = await database.db
        .selectFrom('sample')
        .select(({ fn }) => fn.countAll().as('rows'))
        .executeTakeFirst();
      return Number(count?.rows);
    };
    const before = await rows();
    for (nowMs of [NOW, NOW + 40 * 365 * DAY_MS, NOW]) await retention.run();
    expect([dropped, await rows()]).toEqual([[], before]);
    expect((await partitions()).filter((name) => name.startsWith('sample_206'))).toEqual([]);

    await insert(Array.from({ length: 20 }, (_, index) => sample('flow', 1, NOW - index * DAY_MS)));
    await retention.run();
    expect(dropped).toEqual([`sample_${new Date(NOW - 30 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`]);
    expect(await rows()).toBe(before + 19);
    await insert([sample('late', 6, NOW - 15 * DAY_MS)]);
  });
});
