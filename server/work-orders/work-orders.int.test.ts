// From an alarm to a closed order on a real database.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { replay } from '../alarms/core/transition.ts';
import { createPlant, createReadings, createSite, type Plant } from '../alarms/fixtures.ts';
import { fromAlarmRow, fromJournalRow } from '../alarms/rows.ts';
import type { Alarm } from '../contract/alarms.ts';
import type { WorkOrder, WorkOrderDetail } from '../contract/work-orders.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';

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

describe('alarms and orders', () => {
  it('the same fault 5 times is one order from new to closed; a fault after that opens another', async () => {
    const { alarms, workOrders, commit, call } = await site();
    const { reading, batch } = createReadings(plant, clock);
    const told: Alarm[] = [];
    alarms.onChange((changed) => told.push(...changed));
    for (let round = 0; round < 5; round++) {
      clock.ms += 20_000;
      await commit(batch(reading('t1', 'temperature', 150)));
      const [alarm] = alarms.open();
      expect(alarm).toMatchObject({
        state: 'UNACK',
        priority: 1,
        limit: 140,
        value: 150,
        text: { en: '150.0 over 140.0' },
      });
      await call('POST', '/api/v1/alarms/:id/acknowledge', { params: { id: alarm?.id }, body: { activationSeq: 1 } });
      clock.ms += 10_000;
      await commit(batch(reading('t1', 'temperature', 100)));
      expect(alarms.open()).toEqual([]);
    }
    const [order] = workOrders.open();
    expect(workOrders.open()).toHaveLength(1);
    expect(workOrders.openCount('t1')).toBe(1);
    expect(order).toMatchObject({ kind: 'emergency', state: 'NEW', equipmentId: 't1', skill: 'electrical' });
    expect(order?.number).toMatch(/^WO-2026-\d{6}$/);
    expect(order?.alarmIds).toHaveLength(5);
    expect(told.filter((alarm) => alarm.state === 'NORM')).toHaveLength(5);
    expect(told.filter((alarm) => alarm.state === 'UNACK').every((alarm) => alarm.workOrderId === order?.id)).toBe(
      true,
    );
    expect(alarms.counts('t1')).toEqual({ worstPriority: null, unacknowledged: 0, active: 0 });

    const params = { id: order?.id };
    const take = async (name: string, body: object = {}) => {
      clock.ms += 60_000;
      return call<WorkOrder>('POST', `/api/v1/work-orders/:id/${name}`, { params, body });
    };
    expect(await take('accept', { requestId: 'r1' })).toMatchObject({ state: 'ACCEPTED', assignee: 'wang' });
    expect(await take('accept', { requestId: 'r1' })).toMatchObject({ state: 'ACCEPTED' });
    await expect(take('verify')).rejects.toMatchObject({ status: 409, code: 'invalid-transition' });
    await take('arrive', { clientTime: new Date(clock.ms).toISOString() });
    await take('start');
    await take('hold', { reason: 'spare-part' });
    await take('resume');
    await take('complete', { note: 'fan replaced' });
    const closed = await take('verify');
    expect(closed).toMatchObject({
      state: 'CLOSED',
      clocks: { response: { state: 'met' }, resolution: { state: 'met' } },
    });
    expect(workOrders.open()).toEqual([]);
    const detail = await call<WorkOrderDetail>('GET', '/api/v1/work-orders/:id', { params });
    const steps = detail.journal.map((entry) => entry.step);
    expect(steps.filter((step) => step !== 'note')).toEqual([
      'create',
      'accept',
      'arrive',
      'start',
      'hold',
      'resume',
      'complete',
      'verify',
    ]);
    expect(steps.filter((step) => step === 'note').length).toBe(9);
    expect(detail.journal.every((entry) => entry.actor !== '' && entry.at !== '')).toBe(true);

    clock.ms += 60_000;
    await commit(batch(reading('t1', 'temperature', 150)));
    expect(workOrders.open()).toHaveLength(1);
    expect(await count('work_order')).toBe(2);
    const one = ['ACTIVE', 'WORK_ORDER', 'ACK', 'RTN', 'CLOSED'];
    const journal = await events();
    expect(journal).toEqual([...one, ...one, ...one, ...one, ...one, 'ACTIVE', 'WORK_ORDER']);
    await expectReplayable();
    await alarms.stop();
  });

  it('alarms of the same failure share an order; completion while active is confirmed, another person verifies it with a note', async () => {
    const { alarms, workOrders, commit, call } = await site();
    const { reading, batch } = createReadings(plant, clock);
    await commit(batch(reading('t1', 'temperature', 150), reading('t1', 'tripped', 1), reading('t2', 'tripped', 1)));
    expect(
      workOrders
        .open()
        .map((order) => order.alarmIds.length)
        .sort(),
    ).toEqual([1, 2]);
    const id = workOrders.open().find((order) => order.equipmentId === 't1')?.id;
    const take = (name: string, body: object = {}, by = 'wang') =>
      call<WorkOrder>('POST', `/api/v1/work-orders/:id/${name}`, { params: { id }, body, by });
    await take('accept');
    await take('arrive');
    await expect(take('complete')).rejects.toMatchObject({ status: 409, code: 'alarm-active' });
    expect(await take('complete', { confirmActive: true })).toMatchObject({ state: 'DONE' });
    await expect(take('verify', { note: 'parts ordered' })).rejects.toMatchObject({
      status: 409,
      code: 'second-person',
    });
    await expect(take('verify', {}, 'zhao')).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('note'),
    });
    expect(await take('verify', { note: 'parts ordered' }, 'zhao')).toMatchObject({ state: 'CLOSED' });
    const detail = await call<WorkOrderDetail>('GET', '/api/v1/work-orders/:id', { params: { id } });
    expect(detail.journal.some((entry) => entry.note?.includes('still active'))).toBe(true);
    // The fault comes back within the same occurrence: the closed order does not count any more.
    await commit(batch(reading('t1', 'temperature', 100)));
    await commit(batch(reading('t1', 'temperature', 150)));
    expect(workOrders.open().filter((order) => order.equipmentId === 't1')).toHaveLength(1);
    await expectReplayable();
    await alarms.stop();
  });

  it('orders written by people, and what is refused', async () => {
    const { alarms, workOrders, call } = await site();
    const order = await call<WorkOrder>('POST', '/api/v1/work-orders', {
      body: { kind: 'repair', title: 'Lamp', equipmentId: 't3' },
    });
    expect(order).toMatchObject({
      state: 'NEW',
      createdBy: 'wang',
      place: { room: 'r' },
      clocks: { response: { state: 'running' } },
    });
    await expect(
      call('POST', '/api/v1/work-orders', { body: { kind: 'repair', title: 'x', equipmentId: 'nowhere' } }),
    ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('equipmentId') });
    const params = { id: order.id };
    await expect(call('POST', '/api/v1/work-orders/:id/cancel', { params })).rejects.toMatchObject({ status: 400 });
    expect(await call('POST', '/api/v1/work-orders/:id/reassign', { params, body: { assignee: 'li' } })).toMatchObject({
      state: 'DISPATCHED',
      assignee: 'li',
    });
    expect(await call('POST', '/api/v1/work-orders/:id/cancel', { params, body: { reason: 'double' } })).toMatchObject({
      state: 'CANCELLED',
      steps: [],
    });
    expect(workOrders.open()).toEqual([]);
    const second = await call<WorkOrder>('POST', '/api/v1/work-orders', { body: { kind: 'urgent', title: 'Door' } });
    const page = await call<{ items: WorkOrder[]; nextCursor: string }>('GET', '/api/v1/work-orders', {
      query: { status: 'all', limit: 1 },
    });
    const rest = await call<{ items: WorkOrder[]; nextCursor: null }>('GET', '/api/v1/work-orders', {
      query: { status: 'all', limit: 1, cursor: page.nextCursor },
    });
    expect([...page.items, ...rest.items].map((item) => item.id).sort()).toEqual([order.id, second.id].sort());
    expect(rest.nextCursor).toBeNull();
    await alarms.stop();
  });
});
