// A connection that PostgreSQL ends, idle or in the middle of a transaction, fails that transaction and nothing else.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { type Database, openDatabase } from './connection.ts';

let database: TestDatabase;
let own: Database<unknown>;
beforeAll(async () => {
  database = await startTestDatabase();
  own = openDatabase<unknown>({ url: database.url, poolSize: 1 });
});
afterAll(async () => {
  await own.close();
  await database.stop();
});

const backend = async (): Promise<number> => {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(own.db);
  return rows[0]?.pid ?? 0;
};

describe('a connection ended by the server', () => {
  it('rejects the running transaction, and the next query works', async () => {
    const transaction = own.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
      await sql`SELECT pg_terminate_backend(${rows[0]?.pid ?? 0})`.execute(database.db);
      await sql`SELECT 1`.execute(trx);
    });
    await expect(transaction).rejects.toThrow();
    expect(await backend()).toBeGreaterThan(0);
  });

  it('while idle is replaced', async () => {
    const pid = await backend();
    await sql`SELECT pg_terminate_backend(${pid})`.execute(database.db);
    await expect.poll(() => backend().catch(() => pid)).not.toBe(pid);
  });

  it('reads bigint as number and keeps milliseconds of a time', async () => {
    const { rows } = await sql<{
      big: number;
      at: Date;
    }>`SELECT 9007199254740991::bigint AS big, to_timestamp(1732300000.123) AS at`.execute(own.db);
    expect(rows[0]).toEqual({ big: 9007199254740991, at: new Date(1732300000123) });
  });
});
