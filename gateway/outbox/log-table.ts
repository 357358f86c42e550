// The table `record` and its position marks: everything that happens to committed records, one transaction each.
import type { DatabaseSync } from 'node:sqlite';
import { readMeta, writeMeta } from './database.ts';
import { type OutboxRecord, type PendingRecord, type RecordRow, toRow } from './record.ts';

/** Rows deleted in one transaction at most, so that trimming never holds up the polling (telegraf#16615). */
const DELETE_CHUNK = 5_000;

export interface LogTable {
  /**
   * Inserts the records and deletes up to {@link DELETE_CHUNK} rows at or below `trimTo`, in one synced transaction.
   * @returns whether rows at or below `trimTo` are left for the next time.
   */
  commit(records: readonly OutboxRecord[], trimTo: number, dropped: number): boolean;
  rows(fromSeq: number, limit: number): RecordRow[];
  /** The newest row of each point. */
  newestRows(): RecordRow[];
  /** Points of the list that still have rows. */
  pointsWithRows(aliases: readonly number[]): number[];
  /** Epoch, first stored seq, next seq, records given up, first seq of the epoch. */
  marks(nowMs: number): [number, number, number, number, number];
  usedBytes(): number;
}

export function createLogTable(db: DatabaseSync): LogTable {
  const insert = db.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM record WHERE seq >= ? AND seq <= ?');
  const minimum = db.prepare('SELECT min(seq) AS seq FROM record');
  const maximum = db.prepare('SELECT max(seq) AS seq FROM record');
  const select = db.prepare('SELECT * FROM record WHERE seq >= ? ORDER BY seq LIMIT ?');
  select.setReturnArrays(true);
  const seqOf = (statement: typeof minimum): number | undefined => {
    const seq = statement.get()?.['seq'];
    return seq === null || seq === undefined ? undefined : Number(seq);
  };
  const pragma = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
  return {
    commit(records, trimTo, dropped) {
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const record of records) insert.run(...toRow(record.seq, record));
        const last = records.at(-1);
        if (last !== undefined) writeMeta(db, 'next_seq', last.seq + 1);
        const first = seqOf(minimum);
        if (first !== undefined && first <= trimTo) remove.run(first, Math.min(trimTo, first + DELETE_CHUNK - 1));
        if (dropped !== (readMeta(db, 'dropped') ?? 0)) writeMeta(db, 'dropped', dropped);
        db.exec('COMMIT');
        return first !== undefined && first + DELETE_CHUNK <= trimTo;
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    rows: (fromSeq, limit) => select.all(fromSeq, limit) as unknown as RecordRow[],
    newestRows() {
      const newest = db.prepare(
        'SELECT r.* FROM (SELECT max(seq) AS s FROM record GROUP BY point) JOIN record r ON r.seq = s',
      );
      newest.setReturnArrays(true);
      return newest.all() as unknown as RecordRow[];
    },
    pointsWithRows(aliases) {
      if (aliases.length === 0) return [];
      const marks = aliases.map(() => '?').join(',');
      const rows = db.prepare(`SELECT DISTINCT point FROM record WHERE point IN (${marks})`).all(...aliases);
      return rows.map((row) => Number(row['point']));
    },
    marks(nowMs) {
      const next = Math.max(readMeta(db, 'next_seq') ?? 1, (seqOf(maximum) ?? 0) + 1);
      const epoch = readMeta(db, 'epoch') ?? nowMs;
      return [epoch, seqOf(minimum) ?? next, next, readMeta(db, 'dropped') ?? 0, readMeta(db, 'epoch_first_seq') ?? 1];
    },
    usedBytes: () => (db.isOpen ? (pragma('page_count') - pragma('freelist_count')) * pragma('page_size') : 0),
  };
}

/** Gives consecutive numbers to the records of one group. */
export const numbered = (records: readonly PendingRecord[], firstSeq: number): OutboxRecord[] =>
  records.map((record, index) => ({ seq: firstSeq + index, ...record }));
