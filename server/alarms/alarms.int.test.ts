// The engine on a real database: commits, rollbacks, people, lost connections, load.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Alarm, AlarmDetail } from '../contract/alarms.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
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
const count = async (table: 'alarm' | 'work_order' | 'alarm_pending' | 'alarm_journal'): Promise<number> =>
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

describe('commits', () => {
  it('a failure between decision and commit leaves nothing behind, and the retry doubles nothing', async () => {
    const { alarms, workOrders, commit } = await site();
    const { reading, batch } = createReadings(plant, clock);
    const told: Alarm[] = [];
    alarms.onChange((changed) => told.push(...changed));
    const same = batch(reading('t1', 'temperature', 150), reading('t2', 'tripped', 1));
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(commit(same, () => Promise.reject(new Error('power cut')))).rejects.toThrow('power cut');
      expect([alarms.open(), workOrders.open(), told]).toEqual([[], [], []]);
    }
    await commit(same);
    await commit(same);
    expect([await count('alarm'), await count('work_order')]).toEqual([2, 2]);
    expect(alarms.open()).toHaveLength(2);
    expect(workOrders.open()).toHaveLength(2);
    await alarms.stop();
  });

  it('a commit whose answer was lost is found out by reading again', async () => {
    const { alarms, workOrders, commit } = await site();
    const { reading, batch } = createReadings(plant, clock);
    const same = batch(reading('t1', 'temperature', 150));
    // What the server saw: an error. What the database has: the same rows, committed by a twin of the transaction.
    const twin = await site();
    await twin.commit(same);
    await twin.alarms.stop();
    await expect(commit(same)).rejects.toThrow(/duplicate key/);
    await commit(same);
    expect(alarms.open()).toHaveLength(1);
    expect([await count('alarm'), await count('work_order')]).toEqual([1, 1]);
    expect((await events()).filter((event) => event === 'ACTIVE')).toHaveLength(1);
    expect(workOrders.openCount('t1')).toBeLessThanOrEqual(1);
    await alarms.stop();
  });

  it('the journal cannot be changed', async () => {
    const { alarms, commit } = await site();
    const { reading, batch } = createReadings(plant, clock);
    await commit(batch(reading('t1', 'tripped', 1)));
    await expect(database.db.deleteFrom('alarm_journal').execute()).rejects.toThrow('append-only');
    await expect(database.db.updateTable('work_order_journal').set({ actor: 'x' }).execute()).rejects.toThrow(
      'append-only',
    );
    await alarms.stop();
  });
});

describe('people', () => {
  it('two acknowledge at once: the first counts; an unseen activation is refused', async () => {
    const { alarms, commit, call } = await site();
    const { reading, batch } = createReadings(plant, clock);
    await commit(batch(reading('t1', 'tripped', 1)));
    const id = alarms.open()[0]?.id ?? '';
    const both = await Promise.all(['wang', 'li'].map((by) => alarms.acknowledge(id, by, { activationSeq: 1 })));
    expect(both.map((answer) => answer.changed)).toEqual([true, false]);
    expect(both.map((answer) => answer.alarm.acknowledgedBy)).toEqual(['wang', 'wang']);
    await commit(batch(reading('t1', 'tripped', 0)));
    expect(alarms.open()).toMatchObject([{ state: 'LATAK' }]);
    await commit(batch(reading('t1', 'tripped', 1)));
    const params = { id };
    await expect(
      call('POST', '/api/v1/alarms/:id/acknowledge', { params, body: { activationSeq: 1 } }),
    ).rejects.toMatchObject({ status: 409, code: 'conflict' });
    await expect(call('POST', '/api/v1/alarms/:id/reset', { params })).rejects.toMatchObject({
      status: 409,
      code: 'invalid-transition',
    });
    await call('POST', '/api/v1/alarms/:id/acknowledge', { params, body: { activationSeq: 2, comment: 'on my way' } });
    await call('POST', '/api/v1/alarms/:id/comment', { params, body: { text: 'smell of smoke' } });
    await expect(
      call('POST', '/api/v1/alarms/:id/shelve', { params, body: { minutes: 31, reason: 'known' } }),
    ).rejects.toMatchObject({ status: 400 });
    await call('POST', '/api/v1/alarms/:id/shelve', { params, body: { minutes: 30, reason: 'known' } });
    await call('POST', '/api/v1/alarms/:id/unshelve', { params });
    await commit(batch(reading('t1', 'tripped', 0)));
    await call('POST', '/api/v1/alarms/:id/acknowledge', { params });
    expect(await call('POST', '/api/v1/alarms/:id/reset', { params })).toMatchObject({
      changed: true,
      alarm: { state: 'NORM' },
    });
    expect(await call('POST', '/api/v1/alarms/:id/reset', { params })).toMatchObject({ changed: false });
    const detail = await call<AlarmDetail>('GET', '/api/v1/alarms/:id', { params });
    expect(detail.journal.map((entry) => entry.event)).toEqual([
      'ACTIVE',
      'WORK_ORDER',
      'ACK',
      'RTN',
      'RE-ACTIVE',
      'ACK',
      'COMMENT',
      'SHELVED',
      'UNSHELVED',
      'RTN',
      'ACK',
      'RESET',
      'CLOSED',
    ]);
    expect(detail.guidance).toMatchObject({ timeToRespondMin: 10, rule: expect.stringContaining('tripped = 1') });
    await expect(
      call('POST', '/api/v1/alarms/:id/comment', { params: { id: 'none' }, body: { text: 'x' } }),
    ).rejects.toMatchObject({ status: 404 });
    await alarms.stop();
  });
});

describe('connection', () => {
  it('a lost gateway is one alarm; its devices are consequences and their alarms uncertain', async () => {
    const { alarms, commit } = await site();
    const { reading, batch } = createReadings(plant, clock);
    await commit(batch(reading('t1', 'tripped', 1)));
    const gateway = (online: boolean) => ({
      nowMs: clock.ms,
      samples: [],
      gatewayChanges: [{ gatewayId: 'g', online, timeMs: clock.ms }],
    });
    await commit(gateway(false));
    await commit(batch(...['t1', 't2', 't3'].map((id) => reading(id, 'comm', 0))));
    clock.ms += 31_000;
    await alarms.wake();
    const states = () =>
      Object.fromEntries(alarms.open().map((alarm) => [`${alarm.equipmentId}/${alarm.alarm}`, alarm.state]));
    expect(states()).toEqual({
      't1/tripped': 'UNACK',
      'gw/comm-loss': 'UNACK',
      't1/comm-loss': 'DSUPR',
      't2/comm-loss': 'DSUPR',
      't3/comm-loss': 'DSUPR',
    });
    expect(alarms.open().find((alarm) => alarm.alarm === 'tripped')).toMatchObject({ uncertain: true });
    expect(alarms.counts('t2')).toEqual({ worstPriority: null, unacknowledged: 0, active: 0 });
    await commit(gateway(true));
    await commit(
      batch(...['t1', 't2'].map((id) => reading(id, 'comm', 1)), reading('t3', 'comm', 0), reading('t1', 'tripped', 1)),
    );
    clock.ms += 71_000;
    await alarms.wake();
    expect(states()).toEqual({ 't1/tripped': 'UNACK', 'gw/comm-loss': 'RTNUN', 't3/comm-loss': 'UNACK' });
    expect(alarms.open().find((alarm) => alarm.alarm === 'tripped')).toMatchObject({ uncertain: false });
    await expectReplayable();
    await alarms.stop();
  });

  it('readings that come with the registration of their equipment are not lost', async () => {
    const { alarms, queue, commit } = await site();
    const { batch } = createReadings(plant, clock);
    const record = await plant.register('t9', 'transformer', 't9');
    const pointId = record.points.get('tripped')?.pointId ?? 0;
    const { reading } = createReadings({ ...plant, pointId: () => pointId }, clock);
    await commit(batch(reading('t9', 'tripped', 1)));
    expect(alarms.open()).toEqual([]);
    plant.announce(record);
    await queue.idle();
    expect(alarms.open()).toMatchObject([{ equipmentId: 't9', alarm: 'tripped', state: 'UNACK' }]);
    await alarms.stop();
  });
});

describe('load', () => {
  it('5,000 readings of 2,000 rules without a transition write nothing, and a flood of alarms is one each', async () => {
    const many = 500;
    for (let n = 4; n <= many; n++) plant.announce(await plant.register(`t${n}`, 'transformer', `t${n}`));
    const { alarms, workOrders, queue } = await site();
    const { reading, batch } = createReadings(plant, clock);
    const apply = async (value: (index: number) => number): Promise<void> => {
      const samples = Array.from({ length: 5000 }, (_, index) =>
        reading(`t${(index % many) + 1}`, 'temperature', value(index)),
      );
      const full = batch(...samples);
      await queue.run(async () => {
        await database.db.transaction().execute((trx) => alarms.participant.apply(trx, full));
        alarms.participant.committed(full);
      });
    };
    await apply(() => 90);
    const quietEntries = await count('alarm_journal');
    await apply((index) => 90 + (index % 10));
    expect(await count('alarm')).toBe(0);
    expect(await count('alarm_journal')).toBe(quietEntries);
    // Around the limit: above, inside the deadband, above again.
    await apply((index) => 138 + (Math.floor(index / many) % 2) * 4);
    expect(await count('alarm')).toBe(many);
    expect(workOrders.open()).toHaveLength(many);
    await alarms.stop();
  });
});
