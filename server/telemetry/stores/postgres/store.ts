// Telemetry in PostgreSQL: one INSERT a batch, one query a history.
import { QUALITY_CODES } from '@louwei/device-profiles';
import { sql } from 'kysely';
import type { IngestedSample } from '../../../ingest/participant.ts';
import type { Trx } from '../../../migrations/tables.ts';
import { startOfDayMs } from '../../core/buckets.ts';
import type { HistoryBucket, LatestReading, TelemetryStore } from '../../store.ts';
import { numberColumn, textColumn } from './columns.ts';
import { convertToHypertable, createHypertableLayout, detectLayout } from './hypertable.ts';
import type { Layout } from './layout.ts';
import { createPartitions } from './partitions.ts';

export function createPostgresStore(): TelemetryStore {
  let layout: Layout = createPartitions();

  return {
    async start(db, nowMs) {
      const found = await detectLayout(db);
      if (found === 'convertible') await convertToHypertable(db);
      layout = found === 'native' ? createPartitions() : createHypertableLayout();
      await layout.start(db, nowMs);
    },

    async insert(trx, samples) {
      if (samples.length === 0) return { stored: 0, known: 0 };
      const rows = await withoutKnownTimes(trx, samples);
      await layout.ensure(trx, new Set(rows.map((sample) => sample.timeMs)));
      const stored = rows.length === 0 ? 0 : await insertRows(trx, rows);
      return { stored, known: samples.length - stored };
    },

    settled: (committed) => layout.settled(committed),

    async latest(db) {
      // The newest time is the newest reading except after a clock was set back; the next reading puts that right.
      const { rows } = await sql<LatestReading>`
        SELECT point.id AS "pointId", newest.value, newest.text, newest.quality,
          (extract(epoch FROM newest.time) * 1000)::float8 AS "timeMs",
          (extract(epoch FROM newest.device_time) * 1000)::float8 AS "deviceTimeMs", newest.epoch, newest.seq
        FROM point CROSS JOIN LATERAL (
          SELECT * FROM sample WHERE sample.point_id = point.id ORDER BY time DESC, epoch DESC, seq DESC LIMIT 1
        ) AS newest`.execute(db);
      return rows;
    },

    async history(db, { pointIds, fromMs, toMs, bucketMs }) {
      const good = sql.lit(QUALITY_CODES.good);
      const { rows } = await sql<HistoryBucket>`
        SELECT point_id AS "pointId",
          (extract(epoch FROM date_bin(${`${bucketMs} milliseconds`}::interval, time, 'epoch'::timestamptz)) * 1000)::float8 AS "startMs",
          min(value) FILTER (WHERE quality = ${good}) AS min, max(value) FILTER (WHERE quality = ${good}) AS max,
          avg(value) FILTER (WHERE quality = ${good}) AS avg, count(*)::int AS count,
          (count(*) FILTER (WHERE quality = ${good}))::float8 / count(*) AS "goodShare"
        FROM sample
        WHERE point_id = ANY (${numberColumn(pointIds, (id) => id)}::int[])
          AND time >= ${new Date(fromMs)} AND time < ${new Date(toMs)}
        GROUP BY 1, 2 ORDER BY 1, 2`.execute(db);
      return rows;
    },

    async maintain(db, nowMs, retentionDays) {
      const { dropped, keptFromMs } = await layout.maintain(db, nowMs, retentionDays);
      if (Number.isFinite(keptFromMs))
        await sql`DELETE FROM clock_suspect WHERE stored_time < ${new Date(startOfDayMs(keptFromMs))}`.execute(db);
      return dropped;
    },
  };
}

async function insertRows(trx: Trx, rows: readonly IngestedSample[]): Promise<number> {
  const numbers = (pick: (row: IngestedSample) => number | null): string => numberColumn(rows, pick);
  const result = await sql`
    INSERT INTO sample (point_id, time, epoch, seq, value, text, quality, device_time, received_at)
    SELECT point_id, to_timestamp(time), epoch, seq, value, text, quality, to_timestamp(device_time), to_timestamp(received_at)
    FROM unnest(
      ${numbers((row) => row.pointId)}::int[], ${numbers((row) => row.timeMs / 1000)}::float8[],
      ${numbers((row) => row.epoch)}::bigint[], ${numbers((row) => row.seq)}::bigint[],
      ${numbers((row) => row.value)}::float8[], ${textColumn(rows, (row) => row.text)}::text[],
      ${numbers((row) => QUALITY_CODES[row.quality])}::smallint[],
      ${numbers((row) => (row.deviceTimeMs === null ? null : row.deviceTimeMs / 1000))}::float8[],
      ${numbers((row) => row.receivedAtMs / 1000)}::float8[]
    ) AS new (point_id, time, epoch, seq, value, text, quality, device_time, received_at)
    ON CONFLICT DO NOTHING`.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
}

/**
 * A reading with an impossible time is stored under the time of its arrival, so its primary key differs when it is sent
 * again. What it said is kept in `clock_suspect`, whose key is the reading's identity alone: sent again, it is refused.
 * A reading that was believed first and is not now, or the other way round, is recognised as well.
 */
async function withoutKnownTimes(trx: Trx, samples: readonly IngestedSample[]): Promise<readonly IngestedSample[]> {
  const suspects = samples.filter((sample) => sample.statedTimeMs !== undefined);
  const ahead = samples.filter((sample) => sample.statedTimeMs === undefined && sample.timeMs > sample.receivedAtMs);
  if (suspects.length + ahead.length === 0) return samples;
  const key = (row: { pointId: number; epoch: number; seq: number }): string =>
    `${row.pointId} ${row.epoch} ${row.seq}`;
  const identity = (rows: readonly IngestedSample[]) => sql`unnest(
    ${numberColumn(rows, (row) => row.pointId)}::int[], ${numberColumn(rows, (row) => row.epoch)}::bigint[],
    ${numberColumn(rows, (row) => row.seq)}::bigint[],
    ${numberColumn(rows, (row) => (row.statedTimeMs ?? row.timeMs) / 1000)}::float8[],
    ${numberColumn(rows, (row) => row.timeMs / 1000)}::float8[]) AS new (point_id, epoch, seq, stated, stored)`;
  type Identity = { pointId: number; epoch: number; seq: number };
  const drop = new Set<string>();
  if (ahead.length > 0) {
    const { rows } = await sql<Identity>`
      SELECT point_id AS "pointId", epoch, seq FROM clock_suspect JOIN ${identity(ahead)} USING (point_id, epoch, seq)`.execute(
      trx,
    );
    for (const row of rows) drop.add(key(row));
  }
  if (suspects.length > 0) {
    const { rows } = await sql<Identity>`
      INSERT INTO clock_suspect (point_id, epoch, seq, stated_time, stored_time)
      SELECT point_id, epoch, seq, to_timestamp(stated), to_timestamp(stored) FROM ${identity(suspects)}
      WHERE NOT EXISTS (SELECT 1 FROM sample WHERE sample.point_id = new.point_id
        AND sample.time = to_timestamp(new.stated) AND sample.epoch = new.epoch AND sample.seq = new.seq)
      ON CONFLICT DO NOTHING RETURNING point_id AS "pointId", epoch, seq`.execute(trx);
    const fresh = new Set(rows.map(key));
    for (const sample of suspects) if (!fresh.has(key(sample))) drop.add(key(sample));
  }
  return samples.filter((sample) => !drop.has(key(sample)));
}
