// Reads and writes of the alarm tables. Only transitions are written: a reading that changes nothing costs no SQL.
import { sql } from 'kysely';
import type { Db, Trx } from '../migrations/tables.ts';
import type { ClockStep } from './core/clock-step.ts';
import type { OutOfService } from './core/facts.ts';
import { type Draft, stateIn } from './draft.ts';
import {
  type AlarmRow,
  type JournalRow,
  type PendingRow,
  signedSeconds,
  toAlarmRow,
  toJournalRow,
  toPendingRow,
} from './rows.ts';
import { type Rule, ruleId } from './rule-book.ts';

/** Rows in one statement; PostgreSQL takes 65,535 parameters. */
const CHUNK = 1000;

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}

/**
 * Writes the draft: ended occurrences first, because only one may be open for each alarm.
 * @returns the journal sequence of each recorded transition.
 */
export async function saveDraft(trx: Trx, draft: Draft): Promise<number[]> {
  const ended = draft.closed.map(({ rule, occurrence, closedAtMs }) => {
    const facts = { ...stateIn(draft, rule).record.facts, cond: false, acked: true, latched: false, shelf: null };
    return toAlarmRow(rule, { ...facts, suppressedBy: [] }, occurrence, closedAtMs);
  });
  await upsertAlarms(trx, ended);
  const touched = new Set(draft.recorded.map(({ rule }) => rule));
  const open = [...touched].flatMap((rule) => {
    const { facts, occurrence } = stateIn(draft, rule).record;
    return occurrence === null ? [] : [toAlarmRow(rule, facts, occurrence, null)];
  });
  await upsertAlarms(trx, open);
  await savePending(trx, draft);
  await saveService(trx, draft);
  const seqs: number[] = [];
  for (const rows of chunks(draft.recorded.map(toJournalRow))) {
    const written = await trx
      .insertInto('alarm_journal')
      .values([...rows])
      .returning('seq')
      .execute();
    seqs.push(...written.map(({ seq }) => seq));
  }
  return seqs;
}

async function upsertAlarms(trx: Trx, all: readonly ReturnType<typeof toAlarmRow>[]): Promise<void> {
  for (const rows of chunks(all)) {
    const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== 'id');
    await trx
      .insertInto('alarm')
      .values([...rows])
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet(() => Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)]))),
      )
      .execute();
  }
}

async function savePending(trx: Trx, draft: Draft): Promise<void> {
  const started: ReturnType<typeof toPendingRow>[] = [];
  const stopped: Rule[] = [];
  for (const [rule, { watch }] of draft.states) {
    const before = rule.state.watch.pending;
    if (watch.pending?.sinceMs === before?.sinceMs) continue;
    if (watch.pending !== null) started.push(toPendingRow(rule, watch.pending));
    else stopped.push(rule);
  }
  for (const rows of chunks(started))
    await trx
      .insertInto('alarm_pending')
      .values([...rows])
      .onConflict((conflict) =>
        conflict.columns(['equipment_id', 'alarm']).doUpdateSet((excluded) => ({
          since: excluded.ref('excluded.since'),
          source_time: excluded.ref('excluded.source_time'),
          value: excluded.ref('excluded.value'),
        })),
      )
      .execute();
  await dropPending(trx, stopped);
}

/** Delays that do not run any more. */
export async function dropPending(trx: Trx, rules: readonly Rule[]): Promise<void> {
  for (const rows of chunks(rules))
    await sql`DELETE FROM alarm_pending p USING unnest(
      ${rows.map((row) => row.equipmentId)}::text[], ${rows.map((row) => row.definition.alarm)}::text[]
    ) AS gone (equipment_id, alarm) WHERE p.equipment_id = gone.equipment_id AND p.alarm = gone.alarm`.execute(trx);
}

/** People change it one at a time, so a statement each is enough. */
async function saveService(trx: Trx, draft: Draft): Promise<void> {
  for (const { rule, transition } of draft.recorded) {
    const { equipmentId, definition } = rule;
    if (transition.event === 'OOS_OFF' || (transition.event === 'CLOSED' && transition.cause === 'definition-removed'))
      await trx
        .deleteFrom('alarm_out_of_service')
        .where('equipment_id', '=', equipmentId)
        .where('alarm', '=', definition.alarm)
        .execute();
    if (transition.event === 'OOS_ON')
      await trx
        .insertInto('alarm_out_of_service')
        .values({
          equipment_id: equipmentId,
          alarm: definition.alarm,
          actor: transition.actor,
          reason: transition.reason,
          reference: transition.reference,
          review_at: new Date(transition.reviewAtMs),
          since: new Date(transition.serverMs),
        })
        .execute();
  }
}

/** By equipment and alarm, also of alarms without an occurrence. */
export async function loadService(
  trx: Trx,
): Promise<{ readonly equipmentId: string; readonly alarm: string; readonly oos: OutOfService }[]> {
  const rows = await trx.selectFrom('alarm_out_of_service').selectAll().execute();
  return rows.map(({ equipment_id, alarm, actor, reason, reference, review_at }) => ({
    equipmentId: equipment_id,
    alarm,
    oos: { by: actor, reason, reference, reviewAtMs: review_at.getTime() },
  }));
}

export async function loadOpen(trx: Trx): Promise<{ alarms: AlarmRow[]; pending: PendingRow[] }> {
  return {
    alarms: await trx.selectFrom('alarm').selectAll().where('closed_at', 'is', null).execute(),
    pending: await trx.selectFrom('alarm_pending').selectAll().execute(),
  };
}

/** Re-judged by a changed definition although nothing happened. */
export async function saveFingerprint(trx: Trx, alarmId: string, fingerprint: string): Promise<void> {
  await trx.updateTable('alarm').set({ definition: fingerprint }).where('id', '=', alarmId).execute();
}

export interface LastSample {
  readonly pointId: number;
  readonly epoch: number;
  readonly seq: number;
  readonly time: Date;
  readonly value: number | null;
  readonly text: string | null;
  readonly quality: number;
}

/** The last committed reading of each point: what was evaluated before the server stopped. One index look-up each. */
export async function lastSamples(
  trx: Trx,
  pointIds: readonly number[],
  /** Only readings of these quality codes; absent: any. */
  qualities?: readonly number[],
): Promise<LastSample[]> {
  if (pointIds.length === 0) return [];
  const { rows } = await sql<LastSample>`SELECT p.id AS "pointId", s.epoch, s.seq, s.time, s.value, s.text, s.quality
    FROM unnest(${[...pointIds]}::int[]) AS p (id)
    CROSS JOIN LATERAL (
      SELECT epoch, seq, time, value, text, quality FROM sample
      WHERE point_id = p.id ${qualities === undefined ? sql`` : sql`AND quality = ANY(${[...qualities]}::int[])`}
      ORDER BY time DESC, epoch DESC, seq DESC LIMIT 1
    ) s`.execute(trx);
  return rows;
}

/** Server time, Unix ms, at which each event of the equipment was journalled last, by the id of its rule. */
export async function lastEvents(trx: Trx, equipmentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (equipmentIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('alarm_journal')
    .select(({ fn }) => ['equipment_id', 'alarm', fn.max('server_time').as('at')])
    .where('event', '=', 'EVENT')
    .where('equipment_id', 'in', equipmentIds)
    .groupBy(['equipment_id', 'alarm'])
    .execute();
  return new Map(rows.map(({ equipment_id, alarm, at }) => [ruleId(equipment_id ?? '', alarm ?? ''), at.getTime()]));
}

export async function markAlive(trx: Trx, nowMs: number): Promise<void> {
  await trx
    .insertInto('alarm_alive')
    .values({ alive_at: new Date(nowMs) })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ alive_at: new Date(nowMs) }))
    .execute();
}

/** Until when alarms were watched for certain, Unix ms; null before the first start. */
export async function aliveAtMs(executor: Db | Trx): Promise<number | null> {
  const row = await executor.selectFrom('alarm_alive').select('alive_at').executeTakeFirst();
  return row?.alive_at.getTime() ?? null;
}

/** The wall clock was set; `nowMs` is on the clock as it is set now. */
export async function journalClockStep(trx: Trx, { stepMs, nowMs }: ClockStep): Promise<void> {
  const at = new Date(nowMs);
  await trx
    .insertInto('alarm_journal')
    .values({
      event: 'CLOCK_SET',
      alarm_id: null,
      equipment_id: null,
      alarm: null,
      priority: null,
      actor: 'system',
      source_time: at,
      server_time: at,
      value: null,
      note: `${signedSeconds(stepMs)}: ${new Date(nowMs - stepMs).toISOString()} → ${at.toISOString()}`,
      change: { event: 'CLOCK_SET', stepMs },
    })
    .execute();
  await markAlive(trx, nowMs);
}

/** Asked after a transaction that ended in doubt. */
export async function isClockStepJournalled(db: Db, { nowMs }: ClockStep): Promise<boolean> {
  const last = await db
    .selectFrom('alarm_journal')
    .select('server_time')
    .where('event', '=', 'CLOCK_SET')
    .where('alarm_id', 'is', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.server_time.getTime() === nowMs;
}

/** Journals the time in which nobody watched. */
export async function journalDowntime(trx: Trx, nowMs: number): Promise<void> {
  const alive = await trx.selectFrom('alarm_alive').select('alive_at').executeTakeFirst();
  if (alive !== undefined && alive.alive_at.getTime() < nowMs)
    await trx
      .insertInto('alarm_journal')
      .values({
        event: 'SERVER_DOWN',
        alarm_id: null,
        equipment_id: null,
        alarm: null,
        priority: null,
        actor: 'system',
        source_time: alive.alive_at,
        server_time: new Date(nowMs),
        value: null,
        note: `${alive.alive_at.toISOString()} .. ${new Date(nowMs).toISOString()}`,
        change: { event: 'SERVER_DOWN' },
      })
      .execute();
  await markAlive(trx, nowMs);
}

interface AlarmFilter {
  readonly status: 'open' | 'closed' | 'all';
  readonly equipmentId?: string | undefined;
  readonly priority?: number | undefined;
  readonly before?: { readonly atMs: number; readonly id: string } | undefined;
  readonly limit: number;
}

export async function listAlarms(
  db: Db,
  { status, equipmentId, priority, before, limit }: AlarmFilter,
): Promise<AlarmRow[]> {
  let select = db.selectFrom('alarm').selectAll();
  if (status !== 'all') select = select.where('closed_at', status === 'open' ? 'is' : 'is not', null);
  if (equipmentId !== undefined) select = select.where('equipment_id', '=', equipmentId);
  if (priority !== undefined) select = select.where('priority', '=', priority);
  if (before !== undefined)
    select = select.where(sql<boolean>`(opened_at, id) < (${new Date(before.atMs)}, ${before.id})`);
  return select.orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

export const findAlarm = (db: Db, id: string): Promise<AlarmRow | undefined> =>
  db.selectFrom('alarm').selectAll().where('id', '=', id).executeTakeFirst();

/** The journal of one occurrence, in the order in which it was written. */
export const listJournal = (db: Db, alarmId: string, limit: number): Promise<JournalRow[]> =>
  db.selectFrom('alarm_journal').selectAll().where('alarm_id', '=', alarmId).orderBy('seq').limit(limit).execute();
