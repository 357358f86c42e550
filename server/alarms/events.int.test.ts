// An event of a site: one entry in the journal with value and text, on no list, without an order, and not again after a restart.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../contract/alarms.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';

const {
  priority: _priority,
  action: _action,
  ...record
} = alarmOf({
  rule: { kind: 'limit', point: 'temperature', above: 110, deadband: 5 },
  text: { zh: '温度 {value}', en: 'Warm: {value}' },
});
const silent = { ...record, rule: { kind: 'stale' as const, point: 'temperature', afterS: 60 } };
const CLASSES = [{ ...classOf({}), events: { warm: { ...record, because: ['no-action' as const] } } }];

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

describe('an event', () => {
  it('is journalled with value and text, and nothing else comes of it', async () => {
    const site = await createSite(database.db, plant, clock, CLASSES);
    const { reading, batch } = createReadings(plant, clock);
    const events = async (): Promise<JournalEntry[]> =>
      (await site.call<{ items: JournalEntry[] }>('GET', '/api/v1/alarm-journal', { query: { event: 'EVENT' } })).items;
    await site.commit(batch(reading('t1', 'temperature', 120)));
    expect(await events()).toMatchObject([
      { alarm: 'warm', equipmentId: 't1', value: 120, priority: null, alarmId: null, text: { en: 'Warm: 120.0' } },
    ]);
    expect(site.alarms.open()).toEqual([]);
    expect(site.workOrders.open()).toEqual([]);
    expect(site.alarms.counts('t1')).toEqual({ worstPriority: null, unacknowledged: 0, active: 0 });
    const request = {
      params: { id: 't1', alarm: 'warm' },
      body: { reason: 'repair', reference: 'x', reviewAt: new Date(clock.ms + 1000).toISOString() },
    };
    await expect(
      site.call('POST', '/api/v1/equipment/:id/alarms/:alarm/out-of-service', request),
    ).rejects.toMatchObject({ status: 404 });
    await site.alarms.stop();

    clock.ms += 60_000;
    const after = await createSite(database.db, plant, clock, CLASSES);
    await after.commit(batch(reading('t1', 'temperature', 125)));
    const count = () => database.db.selectFrom('alarm_journal').selectAll().where('event', '=', 'EVENT').execute();
    expect(await count()).toHaveLength(1);
    clock.ms += 1000;
    await after.commit(batch(reading('t1', 'temperature', 90)));
    await after.commit(batch(reading('t1', 'temperature', 130)));
    expect(await count()).toHaveLength(2);
    await after.alarms.stop();
  });

  it('of silence is journalled once for one silence, over restarts, and once for the next', async () => {
    const classes = [{ ...classOf({}), events: { silent: { ...silent, because: ['no-action' as const] } } }];
    const { reading, batch } = createReadings(plant, clock);
    const count = async () =>
      (await database.db.selectFrom('alarm_journal').selectAll().where('event', '=', 'EVENT').execute()).length;
    let site = await createSite(database.db, plant, clock, classes);
    const pass = async (seconds: number): Promise<void> => {
      clock.ms += seconds * 1000;
      await site.alarms.wake();
    };
    const restart = async (): Promise<void> => {
      await site.alarms.stop();
      site = await createSite(database.db, plant, clock, classes);
    };
    await site.commit(batch(reading('t1', 'temperature', 50)));
    await pass(61);
    expect(await count()).toBe(1);
    await restart();
    await pass(600);
    expect(await count()).toBe(1);
    await site.commit(batch(reading('t1', 'temperature', 51)));
    // Nobody has told this silence yet when the server stops.
    await pass(30);
    await restart();
    await pass(120);
    expect(await count()).toBe(2);
    await restart();
    await pass(600);
    expect(await count()).toBe(2);
    await site.alarms.stop();
  });
});
