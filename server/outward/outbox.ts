// The transactional outbox: what a destination has to be told is written in the transaction of the alarm's transition, so
// that neither can be true without the other, and stays until the destination has it or it was given up.
import { sql } from 'kysely';
import type { JournalOutbox } from '../alarms/journalled.ts';
import type { OutwardEvent } from '../contract/outward.ts';
import type { Db, Trx } from '../migrations/tables.ts';

export interface Destination {
  readonly id: string;
  wants(event: OutwardEvent): boolean;
}

export interface Waiting {
  readonly event: OutwardEvent;
  readonly attempts: number;
  readonly atMs: number;
  /** Not to be tried before; null: at once. */
  readonly nextAtMs: number | null;
}

export interface Outbox extends JournalOutbox {
  set(destination: Destination): void;
  /** What it was to be told is dropped. */
  remove(id: string): Promise<void>;
  /** Nothing new is collected; what waits stays. */
  pause(id: string): void;
  /** The next in order; later ones wait behind it. */
  first(id: string): Promise<Waiting | undefined>;
  delivered(id: string, seq: number): Promise<void>;
  failed(id: string, seq: number, error: string, next: { readonly atMs: number } | 'given-up'): Promise<void>;
  /** The server's wall clock was set by so much: the age of a delivery and its next try move with it. */
  clockSet(trx: Trx, stepMs: number): Promise<void>;
  counts(): Promise<ReadonlyMap<string, { readonly waiting: number; readonly failed: number }>>;
  /** Given-up deliveries of a destination go to the end of their wait again. @returns how many. */
  retryFailed(id: string): Promise<number>;
  /** Removes what belongs to no known destination and what was given up long ago. @returns how many rows. */
  sweep(known: readonly string[]): Promise<number>;
}

const ROWS = 500;
const KEEP_FAILED_MS = 30 * 86_400_000;

export function createOutbox(db: Db, now: () => number): Outbox {
  const destinations = new Map<string, Destination>();
  return {
    isWanted: () => destinations.size > 0,
    async write(trx, events) {
      const rows = [...destinations.values()].flatMap((destination) =>
        events
          .filter((event) => destination.wants(event))
          .map((event) => ({
            destination: destination.id,
            seq: event.seq,
            body: JSON.stringify(event),
            at: new Date(event.serverTime),
            next_at: null,
            failed_at: null,
            last_error: null,
          })),
      );
      for (let start = 0; start < rows.length; start += ROWS)
        await trx
          .insertInto('outward_delivery')
          .values(rows.slice(start, start + ROWS))
          .execute();
    },
    set: (destination) => void destinations.set(destination.id, destination),
    pause: (id) => void destinations.delete(id),
    async remove(id) {
      destinations.delete(id);
      await db.deleteFrom('outward_delivery').where('destination', '=', id).execute();
    },
    async first(id) {
      const row = await db
        .selectFrom('outward_delivery')
        .selectAll()
        .where('destination', '=', id)
        .where('failed_at', 'is', null)
        .orderBy('seq')
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { body, attempts, at, next_at } = row;
      return { event: body, attempts, atMs: at.getTime(), nextAtMs: next_at?.getTime() ?? null };
    },
    async delivered(id, seq) {
      await db.deleteFrom('outward_delivery').where('destination', '=', id).where('seq', '=', seq).execute();
    },
    async failed(id, seq, error, next) {
      await db
        .updateTable('outward_delivery')
        .set({
          attempts: sql`attempts + 1`,
          last_error: error,
          next_at: next === 'given-up' ? null : new Date(next.atMs),
          failed_at: next === 'given-up' ? new Date(now()) : null,
        })
        .where('destination', '=', id)
        .where('seq', '=', seq)
        .execute();
    },
    async clockSet(trx, stepMs) {
      const by = sql`${`${stepMs} milliseconds`}::interval`;
      await sql`UPDATE outward_delivery SET at = at + ${by}, next_at = next_at + ${by}, failed_at = failed_at + ${by}`.execute(
        trx,
      );
    },
    async counts() {
      const rows = await db
        .selectFrom('outward_delivery')
        .select(({ fn }) => [
          'destination',
          fn.countAll<number>().filterWhere('failed_at', 'is', null).as('waiting'),
          fn.countAll<number>().filterWhere('failed_at', 'is not', null).as('failed'),
        ])
        .groupBy('destination')
        .execute();
      return new Map(
        rows.map((row) => [row.destination, { waiting: Number(row.waiting), failed: Number(row.failed) }]),
      );
    },
    async retryFailed(id) {
      const changed = await db
        .updateTable('outward_delivery')
        // Its age counts from now, or it would be given up at the first failure.
        .set({ failed_at: null, attempts: 0, next_at: null, at: new Date(now()) })
        .where('destination', '=', id)
        .where('failed_at', 'is not', null)
        .executeTakeFirst();
      return Number(changed.numUpdatedRows);
    },
    async sweep(known) {
      const removed = await db
        .deleteFrom('outward_delivery')
        .where((or) =>
          or.or([
            ...(known.length === 0 ? [sql<boolean>`true`] : [or('destination', 'not in', known)]),
            or('failed_at', '<', new Date(now() - KEEP_FAILED_MS)),
          ]),
        )
        .executeTakeFirst();
      return Number(removed.numDeletedRows);
    },
  };
}
