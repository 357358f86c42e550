// The record of readings that will never be stored: collected during a batch, written in its transaction.
import type { Trx } from '../migrations/tables.ts';
import type { Range } from './core/watermark.ts';
import type { IngestTables } from './tables.ts';

export type GapReason = IngestTables['delivery_gap']['reason'];
type Gap = Omit<IngestTables['delivery_gap'], 'noticed_at'>;

export interface GapLog {
  add(gatewayId: string, epoch: number, range: Range, reason: GapReason, detail: string): void;
  /** Readings by reason. */
  readonly counts: ReadonlyMap<GapReason, number>;
  write(trx: Trx, nowMs: number): Promise<void>;
}

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters. */
const ROWS = 1_000;

export function createGapLog(): GapLog {
  const gaps: Gap[] = [];
  const counts = new Map<GapReason, number>();
  return {
    counts,
    add(gatewayId, epoch, [first, last], reason, detail) {
      gaps.push({ gateway_id: gatewayId, epoch, first_seq: first, last_seq: last, reason, detail });
      counts.set(reason, (counts.get(reason) ?? 0) + last - first + 1);
    },
    async write(trx, nowMs) {
      for (let at = 0; at < gaps.length; at += ROWS)
        await trx
          .insertInto('delivery_gap')
          .values(gaps.slice(at, at + ROWS).map((gap) => ({ ...gap, noticed_at: new Date(nowMs) })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    },
  };
}
