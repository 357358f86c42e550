// The append-only record of who did what. Changes write their row in their own transaction: what is not recorded did not
// happen.
import type { Kysely } from 'kysely';
import type { AuditEntry } from '../contract/people.ts';
import type { Tables } from '../migrations/tables.ts';

export interface AuditRow {
  readonly atMs: number;
  /** Username, `system`, or the name that was tried. */
  readonly actor: string;
  /** Noun and past: `person-changed`. */
  readonly action: string;
  readonly target?: string;
  /** Before and after, or the reason. Never a password. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly ip?: string;
}

export async function writeAudit(db: Kysely<Tables>, row: AuditRow): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      at: new Date(row.atMs),
      actor: row.actor,
      action: row.action,
      target: row.target ?? null,
      detail: JSON.stringify(row.detail ?? {}),
      ip: row.ip ?? null,
    })
    .execute();
}

export interface AuditQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
}

/** Newest first. */
export async function readAudit(
  db: Kysely<Tables>,
  query: AuditQuery,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  let rows = db
    .selectFrom('audit')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(query.limit + 1);
  if (query.cursor !== undefined) rows = rows.where('seq', '<', Number(query.cursor));
  if (query.actor !== undefined) rows = rows.where('actor', '=', query.actor);
  if (query.action !== undefined) rows = rows.where('action', '=', query.action);
  const found = await rows.execute();
  const items = found.slice(0, query.limit).map((row) => ({ ...row, at: row.at.toISOString() }));
  return { items, nextCursor: found.length > query.limit ? String(items.at(-1)?.seq) : null };
}
