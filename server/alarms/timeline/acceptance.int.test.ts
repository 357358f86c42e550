// The acceptance timelines once more, on the real server parts and a real database. What the rehearsal journals, the server
// journals; and its journal replayed is its table.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '@louwei/device-profiles';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../migrations/testing.ts';
import { replay } from '../core/transition.ts';
import { fromAlarmRow, fromJournalRow } from '../rows.ts';
import { createLiveStage, type LiveStage } from './live-stage.ts';
import { TIMELINE_START_MS } from './play.ts';
import { createRehearsal } from './rehearsal.ts';
import { runTimelineFile } from './run-file.ts';
import type { Stage } from './stage.ts';

const ACCEPTANCE = join(import.meta.dirname, 'acceptance');
const files = readdirSync(ACCEPTANCE).filter((name) => name.endsWith('.yaml'));
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, equipment_feed, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive,
    alarm_out_of_service, work_order, work_order_journal, work_order_alarm CASCADE`.execute(database.db);
  await sql`ALTER SEQUENCE work_order_number RESTART`.execute(database.db);
});

/** Ids differ between two runs; which entries share one does not. */
function withoutIds(entries: Awaited<ReturnType<Stage['journal']>>): unknown {
  const known = { id: [], workOrderId: [], number: [] } as Record<string, unknown[]>;
  const text = JSON.stringify(entries, (key, value) => {
    const own = known[key];
    if (own === undefined) return value;
    if (!own.includes(value)) own.push(value);
    return own.indexOf(value);
  });
  return JSON.parse(text);
}

async function expectReplayable(): Promise<void> {
  const { db } = database;
  const rows = await db.selectFrom('alarm').selectAll().execute();
  for (const row of rows) {
    const journal = await db
      .selectFrom('alarm_journal')
      .selectAll()
      .where('alarm_id', '=', row.id)
      .orderBy('seq')
      .execute();
    if (row.closed_at === null) expect(replay(journal.map(fromJournalRow))).toEqual(fromAlarmRow(row));
    else {
      expect(journal.at(-1)).toMatchObject({ event: 'CLOSED', server_time: row.closed_at });
      expect(row).toMatchObject({ state: 'NORM', cond: false, shelf: null, suppressed_by: [] });
    }
  }
}

describe('acceptance on the real server', () => {
  it.each(files)(
    '%s',
    async (file) => {
      const path = join(ACCEPTANCE, file);
      let rehearsal: Stage | undefined;
      let live: LiveStage | undefined;
      await runTimelineFile(path, file, (classes, { cast, feeds }) => {
        rehearsal = createRehearsal(classes, cast, TIMELINE_START_MS, feeds);
        return rehearsal;
      });
      try {
        const problems = await runTimelineFile(path, file, async (classes, { cast, feeds }) => {
          live = await createLiveStage(database.db, classes, cast, TIMELINE_START_MS, feeds);
          return live;
        });
        expect(problems.map(formatProblem)).toEqual([]);
        expect(withoutIds((await live?.journal()) ?? [])).toEqual(withoutIds((await rehearsal?.journal()) ?? []));
        await expectReplayable();
      } finally {
        await live?.stop();
      }
    },
    60_000,
  );
});
