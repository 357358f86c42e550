// Migrations run once, in order, and refuse a history that was rewritten or comes from a newer version.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { type Migration, migrate } from './migrate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await sql`DROP TABLE migration`.execute(database.db);
});
afterAll(() => database.stop());

const first: Migration = { name: '0001_a.sql', sql: 'CREATE TABLE a (n int)', checksum: 'a1' };
const second: Migration = {
  name: '0002_b.sql',
  sql: 'CREATE TABLE b (n int); INSERT INTO b VALUES (1)',
  checksum: 'b1',
};

describe('migrate', () => {
  it('applies what is missing, once', async () => {
    expect(await migrate(database.db, [first])).toEqual(['0001_a.sql']);
    expect(await migrate(database.db, [first, second])).toEqual(['0002_b.sql']);
    expect(await migrate(database.db, [first, second])).toEqual([]);
  });

  it('leaves nothing of a file that fails', async () => {
    const broken: Migration = { name: '0003_c.sql', sql: 'CREATE TABLE c (n int); SELECT nonsense', checksum: 'c1' };
    await expect(migrate(database.db, [first, second, broken])).rejects.toThrow(/nonsense/);
    const { rows } = await sql<{ found: string | null }>`SELECT to_regclass('c')::text AS found`.execute(database.db);
    expect(rows[0]?.found).toBeNull();
    const mended = { ...broken, sql: 'CREATE TABLE c (n int)' };
    expect(await migrate(database.db, [first, second, mended])).toEqual(['0003_c.sql']);
  });

  it('refuses a changed file and a database of a newer version', async () => {
    await expect(migrate(database.db, [{ ...first, checksum: 'a2' }, second])).rejects.toThrow(
      '0001_a.sql was changed',
    );
    await expect(migrate(database.db, [first])).rejects.toThrow('newer version');
  });
});
