// The alarm journal as a list: by equipment, event, person and time, following it as it grows or reading it backwards.
import { sql } from 'kysely';
import type { z } from 'zod';
import { journalEntry, journalQuery } from '../contract/alarms.ts';
import { listOf } from '../contract/shared.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { fromJournalRow, type JournalRow } from './rows.ts';
import { toJournalEntry } from './view.ts';

type Query = z.output<typeof journalQuery>;
type TextRow = JournalRow & { readonly text_zh: string | null; readonly text_en: string | null };

export const journalRoute = (db: Db): AnyRoute =>
  route({
    method: 'GET',
    path: '/api/v1/alarm-journal',
    permission: 'alarm:read',
    summary: 'The alarm journal; `order=oldest` with `after`, the last seq already known, or `order=newest` backwards',
    tag: 'alarms',
    query: journalQuery,
    answer: listOf(journalEntry),
    async handle({ query }) {
      const rows = await readPage(db, query);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      const nextCursor = rows.length > query.limit && last ? String(last.seq) : null;
      return { body: { items: page.map((row) => toJournalEntry(row, textOf(row))), nextCursor } };
    },
  });

/** One more than asked for, to see whether there is a next page. */
function readPage(db: Db, query: Query): Promise<TextRow[]> {
  const { cursor, limit, after, order, equipmentId, alarmId, event, actor, from, to } = query;
  const forward = order === 'oldest';
  const beyond = cursor === undefined ? (after ?? null) : parseSeq(cursor);
  let select = db
    .selectFrom('alarm_journal as j')
    .leftJoin('alarm as a', 'a.id', 'j.alarm_id')
    .selectAll('j')
    .select(['a.text_zh', 'a.text_en']);
  if (beyond !== null) select = select.where('j.seq', forward || cursor === undefined ? '>' : '<', beyond);
  if (equipmentId !== undefined) select = select.where('j.equipment_id', '=', equipmentId);
  if (alarmId !== undefined) select = select.where('j.alarm_id', '=', alarmId);
  if (event !== undefined) select = select.where('j.event', '=', event);
  if (actor !== undefined) select = select.where('j.actor', '=', actor);
  if (from !== undefined) select = select.where('j.server_time', '>=', timeOf('from', from));
  if (to !== undefined) select = select.where('j.server_time', '<', timeOf('to', to));
  return select
    .orderBy(sql`j.seq ${sql.raw(forward ? 'ASC' : 'DESC')}`)
    .limit(limit + 1)
    .execute();
}

/** What was shown then; of an entry that shows nothing itself, what its occurrence shows last. */
function textOf(row: TextRow): { zh: string; en: string } | undefined {
  const transition = fromJournalRow(row);
  if ('shown' in transition) return { ...transition.shown.text };
  const { text_zh, text_en } = row;
  return text_zh === null || text_en === null ? undefined : { zh: text_zh, en: text_en };
}

function timeOf(field: 'from' | 'to', text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new ProblemError(
      400,
      'invalid-request',
      `${field}: found ${text}, expected an ISO 8601 time, e.g. 2026-01-31T08:00:00Z`,
    );
  return at;
}

function parseSeq(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor))
    throw new ProblemError(
      400,
      'invalid-request',
      'cursor: found an unknown form, expected nextCursor of the page before',
    );
  return Number(cursor);
}
