// The acceptance timelines once more through a real server: each holds there too, its journal is the one of the rehearsal,
// and the journal replayed is what the tables hold.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '@louwei/device-profiles';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { type AlarmRecord, alarmState, EMPTY_RECORD, NORMAL_FACTS } from '../core/facts.ts';
import { apply, replay } from '../core/transition.ts';
import { fromAlarmRow, fromJournalRow } from '../rows.ts';
import { createLiveStage, type LiveStage } from './live-stage.ts';
import { type LoadedTimeline, TIMELINE_START_MS } from './play.ts';
import { createRehearsal } from './rehearsal.ts';
import { runTimelineFile } from './run-file.ts';
import type { Entry, Stage } from './stage.ts';

const ACCEPTANCE = join(import.meta.dirname, 'acceptance');
const files = readdirSync(ACCEPTANCE).filter((name) => name.endsWith('.yaml'));
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, equipment_feed, point, sample, delivery_gap, alarm, alarm_pending,
    alarm_out_of_service, alarm_journal, alarm_alive, work_order, work_order_journal, work_order_alarm CASCADE`.execute(
    database.db,
  );
});

/** Ids are minted: the first one of a journal is `#1`, wherever it stands. */
function withoutIds(entries: readonly Entry[]): unknown[] {
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

const rehearsed = async (file: string): Promise<readonly Entry[]> => {
  let stage: Stage | undefined;
  await runTimelineFile(join(ACCEPTANCE, file), file, (classes, { cast, feeds }) => {
    stage = createRehearsal(classes, cast, TIMELINE_START_MS, feeds);
    return stage;
  });
  return (await stage?.journal()) ?? [];
};

const lateReadings = ({ timeline }: LoadedTimeline): number =>
  timeline.steps.reduce(
    (sum, step) => sum + (step.do === 'read' && step.late ? Object.keys(step.values).length : 0),
    0,
  );

/** I1 and I3: one open occurrence for each alarm, and nothing in the tables that does not follow from the journal. */
async function expectReplayable(stage: LiveStage): Promise<void> {
  const rows = await database.db.selectFrom('alarm').selectAll().orderBy('opened_at').execute();
  const journal = await database.db.selectFrom('alarm_journal').selectAll().orderBy('seq').execute();
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
  const service = await database.db.selectFrom('alarm_out_of_service').selectAll().execute();
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

it.each(files)(
  '%s',
  async (file) => {
    let stage: LiveStage | undefined;
    const problems = await runTimelineFile(join(ACCEPTANCE, file), file, async (classes, loaded) => {
      const { cast, feeds } = loaded;
      const { db } = database;
      stage = await createLiveStage({
        db,
        classes,
        cast,
        feeds,
        startMs: TIMELINE_START_MS,
        lateReadings: lateReadings(loaded),
      });
      return stage;
    });
    expect(problems.map(formatProblem)).toEqual([]);
    if (stage === undefined) throw new Error(`${file} was not played`);
    try {
      expect(withoutIds(await stage.journal())).toEqual(withoutIds(await rehearsed(file)));
      await expectReplayable(stage);
    } finally {
      await stage.stop();
    }
  },
  300_000,
);
