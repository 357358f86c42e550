// Reads the alarm journal for counting, and keeps the operating positions.
import { type SqlBool, sql } from 'kysely';
import { fromJournalRow } from '../alarms/rows.ts';
import type { OperatingPosition } from '../contract/alarm-health.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { JournalFact } from './core/announcement.ts';
import type { AttributeChange } from './core/attribute-audit.ts';
import { WINDOW_MS } from './core/flood.ts';

/** Entries read at once: a year of them does not fit into memory together. */
const PORTION = 5000;

export interface JournalRange {
  /** Exclusive. */
  readonly afterSeq: number;
  readonly fromMs?: number;
  /** Exclusive. */
  readonly toMs?: number;
  /** Also earlier entries of occurrences that were open at `fromMs`. */
  readonly withOpen?: boolean;
}

/** Entries of occurrences in the order in which they were written. */
export async function* readJournal(db: Db, range: JournalRange): AsyncGenerator<JournalFact[]> {
  const { fromMs, toMs, withOpen = false } = range;
  for (let after = range.afterSeq; ; ) {
    let select = db
      .selectFrom('alarm_journal')
      .selectAll()
      .where('alarm_id', 'is not', null)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PORTION);
    if (toMs !== undefined) select = select.where('server_time', '<', new Date(toMs));
    if (fromMs !== undefined) {
      const from = new Date(fromMs);
      select = withOpen
        ? select.where(
            sql<SqlBool>`(server_time >= ${from} OR alarm_id IN
              (SELECT id FROM alarm WHERE opened_at < ${from} AND (closed_at IS NULL OR closed_at >= ${from})))`,
          )
        : select.where('server_time', '>=', from);
    }
    const rows = await select.execute();
    const facts = rows.flatMap((row): JournalFact[] => {
      const { alarm_id, equipment_id, alarm, priority } = row;
      if (alarm_id === null || equipment_id === null || alarm === null || priority === null) return [];
      return [
        {
          seq: row.seq,
          alarmId: alarm_id,
          equipmentId: equipment_id,
          alarm,
          priority,
          transition: fromJournalRow(row),
        },
      ];
    });
    if (facts.length > 0) yield facts;
    const last = rows.at(-1);
    if (rows.length < PORTION || last === undefined) return;
    after = last.seq;
  }
}

/**
 * From which time the journal has to be read so that no flood before it matters: the last announced entry before
 * `beforeMs` that came when at most four lay in the window, and the window before it.
 */
export async function quietBefore(db: Db, beforeMs: number): Promise<number> {
  const { rows } = await sql<{ readonly at: Date | null }>`
    SELECT max(server_time) AS at FROM (
      SELECT server_time, lag(server_time, 5) OVER (ORDER BY seq) AS fifth
      FROM alarm_journal WHERE change ->> 'announced' = 'true' AND server_time < ${new Date(beforeMs)}
    ) AS announced
    WHERE fifth IS NULL OR server_time - fifth > ${`${WINDOW_MS} milliseconds`}::interval`.execute(db);
  return (rows[0]?.at?.getTime() ?? beforeMs) - WINDOW_MS;
}

/** Of the whole journal; 0 while it is empty. */
export async function lastSeq(db: Db): Promise<number> {
  const row = await db
    .selectFrom('alarm_journal')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
}

/** Time of the first entry of the whole journal. */
export async function journalBegin(db: Db): Promise<number | null> {
  const row = await db.selectFrom('alarm_journal').select('server_time').orderBy('seq').limit(1).executeTakeFirst();
  return row?.server_time.getTime() ?? null;
}

export interface AlarmName {
  readonly equipmentId: string;
  readonly alarm: string;
}

/** What the operator last read about each of these alarms. */
export async function lastTexts(
  db: Db,
  names: readonly AlarmName[],
): Promise<ReadonlyMap<string, { readonly zh: string; readonly en: string }>> {
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ equipmentId: string; alarm: string; zh: string; en: string }>`
    SELECT DISTINCT ON (a.equipment_id, a.alarm)
      a.equipment_id AS "equipmentId", a.alarm, a.text_zh AS zh, a.text_en AS en
    FROM alarm a JOIN unnest(${names.map((one) => one.equipmentId)}::text[], ${names.map((one) => one.alarm)}::text[])
      AS wanted (equipment_id, alarm) ON a.equipment_id = wanted.equipment_id AND a.alarm = wanted.alarm
    ORDER BY a.equipment_id, a.alarm, a.opened_at DESC`.execute(db);
  return new Map(rows.map(({ equipmentId, alarm, zh, en }) => [`${equipmentId}/${alarm}`, { zh, en }] as const));
}

export async function loadPositions(db: Db): Promise<OperatingPosition[]> {
  const rows = await db.selectFrom('operating_position').selectAll().orderBy('place').execute();
  return rows.map(({ id, name_zh, name_en, covers }) => ({ id, name: { zh: name_zh, en: name_en }, covers }));
}

export async function savePositions(trx: Trx, positions: readonly OperatingPosition[]): Promise<void> {
  await trx.deleteFrom('operating_position').execute();
  if (positions.length === 0) return;
  await trx
    .insertInto('operating_position')
    .values(
      positions.map(({ id, name, covers }, place) => ({
        id,
        place,
        name_zh: name.zh,
        name_en: name.en,
        covers: JSON.stringify(covers),
      })),
    )
    .execute();
}

/** Every change of alarm attributes before the time, by equipment and version. */
export async function readAttributeChanges(db: Db, toMs: number): Promise<AttributeChange[]> {
  const rows = await db
    .selectFrom('alarm_setting_change as c')
    .leftJoin('person as p', 'p.username', 'c.actor')
    .select(['c.equipment_id', 'c.version', 'c.at', 'c.reason', 'c.changes', 'c.settings', 'p.id as person'])
    .where('c.at', '<', new Date(toMs))
    .orderBy('c.equipment_id')
    .orderBy('c.version')
    .execute();
  return rows.map(({ equipment_id, version, at, reason, changes, settings, person }) => ({
    equipmentId: equipment_id,
    version,
    atMs: at.getTime(),
    reason,
    byPerson: person !== null,
    changes,
    settings,
  }));
}
