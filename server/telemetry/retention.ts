// Once a day: room for the days ahead, and whole partitions past their retention dropped. Runs in the same queue as
// ingest, because both lock the table of readings.
import type { Db } from '../migrations/tables.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { DAY_MS } from './core/buckets.ts';
import type { TelemetryStore } from './store.ts';

const EVERY_MS = DAY_MS / 24;

export interface RetentionOptions {
  readonly db: Db;
  readonly store: TelemetryStore;
  readonly queue: SerialQueue;
  readonly retentionDays: number;
  readonly now: () => number;
  readonly onDropped: (names: readonly string[]) => void;
  readonly onError: (error: unknown) => void;
}

export interface Retention {
  start(): void;
  stop(): void;
  run(): Promise<void>;
}

export function createRetention(options: RetentionOptions): Retention {
  let timer: NodeJS.Timeout | undefined;
  async function run(): Promise<void> {
    const nowMs = options.now();
    const dropped = await options.queue.run(() => options.store.maintain(options.db, nowMs, options.retentionDays));
    if (dropped.length > 0) options.onDropped(dropped);
  }
  return {
    run,
    // Hourly rather than daily: cheap, and the days ahead are ready even when one run fails.
    start() {
      timer = setInterval(() => run().catch(options.onError), EVERY_MS);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
