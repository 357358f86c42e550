// Files of other versions of the program (F43): what an earlier one left is delivered, what a later one wrote is not touched.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outboxFile } from './database.ts';
import { openOutbox } from './outbox.ts';

/** As the first release wrote it; it never changes, whatever becomes of the schema. */
const VERSION_1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE point (
  id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  UNIQUE (device, name)
) STRICT;
CREATE TABLE record (
  seq INTEGER PRIMARY KEY, point INTEGER NOT NULL, time INTEGER NOT NULL, device_time INTEGER, value,
  quality INTEGER NOT NULL
);
PRAGMA user_version = 1;
INSERT INTO meta VALUES ('epoch', 1700000000000), ('next_seq', 43), ('dropped', 5);
INSERT INTO point VALUES (7, 'TR-1', 'load', 'Double'), (9, 'TR-1', 'comm', 'Boolean');
INSERT INTO record VALUES (41, 7, 1700000000500, 1700000000499, 12.5, 0), (42, 9, 1700000000600, NULL, 1, 0);
`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'louwei-versions-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(sql: string): void {
  const db = new DatabaseSync(outboxFile(dir));
  db.exec(sql);
  db.close();
}

const open = () =>
  openOutbox(dir, {
    onFatal(error) {
      throw error;
    },
  });

it('goes on with the file of the first version: same epoch, numbers, aliases and values', () => {
  write(VERSION_1);
  const outbox = open();
  expect([outbox.epoch, outbox.firstSeq, outbox.lastSeq, outbox.dropped]).toEqual([1_700_000_000_000, 41, 42, 5]);
  expect(outbox.register([{ device: 'TR-1', point: 'load', type: 'Double' }])[0]?.alias).toBe(7);
  expect(outbox.read(1, 10)).toEqual([
    {
      seq: 41,
      alias: 7,
      gatewayTimeMs: 1_700_000_000_500,
      deviceTimeMs: 1_700_000_000_499,
      value: 12.5,
      quality: 'good',
    },
    { seq: 42, alias: 9, gatewayTimeMs: 1_700_000_000_600, value: true, quality: 'good' },
  ]);
  outbox.append([{ device: 'TR-1', point: 'load', value: 13, quality: 'good', gatewayTimeMs: 1_700_000_001_000 }]);
  expect(outbox.flush()).toBe(true);
  expect(outbox.lastSeq).toBe(43);
  outbox.close();
});

it('refuses the file of a later version in words, and leaves it byte for byte as it was', () => {
  write('PRAGMA journal_mode = WAL; CREATE TABLE reading (id INTEGER PRIMARY KEY); PRAGMA user_version = 99;');
  const before = readFileSync(outboxFile(dir));
  expect(open).toThrow(/outbox\.sqlite was written by a newer version \(schema 99, this program knows 1\)/);
  expect(readFileSync(outboxFile(dir)).equals(before)).toBe(true);
  expect(readdirSync(dir).filter((name) => name.includes('damaged'))).toEqual([]);
});
