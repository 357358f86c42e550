// Forward-only migrations: numbered SQL files, each applied once in its own transaction under an advisory lock, and
// remembered with its checksum. A file that was applied and later edited stops the start: history is not rewritten.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Arbitrary, fixed: keeps two servers from migrating at once. */
const LOCK_KEY = 7_011_974;

/** The `NNNN_name.sql` files of a folder, in order. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { name, sql: text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

/**
 * Applies what is missing.
 * @returns names of the files applied now.
 * @throws Error when an applied file has changed or the database knows a newer one (a downgrade).
 */
export async function migrate<Tables>(db: Kysely<Tables>, migrations: readonly Migration[]): Promise<string[]> {
  return db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${LOCK_KEY})`.execute(connection);
    try {
      await sql`CREATE TABLE IF NOT EXISTS migration (
        name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
      )`.execute(connection);
      const known = await sql<{ name: string; checksum: string }>`SELECT name, checksum FROM migration`.execute(
        connection,
      );
      const checksums = new Map(known.rows.map((row) => [row.name, row.checksum]));
      checkHistory(checksums, migrations);
      const missing = migrations.filter((migration) => !checksums.has(migration.name));
      for (const migration of missing) {
        await connection.transaction().execute(async (trx) => {
          await sql.raw(migration.sql).execute(trx);
          await sql`INSERT INTO migration (name, checksum) VALUES (${migration.name}, ${migration.checksum})`.execute(
            trx,
          );
        });
      }
      return missing.map((migration) => migration.name);
    } finally {
      await sql`SELECT pg_advisory_unlock(${LOCK_KEY})`.execute(connection);
    }
  });
}

function checkHistory(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const files = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  for (const [name, checksum] of applied) {
    const now = files.get(name);
    if (now === undefined)
      throw new Error(`the database was migrated by a newer version: it knows ${name}, this version does not`);
    if (now !== checksum) throw new Error(`migration ${name} was changed after it had been applied`);
  }
}
