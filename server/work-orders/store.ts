// Rows of work orders, and the order as memory holds it: the row, its journal, its alarms.
import { sql } from 'kysely';
import type { Db, Trx } from '../migrations/tables.ts';
import type { Entry } from './core/life-cycle.ts';
import type { WorkOrderTables } from './tables.ts';

export type OrderRow = WorkOrderTables['work_order'];

export interface Order {
  readonly row: OrderRow;
  /** In order; starts with the creation. */
  readonly entries: readonly StoredEntry[];
  readonly alarmIds: readonly string[];
}

interface StoredEntry extends Entry {
  readonly seq: number;
}

/** What a phone sends along with a step. */
interface StepOrigin {
  readonly requestId: string | null;
  readonly clientTimeMs: number | null;
}

const OPEN = sql<boolean>`state NOT IN ('CLOSED', 'CANCELLED')`;

/** Locks the order until the transaction ends, so that two steps never decide on the same old state. */
export async function lockOrder(trx: Trx, id: string): Promise<Order | undefined> {
  const row = await trx.selectFrom('work_order').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : (await withJournals(trx, [row]))[0];
}

/** The open order of this failure of this equipment, locked. */
export async function lockOpenOrder(trx: Trx, equipmentId: string, failureClass: string): Promise<Order | undefined> {
  const row = await trx
    .selectFrom('work_order')
    .selectAll()
    .where('equipment_id', '=', equipmentId)
    .where('failure_class', '=', failureClass)
    .where(OPEN)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : (await withJournals(trx, [row]))[0];
}

export async function loadOpenOrders(db: Db): Promise<Order[]> {
  return withJournals(db, await db.selectFrom('work_order').selectAll().where(OPEN).execute());
}

export async function findOrder(db: Db, id: string): Promise<Order | undefined> {
  const row = await db.selectFrom('work_order').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : (await withJournals(db, [row]))[0];
}

export async function listOrders(
  db: Db,
  query: {
    readonly status: 'open' | 'closed' | 'all';
    readonly equipmentId?: string | undefined;
    readonly assignee?: string | undefined;
    readonly before?: { readonly atMs: number; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<Order[]> {
  const { status, equipmentId, assignee, before, limit } = query;
  let select = db.selectFrom('work_order').selectAll();
  if (status === 'open') select = select.where(OPEN);
  if (status === 'closed') select = select.where(sql<boolean>`state IN ('CLOSED', 'CANCELLED')`);
  if (equipmentId !== undefined) select = select.where('equipment_id', '=', equipmentId);
  if (assignee !== undefined) select = select.where('assignee', '=', assignee);
  if (before !== undefined)
    select = select.where(sql<boolean>`(created_at, id) < (${new Date(before.atMs)}, ${before.id})`);
  return withJournals(db, await select.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute());
}

export async function nextSequence(trx: Trx): Promise<number> {
  const { rows } = await sql<{ next: number }>`SELECT nextval('work_order_number') AS next`.execute(trx);
  return Number(rows[0]?.next);
}

/** @returns false when an open order of the same failure exists. */
export async function insertOrder(trx: Trx, row: OrderRow): Promise<boolean> {
  const inserted = await trx
    .insertInto('work_order')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Writes the entries and the row that follows from them. */
export async function saveStep(
  trx: Trx,
  order: Order,
  entries: readonly Entry[],
  changes: Pick<OrderRow, 'state' | 'assignee' | 'updated_at'>,
  origin: StepOrigin = { requestId: null, clientTimeMs: null },
): Promise<Order> {
  const stored = await insertEntries(trx, order.row.id, entries, origin);
  const row: OrderRow = { ...order.row, ...changes, version: order.row.version + 1 };
  await trx
    .updateTable('work_order')
    .set({ ...changes, version: row.version })
    .where('id', '=', row.id)
    .execute();
  return { ...order, row, entries: [...order.entries, ...stored] };
}

export async function insertEntries(
  trx: Trx,
  orderId: string,
  entries: readonly Entry[],
  origin: StepOrigin = { requestId: null, clientTimeMs: null },
): Promise<StoredEntry[]> {
  const rows = await trx
    .insertInto('work_order_journal')
    .values(
      entries.map((entry, index) => ({
        work_order_id: orderId,
        step: entry.step,
        from_state: entry.from,
        to_state: entry.to,
        actor: entry.actor,
        at: new Date(entry.atMs),
        client_time: origin.clientTimeMs === null ? null : new Date(origin.clientTimeMs),
        assignee: entry.assignee,
        reason: entry.reason,
        note: entry.note,
        request_id: index === 0 ? origin.requestId : null,
      })),
    )
    .returning('seq')
    .execute();
  return entries.map((entry, index) => ({ ...entry, seq: rows[index]?.seq ?? 0 }));
}

export async function linkAlarm(trx: Trx, orderId: string, alarmId: string, nowMs: number): Promise<void> {
  await trx
    .insertInto('work_order_alarm')
    .values({ work_order_id: orderId, alarm_id: alarmId, linked_at: new Date(nowMs) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function requestDone(trx: Trx, orderId: string, requestId: string): Promise<boolean> {
  const done = await trx
    .selectFrom('work_order_journal')
    .select('seq')
    .where('work_order_id', '=', orderId)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return done !== undefined;
}

/** One of the order's alarms still has its condition. */
export async function hasActiveAlarm(trx: Trx, orderId: string): Promise<boolean> {
  const active = await trx
    .selectFrom('alarm')
    .innerJoin('work_order_alarm', 'work_order_alarm.alarm_id', 'alarm.id')
    .select('alarm.id')
    .where('work_order_alarm.work_order_id', '=', orderId)
    .where('alarm.cond', '=', true)
    .where('alarm.closed_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return active !== undefined;
}

async function withJournals(db: Db | Trx, rows: readonly OrderRow[]): Promise<Order[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const journal = await db
    .selectFrom('work_order_journal')
    .selectAll()
    .where('work_order_id', 'in', ids)
    .orderBy('seq')
    .execute();
  const links = await db
    .selectFrom('work_order_alarm')
    .selectAll()
    .where('work_order_id', 'in', ids)
    .orderBy('linked_at')
    .execute();
  const entriesOf = Map.groupBy(journal, (row) => row.work_order_id);
  const linksOf = Map.groupBy(links, (row) => row.work_order_id);
  return rows.map((row) => ({
    row,
    entries: (entriesOf.get(row.id) ?? []).map(toEntry),
    alarmIds: (linksOf.get(row.id) ?? []).map((link) => link.alarm_id),
  }));
}

const toEntry = (row: Omit<WorkOrderTables['work_order_journal'], 'seq'> & { seq: number }): StoredEntry => ({
  seq: row.seq,
  step: row.step as Entry['step'],
  from: row.from_state as Entry['from'],
  to: row.to_state as Entry['to'],
  actor: row.actor,
  atMs: row.at.getTime(),
  assignee: row.assignee,
  reason: row.reason,
  note: row.note,
});
