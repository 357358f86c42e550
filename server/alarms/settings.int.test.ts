// Settings of equipment on a real database: in force at once, journalled, undone, and kept over restarts.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmSettings, SettingChange } from '../contract/alarm-settings.ts';
import { ROLE_PERMISSIONS } from '../contract/people.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';

let database: TestDatabase;
let plant: Plant;
let clock: { ms: number };

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive, alarm_setting_change, work_order, work_order_journal, work_order_alarm CASCADE`.execute(
    database.db,
  );
  clock = { ms: Date.UTC(2026, 0, 1) };
  plant = await createPlant(database.db, 2);
});

type Site = Awaited<ReturnType<typeof createSite>>;
const path = '/api/v1/equipment/:id/alarm-settings';
const site = () => createSite(database.db, plant, clock);
const read = (own: Site, id = 't1') => own.call<AlarmSettings>('GET', path, { params: { id } });
const history = async (own: Site) =>
  (await own.call<{ items: SettingChange[] }>('GET', `${path}/history`, { params: { id: 't1' } })).items;
const put = (own: Site, version: number, values: Record<string, number | null>, more: object = {}) =>
  own.call<{ changed: boolean; version: number }>('PUT', path, {
    params: { id: 't1' },
    body: { version, reason: 'measured on site', values, ...more },
  });
const undo = (own: Site, version: number, which: number) =>
  own.call('POST', `${path}/undo`, { params: { id: 't1' }, body: { version, undo: which } });
const events = async () =>
  (await database.db.selectFrom('alarm_journal').select(['event', 'change']).orderBy('seq').execute()).map(
    ({ event, change }) => ('cause' in change ? `${event}:${change.cause}` : event),
  );
const states = (own: Site) =>
  own.alarms
    .open()
    .map(({ equipmentId, alarm, state }) => `${equipmentId}/${alarm} ${state}`)
    .sort();

describe('alarm settings', () => {
  it('a limit raised above the value returns the alarm with cause config; lowered, it announces at once (scenario 16)', async () => {
    const own = await site();
    const { reading, batch } = createReadings(plant, clock);
    await own.commit(batch(reading('t1', 'temperature', 145), reading('t2', 'temperature', 145)));
    expect(states(own)).toEqual(['t1/winding-hot UNACK', 't2/winding-hot UNACK']);
    await put(own, 0, { 'parameters.limit': 150 });
    expect(states(own)).toEqual(['t1/winding-hot RTNUN', 't2/winding-hot UNACK']);
    expect((await events()).filter((event) => event.startsWith('RTN'))).toEqual(['RTN:config']);
    expect(own.alarms.classOf('t1')?.parameters['limit']?.default).toBe(150);
    expect(own.alarms.classOf('t2')?.parameters['limit']?.default).toBe(140);
    await put(own, 1, { 'parameters.limit': 130 });
    expect(states(own)[0]).toBe('t1/winding-hot UNACK');
    expect((await events()).at(-1)).toBe('RE-ACTIVE');
  });

  it('an unchanged condition is not announced a second time, now or after a restart', async () => {
    const own = await site();
    const { reading, batch } = createReadings(plant, clock);
    await own.commit(batch(reading('t1', 'temperature', 155)));
    const before = await events();
    const id = own.alarms.open().find(({ alarm }) => alarm === 'winding-hot')?.id;
    await put(own, 0, { 'parameters.limit': 150, 'alarms.winding-hot.deadband': 2 });
    expect(await events()).toEqual(before);
    await own.alarms.stop();
    const next = await site();
    expect(await events()).toEqual([...before]);
    expect(next.alarms.open().find(({ alarm }) => alarm === 'winding-hot')?.id).toBe(id);
    expect((await read(next)).parameters[0]).toMatchObject({ value: 150, classDefault: 140, last: { by: 'wang' } });
    clock.ms += 1000;
    await next.commit(batch(reading('t1', 'temperature', 149)));
    expect(states(next)).toContain('t1/winding-hot UNACK');
    await next.commit(batch(reading('t1', 'temperature', 147.9)));
    expect(states(next)).toContain('t1/winding-hot RTNUN');
  });

  it('a running delay is measured with the new one', async () => {
    const own = await site();
    const { reading, batch } = createReadings(plant, clock);
    await own.commit(batch(reading('t1', 'temperature', 120)));
    clock.ms += 20_000;
    await own.alarms.wake();
    expect(own.alarms.open()).toEqual([]);
    await put(own, 0, { 'alarms.winding-warm.onDelayS': 15 });
    expect(states(own)).toEqual(['t1/winding-warm UNACK']);
  });

  it('refuses with field, found and expected, and writes nothing', async () => {
    const own = await site();
    await expect(put(own, 0, { 'parameters.limit': 161 })).rejects.toThrow(
      'parameters.limit: found 161, expected a number from 100 to 160 °C',
    );
    await expect(put(own, 0, { 'parameters.limit': 105 })).rejects.toThrow(/found 105, expected above 110/);
    await expect(put(own, 3, { 'parameters.limit': 150 })).rejects.toMatchObject({ status: 409, code: 'conflict' });
    await expect(put(own, 0, { 'alarms.winding-hot.onDelayS': 61 })).rejects.toThrow(/a tenth of the 10 min/);
    expect(await history(own)).toEqual([]);
    expect(await put(own, 0, { 'parameters.limit': 140 })).toEqual({ changed: false, version: 0 });
    expect(await put(own, 0, { 'alarms.winding-hot.onDelayS': 61 }, { confirmed: true })).toEqual({
      changed: true,
      version: 1,
    });
  });

  it('of two people who change the same version one wins', async () => {
    const own = await site();
    const outcomes = await Promise.allSettled([
      put(own, 0, { 'parameters.limit': 150 }),
      put(own, 0, { 'parameters.limit': 155 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await read(own)).parameters[0]?.value).toBe(150);
  });

  it('an undo is a new change that names the one it takes back; the history cannot be rewritten', async () => {
    const own = await site();
    await put(own, 0, { 'parameters.limit': 150 });
    await put(own, 1, { 'alarms.tripped.offDelayS': 5 });
    await undo(own, 2, 1);
    expect(await history(own)).toMatchObject([
      {
        version: 3,
        by: 'wang',
        undoes: 1,
        reason: 'undo of change 1: measured on site',
        changes: [{ field: 'parameters.limit', from: 150, to: null }],
      },
      { version: 2, undoes: null },
      { version: 1, undoes: null },
    ]);
    await expect(undo(own, 3, 1)).rejects.toThrow(/changed again since/);
    await expect(undo(own, 3, 9)).rejects.toMatchObject({ status: 404 });
    for (const change of [sql`UPDATE alarm_setting_change SET reason = 'other'`, sql`DELETE FROM alarm_setting_change`])
      await expect(change.execute(database.db)).rejects.toThrow('append-only');
  });

  it('a commit that fails changes neither the numbers nor the alarms', async () => {
    const own = await site();
    const { reading, batch } = createReadings(plant, clock);
    await own.commit(batch(reading('t1', 'temperature', 145)));
    await sql`ALTER TABLE alarm_setting_change ADD CONSTRAINT sabotage CHECK (reason <> 'measured on site')`.execute(
      database.db,
    );
    try {
      await expect(put(own, 0, { 'parameters.limit': 150 })).rejects.toThrow('sabotage');
    } finally {
      await sql`ALTER TABLE alarm_setting_change DROP CONSTRAINT sabotage`.execute(database.db);
    }
    expect(states(own)).toEqual(['t1/winding-hot UNACK']);
    expect((await read(own)).version).toBe(0);
    expect(await put(own, 0, { 'parameters.limit': 150 })).toEqual({ changed: true, version: 1 });
    expect(states(own)).toEqual(['t1/winding-hot RTNUN']);
  });

  it('a commit that ended in doubt is settled by what the database says', async () => {
    const own = await site();
    const { reading, batch } = createReadings(plant, clock);
    await sql`ALTER TABLE alarm_setting_change ADD CONSTRAINT sabotage CHECK (reason <> 'measured on site')`.execute(
      database.db,
    );
    await expect(put(own, 0, { 'parameters.limit': 150 })).rejects.toThrow('sabotage');
    await sql`ALTER TABLE alarm_setting_change DROP CONSTRAINT sabotage`.execute(database.db);
    // As if only the answer had been lost.
    await database.db
      .insertInto('alarm_setting_change')
      .values({
        equipment_id: 't1',
        version: 1,
        at: new Date(clock.ms),
        actor: 'wang',
        reason: 'measured on site',
        undoes: null,
        changes: JSON.stringify([{ field: 'parameters.limit', from: null, to: 150 }]),
        settings: JSON.stringify({ 'parameters.limit': 150 }),
      })
      .execute();
    await own.commit(batch(reading('t1', 'temperature', 145), reading('t2', 'temperature', 145)));
    expect(states(own)).toEqual(['t2/winding-hot UNACK']);
    expect((await read(own)).version).toBe(1);
  });

  it('settings that do not fit a new version of the class are ignored, said so, and can be repaired', async () => {
    const own = await site();
    await put(own, 0, { 'parameters.limit': 150 });
    await own.alarms.stop();
    const narrower = classOf({
      'winding-hot': alarmOf({
        rule: { kind: 'limit', point: 'temperature', above: { parameter: 'limit' }, deadband: 5 },
      }),
    });
    const limit = narrower.parameters['limit'];
    if (limit === undefined) throw new Error('the class has no limit');
    const next = await createSite(database.db, plant, clock, [
      { ...narrower, parameters: { limit: { ...limit, range: [100, 145] } } },
    ]);
    expect(await read(next)).toMatchObject({
      version: 1,
      ignored: 'parameters.limit: found 150, expected a number from 100 to 145 °C',
      parameters: [{ value: 140 }],
    });
    await put(next, 1, { 'parameters.limit': 141 });
    expect(await read(next)).toMatchObject({ version: 2, ignored: null, parameters: [{ value: 141 }] });
  });

  it('settings are in force after the next start, before the first reading', async () => {
    const own = await site();
    await put(own, 0, { 'parameters.limit': 150 });
    await own.alarms.stop();
    const next = await site();
    const { reading, batch } = createReadings(plant, clock);
    await next.commit(batch(reading('t1', 'temperature', 145), reading('t2', 'temperature', 145)));
    expect(states(next)).toEqual(['t2/winding-hot UNACK']);
  });

  it('is for engineers and admins', () => {
    const may = Object.entries(ROLE_PERMISSIONS).filter(([, permissions]) => permissions.includes('alarm:configure'));
    expect(may.map(([role]) => role).sort()).toEqual(['admin', 'engineer']);
  });
});
