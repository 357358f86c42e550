// How `sample` is divided by time: native partitions, or a hypertable where TimescaleDB is there.
import type { Db, Trx } from '../../../migrations/tables.ts';

export interface Maintained {
  readonly dropped: readonly string[];
  /** Readings of before are gone, Unix ms; -Infinity: none are. */
  readonly keptFromMs: number;
}

export interface Layout {
  start(db: Db, nowMs: number): Promise<void>;
  /** Room for readings of these times, inside the transaction that stores them. */
  ensure(trx: Trx, timesMs: Iterable<number>): Promise<void>;
  settled(committed: boolean): void;
  maintain(db: Db, nowMs: number, retentionDays: number): Promise<Maintained>;
}
