// What is set aside survives a restart: out of service, suppression by design, one-shot shelves, levels; and the verbs.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm, OutOfService } from '../contract/alarms.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { replay } from './core/transition.ts';
import { createPlant, createReadings, createSite, type Plant, WORK_ORDER } from './fixtures.ts';
import { fromAlarmRow, fromJournalRow } from './rows.ts';

const CLASSES = [
  classOf({
    warm: alarmOf({
      priority: 2,
      workOrder: WORK_ORDER,
      suppressWhen: [{ point: 'tripped', equals: 1 }],
      rule: { kind: 'limit', point: 'temperature', above: 110, deadband: 5 },
    }),
  }),
];
const LEVELS = [
  classOf({
    warm: alarmOf({
      onDelayS: 10,
      rule: {
        kind: 'levels',
        point: 'temperature',
        above: [
          { limit: 110, priority: 3 },
          { limit: 130, priority: 1 },
        ],
        deadband: 5,
      },
    }),
  }),
];
const DEVIATION = [
  classOf({
    off: alarmOf({ rule: { kind: 'deviation', point: 'temperature', setpoint: 'tripped', above: 10, deadband: 1 } }),
  }),
];
const OUT = '/api/v1/equipment/:id/alarms/:alarm/out-of-service';
const BACK = '/api/v1/equipment/:id/alarms/:alarm/in-service';
const params = { id: 't1', alarm: 'warm' };

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
  clock = { ms: Date.UTC(2026, 0, 1) };
  plant = await createPlant(database.db, 1);
});

const site = (classes: Parameters<typeof createSite>[3] = CLASSES) => createSite(database.db, plant, clock, classes);
const journal = () => database.db.selectFrom('alarm_journal').selectAll().orderBy('seq').execute();
const request = () => ({
  reason: 'overhaul',
  reference: 'WO-7',
  reviewAt: new Date(clock.ms + 3600_000).toISOString(),
});

async function expectReplayable(): Promise<void> {
  for (const row of await database.db.selectFrom('alarm').selectAll().where('closed_at', 'is', null).execute())
    expect(replay((await journal()).filter(({ alarm_id }) => alarm_id === row.id).map(fromJournalRow))).toEqual(
      fromAlarmRow(row),
    );
}

describe('out of service', () => {
  it('of a normal alarm survives the restart, hides the activation and opens the order on its return', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    expect(await before.call('POST', OUT, { params, body: request() })).toEqual({ changed: true });
    await expect(before.call('POST', OUT, { params, body: request() })).rejects.toThrow('out of service already');
    await before.alarms.stop();

    clock.ms += 2 * 3600_000;
    const after = await site();
    const listed = await after.call<{ items: OutOfService[] }>('GET', '/api/v1/alarms-out-of-service');
    expect(listed.items).toMatchObject([
      { equipmentId: 't1', alarm: 'warm', by: 'wang', reference: 'WO-7', overdue: true, alarmId: null },
    ]);
    await after.commit(batch(reading('t1', 'temperature', 120)));
    expect(after.alarms.open()).toMatchObject([{ state: 'OOSRV' }]);
    expect(after.workOrders.open()).toEqual([]);
    await expectReplayable();
    await after.alarms.stop();

    const third = await site();
    expect(third.alarms.open()).toMatchObject([{ state: 'OOSRV' }]);
    expect(await third.call('POST', BACK, { params, body: {} })).toEqual({ changed: true });
    expect(await third.call('POST', BACK, { params, body: {} })).toEqual({ changed: false });
    expect(third.alarms.open()).toMatchObject([{ state: 'UNACK' }]);
    expect(third.workOrders.open()).toHaveLength(1);
    await expectReplayable();
    expect(await database.db.selectFrom('alarm_out_of_service').selectAll().execute()).toEqual([]);
    await third.alarms.stop();
  });

  it('ends at the start when its order was closed and the server died before the alarm heard of it', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(batch(reading('t1', 'temperature', 120)));
    const reference = before.workOrders.open()[0]?.number ?? '';
    expect(await before.call('POST', OUT, { params, body: { ...request(), reference } })).toEqual({ changed: true });
    expect(before.alarms.open()).toMatchObject([{ state: 'OOSRV' }]);
    await before.alarms.stop();
    // What is left when the order's transaction was the last that was committed.
    await database.db.updateTable('work_order').set({ state: 'CLOSED' }).where('number', '=', reference).execute();

    clock.ms += 60_000;
    const after = await site();
    expect(after.alarms.open()).toMatchObject([{ state: 'UNACK' }]);
    expect(await database.db.selectFrom('alarm_out_of_service').selectAll().execute()).toEqual([]);
    expect((await journal()).filter(({ actor }) => actor === `order:${reference}`)).toHaveLength(1);
    await expectReplayable();
    await after.alarms.stop();
  });

  it('of an alarm that does not exist is a 404', async () => {
    const { alarms, call } = await site();
    await expect(call('POST', OUT, { params: { id: 't1', alarm: 'nothing' }, body: request() })).rejects.toMatchObject({
      status: 404,
    });
    await alarms.stop();
  });
});

describe('suppression by design', () => {
  it('is known again after a restart, though its last reading was flawed; the order opens when it is announced', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(batch(reading('t1', 'tripped', 1)));
    clock.ms += 1000;
    const flawed = reading('t1', 'tripped', null);
    await before.commit(batch(flawed));
    // The test's delivery stores every reading as good; the ingest stores the quality it got.
    await database.db.updateTable('sample').set({ quality: 71 }).where('seq', '=', flawed.seq).execute();
    await before.alarms.stop();

    const after = await site();
    await after.commit(batch(reading('t1', 'temperature', 120)));
    expect(after.alarms.open()).toMatchObject([{ state: 'DSUPR' }]);
    expect(after.workOrders.open()).toEqual([]);
    await expectReplayable();
    await after.alarms.stop();

    const third = await site();
    expect(third.alarms.open()).toMatchObject([{ state: 'DSUPR' }]);
    clock.ms += 1000;
    await third.commit(batch(reading('t1', 'tripped', 0)));
    expect(third.alarms.open()).toMatchObject([{ state: 'UNACK' }]);
    expect(third.workOrders.open()).toHaveLength(1);
    await expectReplayable();
    await third.alarms.stop();
  });
});

describe('rules with more than one number', () => {
  it('a set-point from before the restart still counts', async () => {
    const before = await site(DEVIATION);
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(batch(reading('t1', 'tripped', 50), reading('t1', 'temperature', 55)));
    await before.alarms.stop();
    clock.ms += 1000;
    const after = await site(DEVIATION);
    expect(after.alarms.open()).toEqual([]);
    await after.commit(batch(reading('t1', 'temperature', 61)));
    expect(after.alarms.open()).toMatchObject([{ alarm: 'off', value: 61, limit: 10 }]);
    await after.alarms.stop();
  });

  it('a level that was reached before the restart is announced after it without a new reading', async () => {
    const before = await site(LEVELS);
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(batch(reading('t1', 'temperature', 115)));
    clock.ms += 10_000;
    await before.alarms.wake();
    await before.commit(batch(reading('t1', 'temperature', 140)));
    expect(before.alarms.open()).toMatchObject([{ priority: 3, limit: 110 }]);
    await before.alarms.stop();
    clock.ms += 1000;
    const after = await site(LEVELS);
    clock.ms += 10_000;
    await after.alarms.wake();
    expect(after.alarms.open()).toMatchObject([{ priority: 1, limit: 130, value: 140, activationSeq: 2 }]);
    await expectReplayable();
    await after.alarms.stop();
  });
});

describe('verbs', () => {
  it('silence is journalled with the desk and changes nothing; a one-shot shelf survives and ends with the condition', async () => {
    const before = await site();
    const { reading, batch } = createReadings(plant, clock);
    await before.commit(batch(reading('t1', 'temperature', 120)));
    const id = before.alarms.open()[0]?.id ?? '';
    const silenced = await before.call<{ alarm: Alarm }>('POST', '/api/v1/alarms/:id/silence', {
      params: { id },
      body: { console: 'desk-2' },
    });
    expect(silenced.alarm).toMatchObject({ state: 'UNACK', acknowledged: false });
    expect((await journal()).at(-1)).toMatchObject({ event: 'SILENCED', actor: 'wang', note: 'desk-2' });
    const body = { minutes: 60, reason: 'known', oneShot: true };
    await before.call('POST', '/api/v1/alarms/:id/shelve', { params: { id }, body });
    await before.alarms.stop();
    clock.ms += 1000;
    const after = await site();
    await expectReplayable();
    await after.commit(batch(reading('t1', 'temperature', 90)));
    expect(after.alarms.open()).toEqual([]);
    expect((await journal()).slice(-3).map(({ event, note }) => [event, note])).toEqual([
      ['RTN', null],
      ['UNSHELVED', 'one-shot'],
      ['CLOSED', 'modifier-ended'],
    ]);
    await after.alarms.stop();
  });
});
