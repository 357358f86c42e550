// The port every telemetry store implements: keep readings inside ingest's transaction, answer history in buckets.

import type { IngestedSample } from '../ingest/participant.ts';
import type { Db, Trx } from '../migrations/tables.ts';

export interface StoreOutcome {
  /** Readings that were not in the store before. */
  readonly stored: number;
  /** Readings the store had already: sent again after a restart. */
  readonly known: number;
}

export interface HistoryRequest {
  readonly pointIds: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
}

/** min, max and avg are of good readings and null without one. */
export interface HistoryBucket {
  readonly pointId: number;
  readonly startMs: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly count: number;
  readonly goodShare: number;
}

export interface LatestReading {
  readonly pointId: number;
  readonly value: number | null;
  readonly text: string | null;
  readonly quality: number;
  readonly timeMs: number;
  readonly deviceTimeMs: number | null;
  readonly epoch: number;
  readonly seq: number;
}

export interface TelemetryStore {
  /** Prepares what the coming days need. */
  start(db: Db, nowMs: number): Promise<void>;
  /** Stores the readings, each exactly once; throws to have the whole transaction rolled back. */
  insert(trx: Trx, samples: readonly IngestedSample[]): Promise<StoreOutcome>;
  /** The transaction of the last insert is durable, or gone. */
  settled(committed: boolean): void;
  /** Newest reading of every point. */
  latest(db: Db): Promise<LatestReading[]>;
  history(db: Db, request: HistoryRequest): Promise<HistoryBucket[]>;
  /** Prepares the days ahead and drops days past the retention. @returns names of what was dropped. */
  maintain(db: Db, nowMs: number, retentionDays: number): Promise<readonly string[]>;
}
