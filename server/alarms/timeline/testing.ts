// For tests of the real server along a clock: an empty database, and what its tables owe to the journal.
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Db } from '../../migrations/tables.ts';
import { type AlarmRecord, alarmState, EMPTY_RECORD, NORMAL_FACTS } from '../core/facts.ts';
import { apply, replay } from '../core/transition.ts';
import { fromAlarmRow, fromJournalRow } from '../rows.ts';
import type { LiveStage } from './live-stage.ts';
import type { Entry } from './stage.ts';

export async function emptied(db: Db): Promise<void> {
  await sql`ALTER SEQUENCE work_order_number RESTART`.execute(db);
  await sql`TRUNCATE gateway, equipment, equipment_feed, point, sample, delivery_gap, alarm, alarm_pending,
    alarm_out_of_service, alarm_journal, alarm_alive, work_order, work_order_journal, work_order_alarm CASCADE`.execute(
    db,
  );
}

/** Ids are minted: the first one of a journal is `#1`, wherever it stands. */
export function withoutIds(entries: readonly Entry[]): unknown[] {
  const names = new Map<string, string>();
  const named = (id: string): string => {
    const name = names.get(id) ?? `#${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  return entries.map(({ equipmentId, alarm, transition }) => ({
    equipmentId,
    alarm,
    ...transition,
    ...('id' in transition ? { id: named(transition.id) } : {}),
    ...('workOrderId' in transition
      ? { workOrderId: named(transition.workOrderId), number: `number of ${named(transition.workOrderId)}` }
      : {}),
  }));
}

/** I1 and I3: one open occurrence for each alarm, and nothing in the tables that does not follow from the journal. */
export async function expectReplayable(db: Db, stage: LiveStage): Promise<void> {
  const rows = await db.selectFrom('alarm').selectAll().orderBy('opened_at').execute();
  const journal = await db.selectFrom('alarm_journal').selectAll().orderBy('seq').execute();
  const open = rows.filter(({ closed_at }) => closed_at === null);
  const identities = open.map(({ equipment_id, alarm }) => `${equipment_id}/${alarm}`);
  expect(identities).toEqual([...new Set(identities)]);

  for (const row of rows) {
    const own = journal.filter(({ alarm_id }) => alarm_id === row.id).map(fromJournalRow);
    const closing = own.findIndex(({ event }) => event === 'CLOSED');
    expect(closing < 0).toBe(row.closed_at === null);
    const stored = fromAlarmRow(row);
    expect(row.state).toBe(alarmState(stored.facts));
    if (closing < 0) expect(replay(own)).toEqual(stored);
    else {
      expect(own.slice(closing + 1)).toEqual([]);
      expect({ facts: NORMAL_FACTS, occurrence: replay(own.slice(0, closing)).occurrence }).toEqual(stored);
      expect(own[closing]?.serverMs).toBe(row.closed_at?.getTime());
    }
  }

  const replayed = new Map<string, AlarmRecord>();
  for (const { equipmentId, alarm, transition } of await stage.journal()) {
    const id = `${equipmentId}/${alarm}`;
    replayed.set(id, apply(replayed.get(id) ?? EMPTY_RECORD, transition));
  }
  const states = new Map(open.map((row) => [`${row.equipment_id}/${row.alarm}`, fromAlarmRow(row)]));
  const service = await db.selectFrom('alarm_out_of_service').selectAll().execute();
  for (const { equipment_id, alarm, actor: by, reason, reference, review_at } of service) {
    const id = `${equipment_id}/${alarm}`;
    const { facts, occurrence } = states.get(id) ?? EMPTY_RECORD;
    const oos = { by, reason, reference, reviewAtMs: review_at.getTime() };
    if (occurrence !== null) expect(facts.oos).toEqual(oos);
    states.set(id, { facts: { ...facts, oos }, occurrence });
  }
  for (const [id, record] of replayed) expect([id, record]).toEqual([id, states.get(id) ?? EMPTY_RECORD]);
  expect([...states.keys()].filter((id) => !replayed.has(id))).toEqual([]);

  const shown = stage.server.alarms.open().map(({ id, state }) => [id, state]);
  expect(shown.toSorted()).toEqual(open.map(({ id, state }) => [id, state]).toSorted());
}
