// Commits what waits, one transaction at a time: samples, participants, watermarks, gaps - all or nothing. A failed
// batch stays where it is and comes again; nothing is acknowledged before its commit.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EquipmentRegister } from '../assets/register.ts';
import type { Db } from '../migrations/tables.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { type AppliedBatch, applyBatch } from './apply-batch.ts';
import type { TimeWindow } from './core/reading.ts';
import type { Tracker } from './core/watermark.ts';
import type { BatchParticipant } from './participant.ts';
import type { Pending, PendingQueue } from './pending.ts';

export interface CommitterOptions {
  readonly db: Db;
  readonly queue: SerialQueue;
  readonly register: EquipmentRegister;
  readonly participants: readonly BatchParticipant[];
  readonly pending: PendingQueue;
  readonly maxBatchSamples: number;
  readonly window: (nowMs: number) => TimeWindow;
  readonly now: () => number;
  readonly onCommitted: (applied: AppliedBatch, seconds: number) => void;
  /** `attempt` counts from 1; `poison` names the one message that was set aside. */
  readonly onFailed: (error: unknown, attempt: number, poison: Pending | undefined) => void;
}

export interface Committer {
  /** Something waits. */
  wake(): void;
  /** Since when the database refuses batches, and why; undefined while it takes them. */
  readonly failure: { readonly sinceMs: number; readonly message: string } | undefined;
  /** Finishes the running batch, leaves the rest. */
  stop(): Promise<void>;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** A database that does not answer must not hold up the end of the process. */
const STOP_MS = 2_000;

/** Data exception or constraint violation: the batch itself is at fault, not the database. */
const isDataError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);

export function createCommitter(options: CommitterOptions): Committer {
  const { db, queue, register, participants, pending, now } = options;
  const stopping = new AbortController();
  const trackers = new Map<string, Tracker>();
  const commOrder = new Map<string, { epoch: number; seq: number }>();
  let failure: { sinceMs: number; message: string } | undefined;
  let running: Promise<void> | undefined;
  let limit = options.maxBatchSamples;

  async function commit(entries: readonly Pending[]): Promise<void> {
    const startedMs = performance.now();
    const nowMs = now();
    const context = { register, trackers, commOrder, window: options.window(nowMs), nowMs };
    let applied: AppliedBatch | undefined;
    try {
      await db.transaction().execute(async (trx) => {
        const result = await applyBatch(trx, entries, context);
        applied = result;
        for (const participant of participants) await participant.apply(trx, result.batch);
        await result.gaps.write(trx, nowMs);
        await register.advance(trx, result.progress);
      });
    } catch (error) {
      register.discard();
      const batch = applied?.batch ?? { nowMs, samples: [], gatewayChanges: [] };
      for (const participant of participants) participant.rolledBack(batch);
      throw error;
    }
    if (applied === undefined) return;
    for (const [gatewayId, tracker] of applied.trackers) trackers.set(gatewayId, tracker);
    register.adopt();
    for (const participant of participants) participant.committed(applied.batch);
    options.onCommitted(applied, (performance.now() - startedMs) / 1000);
  }

  async function drain(): Promise<void> {
    let attempt = 0;
    while (pending.length > 0 && !stopping.signal.aborted) {
      const entries = pending.peek(limit);
      try {
        await queue.run(() => commit(entries));
        pending.remove(entries.length);
        attempt = 0;
        failure = undefined;
        limit = Math.min(limit * 2, options.maxBatchSamples);
      } catch (error) {
        attempt++;
        const poison = isDataError(error) ? isolate(entries, error) : undefined;
        failure ??= { sinceMs: now(), message: '' };
        failure = { ...failure, message: messageOf(error) };
        options.onFailed(error, attempt, poison);
        if (isDataError(error)) continue;
        const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10), LAST_RETRY_MS);
        await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Halves the batch until one message alone is refused, and marks that one. */
  function isolate(entries: readonly Pending[], error: unknown): Pending | undefined {
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
      // Refused even without its readings: nothing of it can be kept.
      if (only.poison !== undefined) pending.remove(1);
      only.poison = `the database refuses it: ${messageOf(error)}`;
      return only;
    }
    const samples = entries.reduce((sum, entry) => sum + Math.max(1, entry.samples), 0);
    limit = Math.max(1, Math.floor(Math.min(samples, limit) / 2));
    return undefined;
  }

  return {
    wake() {
      if (running !== undefined || stopping.signal.aborted) return;
      // After the current turn of the event loop, so that everything one read of the socket brought goes together.
      running = new Promise<void>((resolve) => setImmediate(resolve)).then(drain).finally(() => {
        running = undefined;
        if (pending.length > 0) this.wake();
      });
    },
    get failure() {
      return failure;
    },
    async stop() {
      stopping.abort();
      await Promise.race([running, sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
