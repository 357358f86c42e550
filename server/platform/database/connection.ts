// A pool of connections to PostgreSQL as a Kysely database. bigint is read as number: every bigint of ours (sequence
// numbers, epochs in ms) stays far below 2^53.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const INT8 = 20;

const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === INT8 && format !== 'binary') return (text: string) => Number(text);
    return pg.types.getTypeParser(oid, format);
  },
};

export interface Database<Tables> {
  readonly db: Kysely<Tables>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections at a time. */
  readonly poolSize?: number;
  /** A connection broke while idle; the pool replaces it. */
  readonly onIdleError?: (error: Error) => void;
}

/** Opens no connection by itself; the first query does. */
export function openDatabase<Tables>(options: DatabaseOptions): Database<Tables> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 8,
    connectionTimeoutMillis: 10_000,
    types,
    application_name: 'louwei',
  });
  // Without listeners a connection that breaks, idle or in use, would end the process; a query in progress rejects anyway.
  pool.on('error', (error) => options.onIdleError?.(error));
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}
