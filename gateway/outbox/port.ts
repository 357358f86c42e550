// What the outbox promises to the rest of the gateway.
import type { Sample } from '../points/reading.ts';
import type { PointTable } from './points.ts';
import type { OutboxRecord } from './record.ts';

export interface OutboxLimits {
  /** Records kept before the oldest is given up. */
  readonly maxRecords: number;
  /** Size of the file's used pages, bytes. */
  readonly maxBytes: number;
}

export interface OutboxOptions extends Partial<OutboxLimits> {
  /** Unix ms. */
  readonly now?: () => number;
  /** The store cannot be written for 10 s: the process must end, so that its supervisor starts it anew. */
  readonly onFatal: (error: Error) => void;
  /** Something an operator should read once: a damaged file, a full disk, records given up. */
  readonly onWarning?: (message: string, facts: Record<string, unknown>) => void;
}

export interface OutboxStats {
  readonly epoch: number;
  readonly records: number;
  readonly usedBytes: number;
  /** How full it is, by the nearest of its limits and the disk; 0 to 1. At 1 the oldest records are given up. */
  readonly fill: number;
  /** Samples not yet committed. */
  readonly buffered: number;
  /** Records given up for want of room since the outbox was made. */
  readonly dropped: number;
  /** Samples of points nobody registered. */
  readonly unknownPoint: number;
  readonly damagedFiles: number;
  readonly commits: number;
  readonly commitErrors: number;
  readonly lastCommitMs: number;
  /** Last sequence number given to a record on disk. */
  readonly lastSeq: number;
}

export interface Outbox extends Pick<PointTable, 'byAlias' | 'find' | 'register'> {
  /** Buffers; committed within 50 ms or 256 records. */
  append(samples: readonly Sample[]): void;
  /** Commits what is buffered now. @returns false when the disk refused; the samples stay buffered. */
  flush(): boolean;
  /** Called after each group is on disk; only such records may be sent. @returns a function that ends it. */
  onCommitted(listener: (records: readonly OutboxRecord[]) => void): () => void;
  read(fromSeq: number, limit: number): OutboxRecord[];
  /** Everything up to `seq` is in the server's database. */
  trimTo(seq: number): void;
  /** Puts all unsent records under an epoch greater than any the server knows: at least `min`. */
  adoptEpoch(min: number): void;
  readonly epoch: number;
  /** First record still here; lastSeq + 1 when empty. Below it nothing will ever be sent again. */
  readonly firstSeq: number;
  /** Records below it were numbered under an earlier epoch, and what is no longer here of them is delivered. */
  readonly firstSeqOfEpoch: number;
  /** Last committed record; 0 when there was none. */
  readonly lastSeq: number;
  /** The newest record of each point, as far as it is still here. */
  newest(): OutboxRecord[];
  /** Records given up for want of room since the outbox was made. */
  readonly dropped: number;
  /** Forgets the points of devices that are no longer configured and have no records left. */
  keepDevices(configured: ReadonlySet<string>): void;
  /** Small numbers of the gateway that should survive a restart; a disk that refuses is only reported. */
  readonly memory: { get(key: string): number | undefined; set(key: string, value: number): void };
  stats(): OutboxStats;
  close(): void;
}
