// `sample` as a TimescaleDB hypertable. The partitioned table of the migration is replaced by a plain one while it has
// no partition yet; a database that already keeps readings in native partitions stays as it is.
import { sql } from 'kysely';
import type { Db } from '../../../migrations/tables.ts';
import { keptFromMs } from '../../core/retention.ts';
import type { Layout } from './layout.ts';

/** `native`: partitions exist or TimescaleDB does not. */
export async function detectLayout(db: Db): Promise<'native' | 'hypertable' | 'convertible'> {
  const available = await sql`SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'`.execute(db);
  if (available.rows.length === 0) return 'native';
  const { rows } = await sql<{ kind: string; partitions: number }>`
    SELECT relkind AS kind, (SELECT count(*) FROM pg_inherits WHERE inhparent = pg_class.oid)::int AS partitions
    FROM pg_class WHERE oid = 'sample'::regclass`.execute(db);
  if (rows[0]?.kind === 'r') return 'hypertable';
  return rows[0]?.partitions === 0 ? 'convertible' : 'native';
}

export async function convertToHypertable(db: Db): Promise<void> {
  await sql`CREATE EXTENSION IF NOT EXISTS timescaledb`.execute(db);
  await db.transaction().execute(async (trx) => {
    await sql`CREATE TABLE sample_plain (LIKE sample INCLUDING ALL)`.execute(trx);
    await sql`DROP TABLE sample`.execute(trx);
    await sql`ALTER TABLE sample_plain RENAME TO sample`.execute(trx);
    await sql`SELECT create_hypertable('sample', 'time', chunk_time_interval => INTERVAL '1 day', create_default_indexes => FALSE)`.execute(
      trx,
    );
  });
}

/** TimescaleDB makes its chunks by itself. */
export function createHypertableLayout(): Layout {
  return {
    async start() {},
    async ensure() {},
    settled() {},
    async maintain(db, nowMs, retentionDays) {
      const chunks = await sql<{ start: Date }>`
        SELECT range_start AS start FROM timescaledb_information.chunks WHERE hypertable_name = 'sample'`.execute(db);
      const days = chunks.rows.map(({ start }) => start.getTime());
      const fromMs = keptFromMs(days, nowMs, retentionDays);
      if (!Number.isFinite(fromMs)) return { dropped: [], keptFromMs: fromMs };
      const { rows } = await sql<{ name: string }>`
        SELECT drop_chunks('sample', older_than => ${new Date(fromMs)}::timestamptz)::text AS name`.execute(db);
      return { dropped: rows.map((row) => row.name), keptFromMs: fromMs };
    },
  };
}
