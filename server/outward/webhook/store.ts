// Subscriptions in the database.
import type { Selectable } from 'kysely';
import type { Webhook } from '../../contract/outward.ts';
import type { Db } from '../../migrations/tables.ts';
import type { OutwardTables } from '../tables.ts';

export type WebhookRow = Selectable<OutwardTables['webhook']>;

export const loadWebhooks = (db: Db): Promise<WebhookRow[]> =>
  db.selectFrom('webhook').selectAll().orderBy('created_at').orderBy('id').execute();

export async function noteDelivered(db: Db, id: string, seq: number, nowMs: number): Promise<void> {
  await db
    .updateTable('webhook')
    .set({ delivered_seq: seq, delivered_at: new Date(nowMs), last_error: null, last_error_at: null })
    .where('id', '=', id)
    .execute();
}

export async function noteError(db: Db, id: string, error: string, nowMs: number): Promise<void> {
  await db
    .updateTable('webhook')
    .set({ last_error: error.slice(0, 500), last_error_at: new Date(nowMs) })
    .where('id', '=', id)
    .execute();
}

export const toWebhook = (row: WebhookRow, counts: { waiting: number; failed: number } | undefined): Webhook => ({
  id: row.id,
  url: row.url,
  enabled: row.enabled,
  filter: row.filter,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  deliveredSeq: row.delivered_seq,
  deliveredAt: row.delivered_at?.toISOString() ?? null,
  waiting: counts?.waiting ?? 0,
  failed: counts?.failed ?? 0,
  lastError: row.last_error,
  lastErrorAt: row.last_error_at?.toISOString() ?? null,
});
