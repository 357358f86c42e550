// A month of one point at a reading every 5 s, back-tested with today's and drafted settings over the API, beside merely
// reading the same rows from the same database in the same run.
import pg from 'pg';
import { signIn } from '../e2e/client.ts';
import { embeddedDatabaseUrl, until } from '../e2e/product.ts';
import { withBenchServer } from './bench-server.ts';
import { type BenchResult, round } from './report.ts';

const DAYS = 30;
const EVERY_S = 5;
const READINGS = (DAYS * 86_400) / EVERY_S;
const POINT = 'windingTemperatureMax';
const DAY_MS = 86_400_000;

interface Answer {
  readonly today: { readonly count: number };
  readonly draft: { readonly count: number };
  readonly history: readonly { readonly readings: number }[];
  readonly engineMs: number;
  readonly tookMs: number;
}

export function benchBacktest(): Promise<BenchResult> {
  const stated = () => ({ class: 'dry-type-transformer', points: [POINT] });
  return withBenchServer({ devices: 1, pointsPerDevice: 1, stated }, async (product, node) => {
    const client = await signIn(product.url);
    await until('the device is registered', 20_000, async () =>
      (await client.get<{ items: { id: string }[] }>('/api/v1/equipment')).items.some(({ id }) => id === 'D0'),
    );
    await node.stop();
    const toMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const fromMs = toMs - DAYS * DAY_MS;
    const database = new pg.Client({ connectionString: embeddedDatabaseUrl(product.dataDir) });
    await database.connect();
    await fill(database, fromMs);
    const runs: Answer[] = [];
    for (let run = 0; run < 5; run++) {
      const { status, body } = await client.send<Answer>('POST', '/api/v1/alarm-backtest', {
        equipmentId: 'D0',
        alarm: 'winding-overtemperature',
        draft: { values: { 'alarms.winding-overtemperature.deadband': 2, 'parameters.windingAlarmTemperature': 125 } },
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      });
      if (status !== 200 || body.history[0]?.readings !== READINGS)
        throw new Error(`back-test: ${status} ${JSON.stringify(body).slice(0, 500)}, expected ${READINGS} readings`);
      runs.push(body);
    }
    const began = performance.now();
    await database.query('SELECT time, epoch, seq, value, quality FROM sample ORDER BY time');
    const plainReadMs = performance.now() - began;
    await database.end();
    const engine = runs.map(({ engineMs }) => engineMs).sort((a, b) => a - b);
    const took = runs.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    return {
      figures: {
        readings: READINGS,
        activationsToday: runs[0]?.today.count ?? 0,
        activationsDraft: runs[0]?.draft.count ?? 0,
        engineMsMedianOf5: engine[2] ?? 0,
        engineMsWorstOf5: engine[4] ?? 0,
        requestMsMedianOf5: took[2] ?? 0,
      },
      baseline: { readAllRowsMs: round(plainReadMs, 0) },
    };
  });
}

/** Daily curve with noise around the limit of 130 °C, in partitions as the server makes them. */
async function fill(database: pg.Client, fromMs: number): Promise<void> {
  const { rows } = await database.query<{ id: number }>('SELECT id FROM point WHERE name = $1', [POINT]);
  for (let day = 0; day < DAYS; day++) {
    const startMs = fromMs + day * DAY_MS;
    const name = `sample_bench_${day}`;
    const bounds = [startMs, startMs + DAY_MS].map((ms) => `'${new Date(ms).toISOString()}'`);
    await database
      .query(`CREATE TABLE ${name} PARTITION OF sample FOR VALUES FROM (${bounds[0]}) TO (${bounds[1]})`)
      .catch((error: unknown) => {
        // The server has this day already.
        if (!(error instanceof Error && error.message.includes('overlap'))) throw error;
      });
  }
  await database.query(
    `INSERT INTO sample (point_id, time, epoch, seq, value, quality, received_at)
     SELECT $1, to_timestamp($2::float8 + n * ${EVERY_S}), 1, n,
       118 + 12 * sin(n * ${EVERY_S} * 2 * pi() / 86400) + 3 * sin(n * 0.7) + 2 * sin(n * 2.3), 0, now()
     FROM generate_series(0, ${READINGS - 1}) AS n`,
    [rows[0]?.id, fromMs / 1000],
  );
}
