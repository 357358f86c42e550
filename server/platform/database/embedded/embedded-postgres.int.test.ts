// The embedded PostgreSQL comes up wherever the data directory lies, is adopted when it outlived its server, and is gone
// after stop.
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../connection.ts';
import { accountForPostgres, canReach } from './account.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

const QUICK = ['fsync=off', 'shared_buffers=16MB'];
const folders: string[] = [];
const running: EmbeddedPostgres[] = [];

function newFolder(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'louwei-embedded-'));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}
async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const started = await startEmbeddedPostgres({ dataDir, settings: QUICK });
  running.push(started);
  return started;
}
async function one(url: string): Promise<number | undefined> {
  const database = openDatabase<unknown>({ url, poolSize: 1 });
  try {
    return (await sql<{ one: number }>`SELECT 1 AS one`.execute(database.db)).rows[0]?.one;
  } finally {
    await database.close();
  }
}

afterEach(async () => {
  for (const postgres of running.splice(0)) {
    await postgres.stop();
    const place = /PostgreSQL in (\S+)/.exec(postgres.description)?.[1];
    if (place?.startsWith('/var/lib/louwei/')) rmSync(join(place, '..'), { recursive: true, force: true });
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('lies in the data directory when its account can reach it', async () => {
    const dataDir = newFolder(0o755);
    const postgres = await start(dataDir);
    expect(await one(postgres.url)).toBe(1);
    expect(existsSync(join(dataDir, 'postgres/PG_VERSION'))).toBe(true);
  });

  it('comes up for a data directory that only its owner may enter, and says where it lies', async () => {
    const dataDir = newFolder(0o700);
    const postgres = await start(dataDir);
    expect(await one(postgres.url)).toBe(1);
    const account = accountForPostgres();
    const inside = account === undefined || canReach(account, join(dataDir, 'postgres'));
    expect(existsSync(join(dataDir, 'postgres/PG_VERSION'))).toBe(inside);
    expect(postgres.description).toMatch(
      account === undefined ? /^PostgreSQL in \S+$/ : new RegExp(`under account "${account.name}"$`),
    );
  });

  it('is adopted by the next start when it is still running, and gone after stop', async () => {
    const dataDir = newFolder(0o755);
    const first = await start(dataDir);
    const second = await start(dataDir);
    expect(second.url).toBe(first.url);
    expect(second.description).toContain('still running from before');
    await second.stop();
    await expect(one(first.url)).rejects.toThrow();
  });
});
