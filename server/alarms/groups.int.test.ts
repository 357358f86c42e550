// First of a group and flapping alarms on a real database, over a restart too.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { replay } from './core/transition.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';
import { fromAlarmRow, fromJournalRow } from './rows.ts';

let database: TestDatabase;
let plant: Plant;
let clock: { ms: number };

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive CASCADE`.execute(
    database.db,
  );
  clock = { ms: Date.UTC(2026, 0, 1) };
  plant = await createPlant(database.db, 1);
});

const site = (classes: Parameters<typeof createSite>[3]) => createSite(database.db, plant, clock, classes);
const journal = () => database.db.selectFrom('alarm_journal').selectAll().orderBy('seq').execute();
const events = async (): Promise<string[]> => (await journal()).map(({ event }) => event);

/** The journal of every open alarm, replayed, is its row. */
async function expectReplayable(): Promise<void> {
  const entries = await journal();
  for (const row of await database.db.selectFrom('alarm').selectAll().where('closed_at', 'is', null).execute())
    expect(replay(entries.filter((entry) => entry.alarm_id === row.id).map(fromJournalRow))).toEqual(fromAlarmRow(row));
}

describe('groups and flapping alarms', () => {
  const grouped = (point: string) =>
    alarmOf({ priority: 3, firstOutGroup: 'trip', rule: { kind: 'state', point, equals: 1 } });
  const classes = [classOf({ command: grouped('command'), tripped: grouped('tripped'), comm: grouped('comm') })];

  it('mark the first of a group by source time in the transaction that announces it, until all are normal', async () => {
    const { alarms, commit } = await site(classes);
    const { reading, batch } = createReadings(plant, clock);
    const marks = () => alarms.open().map(({ alarm, firstOut }) => [alarm, firstOut]);
    const earlier = { timeMs: clock.ms - 500 };
    await commit(batch(reading('t1', 'comm', 1), reading('t1', 'tripped', 1, earlier)));
    expect(marks().sort()).toEqual([
      ['comm', false],
      ['tripped', true],
    ]);
    await expectReplayable();
    for (const { id } of alarms.open()) await alarms.acknowledge(id, 'wang', {});
    clock.ms += 100_000;
    await commit(batch(reading('t1', 'tripped', 0)));
    clock.ms += 100_000;
    await commit(batch(reading('t1', 'tripped', 1)));
    expect(marks().sort()).toEqual([
      ['comm', false],
      ['tripped', false],
    ]);
    await alarms.stop();
  });

  it('keep a flapping alarm active, count it, and survive a restart without a sound', async () => {
    const before = await site(classes);
    const { reading, batch } = createReadings(plant, clock);
    for (let count = 0; count < 12; count++) {
      await before.commit(batch(reading('t1', 'tripped', 1 - (count % 2))));
      clock.ms += 5000;
    }
    expect(before.alarms.open()).toMatchObject([
      { state: 'UNACK', chattering: true, activations: 6, activationSeq: 3 },
    ]);
    await before.alarms.stop();
    const journalled = (await events()).length;

    const after = await site(classes);
    expect(after.alarms.open()).toMatchObject([{ state: 'UNACK', chattering: true, activationSeq: 3 }]);
    for (const waitMs of [11_000, 61_000]) {
      clock.ms += waitMs;
      await after.alarms.wake();
    }
    expect((await events()).slice(journalled)).toEqual(['SERVER_DOWN', 'CHATTERING_OFF', 'RTN']);
    expect(after.alarms.open()).toMatchObject([{ state: 'RTNUN', chattering: false, firstOut: true }]);
    await expectReplayable();
    await after.alarms.stop();
  });
});
