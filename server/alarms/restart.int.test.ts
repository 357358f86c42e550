// What a restart finds and does.
import { QUALITY_CODES } from '@louwei/device-profiles';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { replay } from './core/transition.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';
import { fromAlarmRow, fromJournalRow } from './rows.ts';

const START = Date.UTC(2026, 0, 1);
let database: TestDatabase;
let plant: Plant;
let clock: { ms: number };

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive, work_order, work_order_journal, work_order_alarm CASCADE`.execute(
    database.db,
  );
  clock = { ms: START };
  plant = await createPlant(database.db, 3);
});

const site = (classes?: Parameters<typeof createSite>[3]) => createSite(database.db, plant, clock, classes);
const events = async (alarmId?: string): Promise<string[]> => {
  let select = database.db.selectFrom('alarm_journal').select(['event']).orderBy('seq');
  if (alarmId !== undefined) select = select.where('alarm_id', '=', alarmId);
  return (await select.execute()).map((row) => row.event);
};
const count = async (table: 'alarm' | 'work_order' | 'alarm_pending'): Promise<number> =>
  Number(
    (
      await database.db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirst()
    )?.n,
  );

/** The journal of every open alarm, replayed, is its row. */
async function expectReplayable(): Promise<void> {
  const rows = await database.db.selectFrom('alarm').selectAll().where('closed_at', 'is', null).execute();
  for (const row of rows) {
    const journal = await database.db
      .selectFrom('alarm_journal')
      .selectAll()
      .where('alarm_id', '=', row.id)
      .orderBy('seq')
      .execute();
    expect(replay(journal.map(fromJournalRow))).toEqual(fromAlarmRow(row));
  }
}

describe('restart', () => {
  it('announces nothing again, goes on with delays and shelves, journals the gap', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(
      batch(reading('t1', 'temperature', 150), reading('t2', 'tripped', 1), reading('t3', 'temperature', 115)),
    );
    expect(await count('alarm_pending')).toBe(2);
    const [hot, tripped] = ['t1', 't2'].map((id) => before.alarms.open().find((alarm) => alarm.equipmentId === id));
    await before.alarms.acknowledge(hot?.id ?? '', 'wang', { activationSeq: 1 });
    await before.alarms.shelve(tripped?.id ?? '', 'wang', { minutes: 10, reason: 'test' });
    await before.alarms.stop();
    const journalled = (await events()).length;

    clock.ms += 5 * 60_000;
    const after = await site();
    expect(after.alarms.open().find((alarm) => alarm.id === hot?.id)).toMatchObject({
      state: 'ACKED',
      acknowledgedBy: 'wang',
    });
    expect(after.alarms.open().find((alarm) => alarm.id === tripped?.id)).toMatchObject({ state: 'SHLVD' });
    expect((await events()).slice(journalled)).toEqual(['SERVER_DOWN']);
    expect(after.workOrders.open()).toHaveLength(2);
    await after.commit(batch(reading('t1', 'temperature', 151)));
    expect((await events()).slice(journalled)).toEqual(['SERVER_DOWN']);
    clock.ms += 10_000;
    await after.alarms.wake();
    expect((await events()).slice(journalled)).toEqual(['SERVER_DOWN', 'ACTIVE', 'ACTIVE']);
    clock.ms += 5 * 60_000;
    await after.alarms.wake();
    expect(after.alarms.open().find((alarm) => alarm.id === tripped?.id)).toMatchObject({ state: 'UNACK' });
    expect(await count('work_order')).toBe(2);
    await expectReplayable();
    await after.alarms.stop();
  });

  it('a shelf that ended meanwhile ends at the start; late data after the restart sounds nothing', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    const late = [reading('t3', 'temperature', 150), reading('t3', 'temperature', 100)];
    await before.commit(batch(reading('t1', 'tripped', 1), reading('t3', 'temperature', 90, { timeMs: clock.ms + 1 })));
    const id = before.alarms.open()[0]?.id ?? '';
    await before.alarms.shelve(id, 'wang', { minutes: 5, reason: 'test' });
    await before.alarms.stop();
    clock.ms += 6 * 60_000;
    const after = await site();
    expect(after.alarms.open()).toMatchObject([{ id, state: 'UNACK' }]);
    await after.commit(batch(...late));
    await after.commit(batch(...late));
    expect(after.alarms.open()).toHaveLength(1);
    expect((await events()).filter((event) => event === 'HISTORICAL')).toHaveLength(2);
    await after.alarms.stop();
  });

  it('a raised limit returns the alarm with cause config, a removed definition closes it', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(batch(reading('t1', 'temperature', 150), reading('t2', 'tripped', 1)));
    await before.alarms.stop();
    const changed = classOf({
      'winding-hot': alarmOf({ priority: 1, rule: { kind: 'limit', point: 'temperature', above: 155, deadband: 5 } }),
    });
    const after = await site([changed]);
    expect(after.alarms.open()).toMatchObject([{ equipmentId: 't1', state: 'RTNUN' }]);
    const { items } = await after.call<{ items: { event: string; note: string }[] }>('GET', '/api/v1/alarm-journal', {
      query: {},
    });
    expect(items.slice(-2)).toMatchObject([
      { event: 'CLOSED', note: 'definition-removed' },
      { event: 'RTN', note: 'config' },
    ]);
    expect(await count('alarm')).toBe(2);
    await after.alarms.stop();
  });

  it('knows how long a state has lasted from the stored readings, and concludes nothing before the backlog', async () => {
    const running = alarmOf({ rule: { kind: 'duration', point: 'tripped', equals: 1, forS: 3600 } });
    const often = alarmOf({ rule: { kind: 'count', point: 'tripped', equals: 1, above: 1, windowS: 3600 } });
    const classes = [classOf({ running, often })];
    const before = await site(classes);
    const { reading, batch } = createReadings(plant, clock);
    for (const value of [0, 1, 0, 1]) {
      await before.commit(batch(reading('t1', 'tripped', value)));
      clock.ms += 60_000;
    }
    const opened = before.alarms.open().map(({ alarm }) => alarm);
    expect(opened).toEqual(['often']);
    await before.alarms.stop();

    clock.ms = START + 50 * 60_000;
    const after = await site(classes);
    clock.ms += 11_000;
    await after.alarms.wake();
    expect(after.alarms.open().map(({ alarm, state }) => [alarm, state])).toEqual([['often', 'UNACK']]);
    clock.ms = START + 62 * 60_000;
    await after.alarms.wake();
    expect(after.alarms.open().map(({ alarm, state }) => [alarm, state])).toEqual([['often', 'RTNUN']]);
    clock.ms = START + 63 * 60_000;
    await after.alarms.wake();
    expect((await events()).filter((event) => event !== 'SERVER_DOWN')).toEqual([
      'ACTIVE',
      'ACK_OVERDUE',
      'RTN',
      'ACTIVE',
    ]);
    await expectReplayable();
    await after.alarms.stop();
  });

  it('takes the last good word on whether a device answers, whatever flawed one came after it', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(
      batch(
        reading('t1', 'temperature', 150),
        reading('t2', 'temperature', 150),
        reading('t1', 'comm', 1),
        reading('t2', 'comm', 0),
      ),
    );
    const flawed = [reading('t1', 'comm', 0, { quality: 'timeout' }), reading('t2', 'comm', null)];
    await before.commit(batch(...flawed));
    // The test's delivery stores every reading as good; the ingest stores the quality it got.
    const seqs = flawed.map(({ seq }) => seq);
    await database.db.updateTable('sample').set({ quality: QUALITY_CODES.timeout }).where('seq', 'in', seqs).execute();
    const uncertain = (one: typeof before) => one.alarms.open().filter((alarm) => alarm.uncertain);
    const held = [{ equipmentId: 't2', alarm: 'winding-hot' }];
    expect(uncertain(before)).toMatchObject(held);
    await before.alarms.stop();
    const after = await site();
    expect(uncertain(after)).toMatchObject(held);
    // It was held before the start already: nothing is new when it goes on not answering.
    const known = (await events()).length;
    await after.commit(batch(reading('t2', 'comm', 0)));
    expect((await events()).length).toBe(known);
    await expectReplayable();
    await after.alarms.stop();
  });
});
