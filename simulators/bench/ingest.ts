// Committed values per second through the whole server (MQTT, decode, one transaction with alarms and watermark), beside
// the raw INSERT ... unnest ... ON CONFLICT rate of the same database in the same run.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { embeddedDatabaseUrl } from '../e2e/product.ts';
import { withBenchServer } from './bench-server.ts';
import type { EdgeNode } from './edge-node.ts';
import { type BenchResult, round } from './report.ts';

const DEVICES = 40;
const POINTS = 50;
const VALUES_PER_MESSAGE = 50;
const WINDOW_VALUES = 32_000;
const SECONDS = 15;
const RAW_BATCH = 5_000;

export async function benchIngest(): Promise<BenchResult> {
  return withBenchServer({ devices: DEVICES, pointsPerDevice: POINTS }, async (product, node) => {
    const pump = createPump(node);
    await pump.runFor(3);
    const began = { seq: node.committedSeq, at: performance.now() };
    await pump.runFor(SECONDS);
    const seconds = (performance.now() - began.at) / 1000;
    const committedPerSecond = (node.committedSeq - began.seq) / seconds;
    await node.committed(node.sentSeq, 30_000);
    await node.stop();

    const database = new pg.Client({ connectionString: embeddedDatabaseUrl(product.dataDir) });
    await database.connect();
    const stored = Number((await database.query('SELECT count(*) AS n FROM sample')).rows[0]?.n);
    const rawPerSecond = await rawInsertRate(database);
    await database.end();
    if (stored !== node.sentSeq) throw new Error(`sent ${node.sentSeq} values, the database has ${stored}`);
    return {
      figures: {
        committedValuesPerSecond: round(committedPerSecond, 0),
        valuesSent: node.sentSeq,
        valuesStored: stored,
        shareOfRawInsert: round(committedPerSecond / rawPerSecond, 3),
      },
      baseline: { rawInsertValuesPerSecond: round(rawPerSecond, 0) },
    };
  });
}

function createPump(node: EdgeNode) {
  let device = 0;
  let tick = 0;
  return {
    async runFor(seconds: number): Promise<void> {
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        let sent = 0;
        while (node.sentSeq - node.committedSeq < WINDOW_VALUES && sent < 100) {
          const now = Date.now();
          node.publish(
            device,
            Array.from({ length: VALUES_PER_MESSAGE }, (_, point) => (tick + point) % 1000),
            now,
          );
          device = (device + 1) % DEVICES;
          tick++;
          sent++;
        }
        await delay(sent === 0 ? 2 : 0);
      }
    },
  };
}

/** The same rows, straight into a table of the same shape over one connection, batch after batch, durable like ours. */
async function rawInsertRate(database: pg.Client): Promise<number> {
  await database.query('CREATE TABLE bench_raw (LIKE sample INCLUDING ALL)');
  let seq = 0;
  const began = performance.now();
  let seconds = 0;
  do {
    const rows = Array.from({ length: RAW_BATCH }, () => ++seq);
    await database.query(
      `INSERT INTO bench_raw (point_id, time, epoch, seq, value, text, quality, device_time, received_at)
       SELECT p, to_timestamp(t / 1000.0), 1, s, v, NULL, 0, NULL, now()
       FROM unnest($1::int[], $2::float8[], $3::int8[], $4::float8[]) AS u(p, t, s, v) ON CONFLICT DO NOTHING`,
      [rows.map((row) => row % 2000), rows.map(() => Date.now()), rows, rows.map((row) => row % 1000)],
    );
    seconds = (performance.now() - began) / 1000;
  } while (seconds < 6);
  await database.query('DROP TABLE bench_raw');
  return seq / seconds;
}
