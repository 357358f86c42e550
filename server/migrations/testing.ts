// A real PostgreSQL for one test file: own temporary folder, free port, all migrations applied, durability off.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../platform/database/connection.ts';
import { startEmbeddedPostgres } from '../platform/database/embedded/embedded-postgres.ts';
import { migrate, readMigrations } from '../platform/database/migrate.ts';
import type { Db, Tables } from './tables.ts';

export interface TestDatabase {
  readonly url: string;
  readonly db: Db;
  readonly dataDir: string;
  stop(): Promise<void>;
}

export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'louwei-test-'));
  // mkdtemp makes it 0700; when the tests run as root PostgreSQL's account has to pass through.
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir,
    settings: ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'shared_buffers=32MB'],
  });
  const database = openDatabase<Tables>({ url: server.url });
  await migrate(database.db, readMigrations(import.meta.dirname));
  return {
    url: server.url,
    db: database.db,
    dataDir,
    async stop() {
      await database.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
