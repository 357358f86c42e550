// A pulled gateway cable and a lost feed on a real database: one alarm, its consequences counted, nothing false afterwards.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFeeds } from '../assets/feeds.ts';
import type { Alarm, AlarmDetail } from '../contract/alarms.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import type { Caller } from '../platform/http/route.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';

const START = Date.UTC(2026, 0, 1);
const DEVICES = 40;
let database: TestDatabase;
let plant: Plant;
let clock: { ms: number };

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, equipment_feed, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive, work_order, work_order_journal, work_order_alarm CASCADE`.execute(
    database.db,
  );
  clock = { ms: START };
  plant = await createPlant(database.db, DEVICES);
});

const ids = Array.from({ length: DEVICES }, (_, n) => `t${n + 1}`);
const shown = (alarms: readonly Alarm[]) =>
  alarms.map(({ equipmentId, alarm, state }) => `${equipmentId} ${alarm} ${state}`);

describe('a pulled gateway cable with 40 devices behind it', () => {
  it('is one alarm with 40 counted devices, and nothing false after the recovery', async () => {
    const site = await createSite(database.db, plant, clock);
    const { reading, batch } = createReadings(plant, clock);
    const gateway = (online: boolean) => ({ gatewayId: 'g', online, timeMs: clock.ms });
    const pass = async (seconds: number): Promise<void> => {
      for (let s = 0; s < seconds; s += 5) {
        clock.ms += 5000;
        await site.alarms.wake();
      }
    };
    await site.commit(batch(...ids.flatMap((id) => [reading(id, 'comm', 1), reading(id, 'temperature', 100)])));
    await pass(60);
    expect(site.alarms.open()).toEqual([]);

    await site.commit({ ...batch(), gatewayChanges: [gateway(false)] });
    await pass(600);
    expect(shown(site.alarms.open())).toEqual(['gw comm-loss UNACK']);
    const [lost] = site.alarms.open();
    expect(lost).toMatchObject({ affectedEquipment: DEVICES });
    const detail = await site.call<AlarmDetail>('GET', '/api/v1/alarms/:id', { params: { id: lost?.id } });
    expect(new Set(detail.consequences?.equipmentIds)).toEqual(new Set(ids));

    // Back: three devices died meanwhile. Two come back in time, the third is announced for itself.
    await site.commit({ ...batch(), gatewayChanges: [gateway(true)] });
    await site.commit(
      batch(
        ...ids.map((id) => reading(id, 'comm', ['t1', 't2', 't3'].includes(id) ? 0 : 1)),
        reading('t4', 'temperature', 90),
      ),
    );
    await pass(35);
    expect(shown(site.alarms.open()).toSorted()).toEqual([
      'gw comm-loss RTNUN',
      't1 comm-loss DSUPR',
      't2 comm-loss DSUPR',
      't3 comm-loss DSUPR',
    ]);
    const during = await site.call<AlarmDetail>('GET', '/api/v1/alarms/:id', { params: { id: lost?.id } });
    expect(during.consequences?.alarms.map(({ equipmentId }) => equipmentId).toSorted()).toEqual(['t1', 't2', 't3']);
    await site.commit(batch(reading('t1', 'comm', 1), reading('t2', 'comm', 1)));
    await pass(600);
    expect(shown(site.alarms.open()).toSorted()).toEqual(['gw comm-loss RTNUN', 't3 comm-loss UNACK']);
    const announced = await database.db
      .selectFrom('alarm_journal')
      .select(['equipment_id', 'alarm'])
      .where(sql<boolean>`change->>'announced' = 'true'`)
      .execute();
    expect(announced).toEqual([
      { equipment_id: 'gw', alarm: 'comm-loss' },
      { equipment_id: 't3', alarm: 'comm-loss' },
    ]);
    await site.alarms.stop();
  });
});

describe('feeds', () => {
  const caller: Caller = { personId: 'p', username: 'li', role: 'engineer', sessionId: 's' };
  const made = async () => {
    const feeds = createFeeds({
      db: database.db,
      directory: plant.directory,
      queue: createSerialQueue(),
      now: () => clock.ms,
    });
    await feeds.load();
    const put = async (id: string, items: readonly { feederId: string; medium: string }[]) => {
      const route = feeds.routes.find(({ method }) => method === 'PUT');
      if (route === undefined) throw new Error('no route');
      return (
        await route.handle({
          params: { id },
          query: {},
          body: route.body?.parse({ items }),
          caller,
          ip: '',
          cookies: {},
        })
      ).body;
    };
    return { feeds, put };
  };

  it('are kept, told to those who follow them, and known after a restart', async () => {
    const { feeds, put } = await made();
    const told: string[][] = [];
    feeds.onChange(async (fed) => void told.push([...fed]));
    await put('t3', [{ feederId: 't2', medium: 'power' }]);
    expect(await put('t2', [{ feederId: 't1', medium: 'power' }])).toEqual({
      items: [{ feederId: 't1', medium: 'power' }],
    });
    expect(told).toEqual([['t3'], ['t2', 't3']]);
    const again = await made();
    expect(again.feeds.fedBy('t1', 'power')).toEqual(['t2', 't3']);
    await again.put('t2', []);
    expect((await made()).feeds.fedBy('t1', 'power')).toEqual([]);
  });

  it('refuse circles and equipment that does not exist', async () => {
    const { put } = await made();
    await put('t2', [{ feederId: 't1', medium: 'power' }]);
    await expect(put('t1', [{ feederId: 't2', medium: 'power' }])).rejects.toThrow('found a circle');
    await expect(put('t1', [{ feederId: 't1', medium: 'water' }])).rejects.toThrow('found a circle');
    await expect(put('t1', [{ feederId: 'nobody', medium: 'power' }])).rejects.toThrow(
      'expected equipment that exists',
    );
    await expect(put('nobody', [])).rejects.toThrow('no equipment nobody');
  });
});
