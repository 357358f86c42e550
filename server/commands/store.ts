// Rows of the table `command`, and what they are to the core and to clients.
import { sql } from 'kysely';
import type { Command, CommandState } from '../contract/commands.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { CommandLife } from './core/life-cycle.ts';
import type { CommandRow } from './tables.ts';

const ms = (time: Date | null): number | null => time?.getTime() ?? null;
const date = (timeMs: number | null): Date | null => (timeMs === null ? null : new Date(timeMs));
const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

export const lifeOf = (row: CommandRow): CommandLife => ({
  state: row.state,
  requestedBy: row.requested_by,
  twoPersons: row.two_persons,
  approvedBy: row.approved_by,
  sentAtMs: ms(row.sent_at),
  expiresAtMs: ms(row.expires_at),
  deadlineAtMs: row.deadline_at.getTime(),
  outcomeCode: row.outcome_code,
  outcome: row.outcome,
  readBack: row.read_back,
  endedAtMs: ms(row.ended_at),
});

export const columnsOf = (life: CommandLife) => ({
  state: life.state,
  requested_by: life.requestedBy,
  two_persons: life.twoPersons,
  approved_by: life.approvedBy,
  sent_at: date(life.sentAtMs),
  expires_at: date(life.expiresAtMs),
  deadline_at: new Date(life.deadlineAtMs),
  outcome_code: life.outcomeCode,
  outcome: life.outcome,
  read_back: life.readBack,
  ended_at: date(life.endedAtMs),
});

export const toCommand = (row: CommandRow): Command => ({
  id: row.id,
  equipmentId: row.equipment_id,
  point: row.point,
  value: row.value,
  valueBefore: row.value_before,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  twoPersons: row.two_persons,
  approvedBy: row.approved_by,
  sentAt: iso(row.sent_at),
  expiresAt: iso(row.expires_at),
  state: row.state,
  outcomeCode: row.outcome_code,
  outcome: row.outcome,
  readBack: row.read_back,
  endedAt: iso(row.ended_at),
});

/** The row, held until the end of the transaction. */
export const lockCommand = (trx: Trx, id: string): Promise<CommandRow | undefined> =>
  trx.selectFrom('command').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export const saveLife = (trx: Trx, id: string, life: CommandLife): Promise<CommandRow> =>
  trx.updateTable('command').set(columnsOf(life)).where('id', '=', id).returningAll().executeTakeFirstOrThrow();

const OPEN: readonly CommandState[] = ['requested', 'sent'];

export const overdue = (db: Db, nowMs: number): Promise<{ id: string }[]> =>
  db
    .selectFrom('command')
    .select('id')
    .where('state', 'in', OPEN)
    .where('deadline_at', '<=', new Date(nowMs))
    .limit(100)
    .execute();

/** The server's wall clock was set by so much. What the gateway was told stays: it has a clock of its own. */
export async function moveDeadlines(trx: Trx, stepMs: number): Promise<void> {
  await trx
    .updateTable('command')
    .set({ deadline_at: sql`deadline_at + ${`${stepMs} milliseconds`}::interval` })
    .where('state', 'in', OPEN)
    .execute();
}

/** Newest first. */
export async function listCommands(
  db: Db,
  query: { equipmentId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: Command[]; nextCursor: string | null }> {
  let rows = db
    .selectFrom('command')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(query.limit + 1);
  if (query.equipmentId !== undefined) rows = rows.where('equipment_id', '=', query.equipmentId);
  if (query.cursor !== undefined) rows = rows.where('seq', '<', Number(query.cursor));
  const found = await rows.execute();
  const shown = found.slice(0, query.limit);
  return { items: shown.map(toCommand), nextCursor: found.length > query.limit ? String(shown.at(-1)?.seq) : null };
}
