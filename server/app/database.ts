// The database of this installation: given by DATABASE_URL, or PostgreSQL as a child process in the data directory.
// A given one that does not answer is waited for, and said so once.
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db, Tables } from '../migrations/tables.ts';
import { openDatabase } from '../platform/database/connection.ts';
import { startEmbeddedPostgres } from '../platform/database/embedded/embedded-postgres.ts';
import type { Logger } from '../platform/log.ts';
import type { Cleanups } from './cleanups.ts';
import type { Config } from './config.ts';

const RETRY_MS = { first: 500, most: 15_000 };

export async function openConfiguredDatabase(config: Config, log: Logger, cleanups: Cleanups): Promise<Db> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
    cleanups.add('embedded PostgreSQL', embedded.stop);
    log.info(embedded.description);
    url = embedded.url;
  }
  const database = openDatabase<Tables>({
    url,
    onIdleError: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  cleanups.add('database connections', database.close);
  return database.db;
}

/** Settles when the database answers; until then `waiting` tells what it waits for. */
export async function untilDatabaseAnswers(
  db: Db,
  log: Logger,
  signal: AbortSignal,
  waiting: (reason: string) => void,
): Promise<void> {
  for (let pauseMs = RETRY_MS.first; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS.most)) {
    try {
      await sql`SELECT 1`.execute(db);
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (pauseMs === RETRY_MS.first) log.warn({ reason }, 'the database does not answer; waiting for it');
      waiting(reason);
      await delay(pauseMs, undefined, { signal });
    }
  }
}
