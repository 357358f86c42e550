// The outbox's SQLite file: opened exclusively, WAL with synchronous=FULL, and set aside when it is damaged, because a
// gateway in a plant room has nobody to repair it (vector#17644, #18336: crash loops on a damaged buffer).
import { accessSync, constants, existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA_VERSION = 1;
const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE point (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  UNIQUE (device, name)
) STRICT;
CREATE TABLE record (
  seq INTEGER PRIMARY KEY, point INTEGER NOT NULL, time INTEGER NOT NULL, device_time INTEGER, value,
  quality INTEGER NOT NULL
);
PRAGMA user_version = ${SCHEMA_VERSION};
INSERT INTO meta VALUES ('schema', ${SCHEMA_VERSION});
`;

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE = { BUSY: 5, READONLY: 8, CORRUPT: 11, FULL: 13, NOTADB: 26 } as const;
/** PERM, NOMEM, READONLY, IOERR, FULL, CANTOPEN, AUTH: the surroundings are at fault, not the content of the file. */
const SURROUNDINGS = new Set([3, 7, 8, 10, 13, 14, 23]);

/** The file is open in another process. */
export class OutboxInUse extends Error {
  constructor(file: string) {
    super(`${file} is in use by another process`);
    this.name = 'OutboxInUse';
  }
}

export interface OpenedDatabase {
  readonly db: DatabaseSync;
  /** Where a damaged file was moved to just now. */
  readonly setAside?: string;
  /** Damaged files lying beside the outbox, all times together. */
  readonly damagedFiles: number;
}

/**
 * @throws OutboxInUse when another process has it; otherwise the error of the file system.
 */
export function openDatabase(file: string, nowMs: number): OpenedDatabase {
  let setAside: string | undefined;
  let db: DatabaseSync;
  try {
    db = openSound(file);
  } catch (error) {
    if (isSqlite(error, SQLITE.BUSY)) throw new OutboxInUse(file);
    const code = sqliteCode(error);
    if (!(error instanceof Damaged) && (code === undefined || SURROUNDINGS.has(code))) throw error;
    const oldEpoch = readEpoch(file);
    setAside = moveAside(file, nowMs);
    db = openSound(file);
    if (oldEpoch !== undefined) writeMeta(db, 'epoch', oldEpoch + 1);
  }
  if (readMeta(db, 'next_seq') === undefined) {
    writeMeta(db, 'epoch', Math.max(nowMs, readMeta(db, 'epoch') ?? 0));
    writeMeta(db, 'next_seq', 1);
  }
  return { db, damagedFiles: countAside(file), ...(setAside === undefined ? {} : { setAside }) };
}

export const isDiskFull = (error: unknown): boolean => isSqlite(error, SQLITE.FULL);
export const isDamage = (error: unknown): boolean => isSqlite(error, SQLITE.CORRUPT) || isSqlite(error, SQLITE.NOTADB);

export function readMeta(db: DatabaseSync, key: string): number | undefined {
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return row === undefined ? undefined : Number(row['value']);
}

export function writeMeta(db: DatabaseSync, key: string, value: number): void {
  db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value);
}

class Damaged extends Error {}

function openSound(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  try {
    // Exclusive: the lock of a second gateway on the same directory fails at once, and WAL needs no shared memory file.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // The log stays near 1 MB, so that the ballast is enough to write it on a full disk.
    db.exec('PRAGMA wal_autocheckpoint = 256; BEGIN IMMEDIATE');
    const version = schemaVersion(db);
    if (version === 0) db.exec(SCHEMA);
    db.exec('COMMIT');
    const check = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (check !== 'ok') throw new Damaged(String(check));
    // Before its tables are looked for: a newer file may have others, and is not damaged for that (F43).
    if (version > SCHEMA_VERSION) {
      throw new Error(
        `${file} was written by a newer version (schema ${version}, this program knows ${SCHEMA_VERSION})`,
      );
    }
    for (const table of ['meta', 'point', 'record']) db.prepare(`SELECT * FROM ${table} LIMIT 1`).get();
    // Everything the log holds becomes part of the file and is synced before anything of it is sent.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    proveWritable(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The version stands twice, so that a garbled header is not taken for a file of a newer program. */
function schemaVersion(db: DatabaseSync): number {
  const inHeader = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (inHeader === SCHEMA_VERSION) return inHeader;
  const hasMeta = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== undefined;
  return hasMeta && readMeta(db, 'schema') === SCHEMA_VERSION ? SCHEMA_VERSION : inHeader;
}

/**
 * A header whose write version (byte 18, https://www.sqlite.org/fileformat.html) is garbled opens and reads, but refuses
 * the first write: that is damage unless the surroundings forbid writing, too.
 */
function proveWritable(db: DatabaseSync, file: string): void {
  try {
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    if (readMeta(db, 'schema') === undefined) writeMeta(db, 'schema', SCHEMA_VERSION);
  } catch (error) {
    if (!isSqlite(error, SQLITE.READONLY)) return; // a full disk is met again, and dealt with, at the first commit
    accessSync(file, constants.W_OK);
    throw new Damaged('the header says that it must not be written');
  }
}

function readEpoch(file: string): number | undefined {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return readMeta(db, 'epoch');
    } finally {
      db.close();
    }
  } catch {
    return undefined; // too damaged to tell; the clock alone makes the new epoch greater
  }
}

function moveAside(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-');
  let target = `${file}.damaged-${stamp}`;
  for (let copy = 2; existsSync(target); copy++) target = `${file}.damaged-${stamp}-${copy}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}

const countAside = (file: string): number =>
  readdirSync(dirname(file)).filter(
    (name) => name.startsWith(`${basename(file)}.damaged-`) && !/-(wal|shm)$/.test(name),
  ).length;

const isSqlite = (error: unknown, code: number): boolean => sqliteCode(error) === code;

const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;

export const outboxFile = (dataDir: string): string => join(dataDir, 'outbox.sqlite');
