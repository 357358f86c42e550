// Durable store-and-forward: every sample is appended here, gets its sequence number when its group is synced to disk,
// and stays until the server's commit watermark has passed it.
import { mkdirSync } from 'node:fs';
import { isDamage, isDiskFull, openDatabase, outboxFile, readMeta, writeMeta } from './database.ts';
import { createDiskRoom } from './disk-room.ts';
import { createLogTable, numbered } from './log-table.ts';
import { createPointTable } from './points.ts';
import type { Outbox, OutboxOptions } from './port.ts';
import { fromRow, type OutboxRecord, type PendingRecord, pendingRecord, type RecordRow } from './record.ts';

const GROUP_MS = 50;
const GROUP_RECORDS = 256;
const COMMIT_MAX_RECORDS = 5_000;
/** Samples waiting while the disk refuses; beyond it the oldest of them are given up. */
const BUFFER_MAX = 100_000;
/** Recently committed records kept in memory, so that the live lane never reads the disk. */
const TAIL_RECORDS = 4_096;
const GIVE_UP_MS = 10_000;
const RETRY_MS = 500;

/** @throws OutboxInUse, or the file system's error when the folder cannot be written. */
export function openOutbox(dataDir: string, options: OutboxOptions): Outbox {
  const now = options.now ?? Date.now;
  const maxRecords = options.maxRecords ?? 5_000_000;
  const warn = options.onWarning ?? (() => undefined);
  const file = outboxFile(dataDir);
  mkdirSync(dataDir, { recursive: true });

  let opened = openDatabase(file, now());
  let table = createLogTable(opened.db);
  let points = createPointTable(() => opened.db);
  let [epoch, firstSeq, nextSeq, dropped, firstSeqOfEpoch] = table.marks(now());
  reportDamage();
  const room = createDiskRoom(file, options.maxBytes ?? Number.POSITIVE_INFINITY, now);
  let buffer: PendingRecord[] = [];
  /** Numbered, but refused by the disk: comes again with the same numbers. */
  let refused: OutboxRecord[] = [];
  let refusedSinceMs: number | undefined;
  let tail: OutboxRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  let urgent = false;
  let trimming = false;
  let commits = 0;
  let commitErrors = 0;
  let lastCommitMs = 0;
  let unknownPoint = 0;
  let closed = false;
  const listeners = new Set<(records: readonly OutboxRecord[]) => void>();

  function reportDamage(): void {
    if (opened.setAside !== undefined)
      warn('the outbox file was damaged and set aside', { setAside: opened.setAside, epoch });
  }

  function schedule(): void {
    if (timer !== undefined || closed) return;
    // A slow disk gets at most a third of the time (F08); a full group is committed as soon as that allows.
    const wait = urgent ? 2 * lastCommitMs : Math.max(GROUP_MS, 2 * lastCommitMs);
    timer = setTimeout(onTimer, refused.length > 0 ? RETRY_MS : wait);
  }

  function onTimer(): void {
    timer = undefined;
    urgent = false;
    flush();
    if (refused.length > 0 || buffer.length > 0 || trimming) schedule();
  }

  function flush(): boolean {
    do {
      if (refused.length === 0 && buffer.length > 0) {
        refused = numbered(buffer.slice(0, COMMIT_MAX_RECORDS), nextSeq);
        buffer = buffer.slice(COMMIT_MAX_RECORDS);
      }
      if (!commit()) return false;
    } while (buffer.length > 0);
    return true;
  }

  function commit(): boolean {
    const started = performance.now();
    const group = refused;
    try {
      const kept = giveUpOldest(group.length);
      trimming = table.commit(group, kept.firstSeq - 1, kept.dropped);
      ({ firstSeq, dropped } = kept);
    } catch (error) {
      commitErrors++;
      recover(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
    commits++;
    lastCommitMs = performance.now() - started;
    refusedSinceMs = undefined;
    confirm(group);
    return true;
  }

  function confirm(group: readonly OutboxRecord[]): void {
    refused = [];
    const last = group.at(-1);
    if (last === undefined) return;
    nextSeq = last.seq + 1;
    tail.push(...group);
    if (tail.length > 2 * TAIL_RECORDS) tail = tail.slice(-TAIL_RECORDS);
    for (const listener of listeners) listener(group);
  }

  /** Where the log begins when `incoming` records more have to fit. */
  function giveUpOldest(incoming: number): { firstSeq: number; dropped: number } {
    const stored = nextSeq - firstSeq;
    let excess = Math.max(0, stored + incoming - maxRecords);
    const limit = room.limitBytes();
    // Deleting in chunks lags behind: more is given up only when what was given up is gone.
    if (limit !== Number.POSITIVE_INFINITY && !trimming && stored > 0 && table.usedBytes() > limit)
      excess = Math.max(excess, incoming, Math.ceil(stored / 100));
    excess = Math.min(excess, stored);
    if (excess > 0 && dropped === 0) warn('the outbox is full: the oldest records are given up', { records: stored });
    return { firstSeq: firstSeq + excess, dropped: dropped + excess };
  }

  /** After a failed commit nothing of the group is known to be on disk: the file is opened anew and asked. */
  function recover(error: Error): void {
    const nowMs = now();
    const first = refusedSinceMs === undefined;
    refusedSinceMs ??= nowMs;
    if (isDiskFull(error)) {
      if (!room.isFull) warn('the disk is full: the oldest records are given up', { error: error.message });
      makeRoom();
      schedule();
      return;
    }
    if (first)
      warn('the outbox could not be used; it is opened anew', { error: error.message, damage: isDamage(error) });
    try {
      reopen();
    } catch (reopenError) {
      if (nowMs - refusedSinceMs >= GIVE_UP_MS) {
        options.onFatal(new Error(`the outbox ${file} cannot be written: ${String(reopenError)}`, { cause: error }));
        return;
      }
    }
    schedule();
  }

  function reopen(): void {
    try {
      opened.db.close();
    } catch {
      // already closed by an earlier attempt
    }
    const known = [...points.all()];
    opened = openDatabase(file, now());
    table = createLogTable(opened.db);
    const fresh = createPointTable(() => opened.db);
    const moved = new Map(known.map((point) => [point.alias, fresh.aliasOf(point.device, point.point, point.type)]));
    points = fresh;
    const waiting = refused;
    [epoch, firstSeq, nextSeq, dropped, firstSeqOfEpoch] = table.marks(now());
    if (opened.setAside !== undefined) {
      reportDamage();
      tail = [];
      const renew = <R extends PendingRecord>(record: R): R => ({
        ...record,
        alias: moved.get(record.alias) ?? record.alias,
      });
      buffer = buffer.map(renew);
      refused = numbered(waiting.map(renew), nextSeq);
    } else if (waiting.length > 0 && nextSeq > (waiting[0]?.seq ?? nextSeq)) {
      confirm(waiting); // the failed commit had reached the log, and opening has synced it
    }
  }

  function makeRoom(): void {
    const stored = nextSeq - firstSeq;
    const excess = Math.min(stored, Math.max(refused.length, Math.ceil(stored / 100)));
    try {
      room.onFull(table.usedBytes());
      opened.db.exec('PRAGMA wal_checkpoint(RESTART)');
      table.commit([], firstSeq + excess - 1, dropped + excess);
      firstSeq += excess;
      dropped += excess;
    } catch {
      // not even that fits; the next attempt comes by the timer, and the buffer is bounded
    }
  }

  return {
    register: (wanted) => points.register(wanted),
    byAlias: (alias) => points.byAlias(alias),
    find: (device, point) => points.find(device, point),
    append(samples) {
      for (const sample of samples) {
        const point = points.find(sample.device, sample.point);
        if (point === undefined) unknownPoint++;
        else buffer.push(pendingRecord(sample, point));
      }
      if (buffer.length > BUFFER_MAX) {
        dropped += buffer.length - BUFFER_MAX;
        buffer = buffer.slice(-BUFFER_MAX);
      }
      if (buffer.length >= GROUP_RECORDS && refused.length === 0 && !urgent) {
        urgent = true;
        clearTimeout(timer);
        timer = undefined;
      }
      if (buffer.length > 0) schedule();
    },
    flush,
    onCommitted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read(fromSeq, limit) {
      const from = Math.max(fromSeq, firstSeq);
      const tailFirst = tail[0]?.seq ?? nextSeq;
      if (from >= tailFirst) return tail.slice(from - tailFirst, from - tailFirst + limit);
      try {
        return table.rows(from, limit).map(record);
      } catch (error) {
        recover(error instanceof Error ? error : new Error(String(error)));
        return [];
      }
    },
    trimTo(seq) {
      if (seq < firstSeq) return;
      firstSeq = Math.min(seq, nextSeq - 1) + 1;
      schedule();
    },
    adoptEpoch(min) {
      if (min <= epoch) return;
      try {
        writeMeta(opened.db, 'epoch', min);
        writeMeta(opened.db, 'epoch_first_seq', firstSeq);
      } catch (error) {
        warn('the new epoch could not be written', { error: String(error) });
        return; // the server will say it again
      }
      epoch = min;
      firstSeqOfEpoch = firstSeq;
    },
    get epoch() {
      return epoch;
    },
    get firstSeq() {
      return firstSeq;
    },
    get firstSeqOfEpoch() {
      return firstSeqOfEpoch;
    },
    get lastSeq() {
      return nextSeq - 1;
    },
    newest: () => table.newestRows().map(record),
    get dropped() {
      return dropped;
    },
    keepDevices(configured) {
      points.forgetExcept(configured, table.pointsWithRows);
      points = createPointTable(() => opened.db);
    },
    memory: {
      get: (key) => (opened.db.isOpen ? readMeta(opened.db, `memory.${key}`) : undefined),
      set(key, value) {
        try {
          writeMeta(opened.db, `memory.${key}`, value);
        } catch (error) {
          warn('a number could not be remembered', { key, error: String(error) });
        }
      },
    },
    stats: () => ({
      epoch,
      records: nextSeq - firstSeq,
      usedBytes: table.usedBytes(),
      fill: Math.max((nextSeq - firstSeq) / maxRecords, room.share(table.usedBytes())),
      buffered: buffer.length + refused.length,
      dropped,
      unknownPoint,
      damagedFiles: opened.damagedFiles,
      commits,
      commitErrors,
      lastCommitMs,
      lastSeq: nextSeq - 1,
    }),
    close() {
      if (closed) return;
      flush();
      closed = true;
      clearTimeout(timer);
      opened.db.close();
    },
  };

  function record(row: RecordRow): OutboxRecord {
    return fromRow(row, points.byAlias(row[1])?.type ?? 'Double');
  }
}
