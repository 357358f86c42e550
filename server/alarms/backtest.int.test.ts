// The back-test over readings in a real database: paging, several points, gaps, one at a time.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Backtest } from '../contract/backtest.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';
import { readHistory } from './history-stream.ts';

const START = Date.UTC(2026, 0, 10);
const HOUR_MS = 3_600_000;
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
  clock = { ms: START };
  plant = await createPlant(database.db, 1);
});

/** One reading every `everyMs`; `value` of its number. */
async function store(point: string, count: number, everyMs: number, value: string, firstSeq = 0): Promise<void> {
  await sql`INSERT INTO sample (point_id, time, epoch, seq, value, quality, received_at)
    SELECT ${plant.pointId('t1', point)}, to_timestamp(${START / 1000} + n * ${everyMs / 1000}::float8), 1, ${firstSeq}::int + n, ${sql.raw(value)}, 0, now()
    FROM generate_series(0, ${count - 1}::int) AS n`.execute(database.db);
}
type Site = Awaited<ReturnType<typeof createSite>>;
const site = () => createSite(database.db, plant, clock);
const range = (hours: number) => ({
  from: new Date(START).toISOString(),
  to: new Date(START + hours * HOUR_MS).toISOString(),
});
const test = (own: Site, body: object, hours = 10) =>
  own.call<Backtest>('POST', '/api/v1/alarm-backtest', {
    body: { equipmentId: 't1', alarm: 'winding-hot', ...range(hours), ...body },
  });

describe('back-test', () => {
  it('compares today with drafted settings over more than one page', async () => {
    // Every 100 readings a saw tooth of 0..99 above 100: 140 is passed 120 times, 155 as often but shorter.
    await store('temperature', 12_000, 3000, '100 + (n % 100)');
    clock.ms = START + 10 * HOUR_MS;
    const answer = await test(await site(), { draft: { values: { 'parameters.limit': 155 } } });
    expect(answer.today).toMatchObject({
      count: 120,
      perDay: 288,
      longestS: 177,
      rule: 'temperature > 140, back at 135',
    });
    expect(answer.draft).toMatchObject({ count: 120, longestS: 132 });
    expect(answer.difference).toMatchObject({ count: 0, onlyToday: 0, onlyDraft: 0, totalS: -45 * 120 });
    expect(answer.today?.activations[1]).toEqual({
      from: new Date(START + 141 * 3000).toISOString(),
      to: new Date(START + 200 * 3000).toISOString(),
      durationS: 177,
      peak: 199,
      priority: 1,
      announced: true,
    });
    expect(answer.days).toEqual([{ day: '2026-01-10', today: 120, draft: 120 }]);
    expect(answer.history).toEqual([{ point: 'temperature', readings: 12_000, usable: 12_000, missingS: 0, gaps: [] }]);
    const delayed = await test(await site(), {
      draft: { values: { 'alarms.winding-hot.onDelayS': 178, 'alarms.winding-hot.deadband': 20 } },
    });
    expect(delayed.draft.count).toBe(0);
    expect(delayed.difference?.onlyToday).toBe(120);
  });

  it('agrees with what the live engine journalled for the same readings', async () => {
    const own = await site();
    const { reading, batch } = createReadings(plant, clock);
    for (const value of [100, 141, 139, 134, 150, 120]) {
      clock.ms += 60_000;
      await own.commit(batch(reading('t1', 'temperature', value)));
    }
    clock.ms += 60_000;
    const journal = await database.db
      .selectFrom('alarm_journal')
      .select(['event', 'source_time'])
      .where('alarm', '=', 'winding-hot')
      .where('event', 'in', ['ACTIVE', 'RE-ACTIVE', 'RTN'])
      .orderBy('seq')
      .execute();
    const answer = await test(own, { draft: { values: {} } });
    const times = answer.today?.activations.flatMap(({ from, to }) => [from, to]);
    expect(times).toEqual(journal.map(({ source_time }) => source_time.toISOString()));
    expect(answer.draft).toEqual(answer.today);
  });

  it('runs a whole new rule over two points, merged by time', async () => {
    await store('temperature', 600, 60_000, 'CASE WHEN n % 100 < 50 THEN 150 ELSE 100 END', 1000);
    await store('tripped', 60, 600_000, 'CASE WHEN n < 30 THEN 1 ELSE 0 END');
    clock.ms = START + 10 * HOUR_MS;
    const answer = await test(await site(), {
      alarm: 'tried-out',
      draft: {
        rule: { kind: 'limit', point: 'temperature', above: 120, deadband: 5 },
        suppressWhen: [{ point: 'tripped', equals: 1 }],
      },
    });
    expect(answer.today).toBeNull();
    expect(answer.draft).toMatchObject({ count: 3, suppressed: 3 });
  });

  it('states missing history and refuses what it cannot run', async () => {
    await store('temperature', 60, 60_000, '100');
    clock.ms = START + 10 * HOUR_MS;
    const own = await site();
    const answer = await test(own, { draft: { values: {} } });
    expect(answer.history[0]).toMatchObject({ readings: 60, missingS: 9 * 3600 + 60 });
    expect(answer.history[0]?.gaps).toHaveLength(1);
    await expect(test(own, { alarm: 'nothing', draft: { values: {} } })).rejects.toThrow(/alarm: found nothing/);
    await expect(test(own, { draft: { values: { 'parameters.limit': 1 } } })).rejects.toThrow(/found 1, expected/);
    await expect(test(own, { draft: { rule: { kind: 'state', point: 'unheardOf', equals: 1 } } })).rejects.toThrow(
      /found point unheardOf/,
    );
    await expect(test(own, { draft: { values: {} }, timeZone: 'Mars' })).rejects.toThrow(/IANA/);
    await expect(test(own, { draft: { values: {} }, from: '2020-01-01T00:00:00Z' })).rejects.toThrow(/400 days/);
  });

  it('one person runs one at a time', async () => {
    await store('temperature', 12_000, 3000, '100 + (n % 100)');
    clock.ms = START + 10 * HOUR_MS;
    const own = await site();
    const outcomes = await Promise.allSettled([
      test(own, { draft: { values: {} } }),
      test(own, { draft: { values: {} } }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { status: 429 } });
    expect((await test(own, { draft: { values: {} } })).today?.count).toBe(120);
  });

  it('reads several points in the order of time, each reading once, whatever lies on a page', async () => {
    await store('temperature', 11_000, 1000, 'n');
    await store('tripped', 7000, 1500, 'n');
    await store('comm', 3, 4_000_000, '1');
    const points = ['temperature', 'tripped', 'comm'].map((name) => ({ name, pointId: plant.pointId('t1', name) }));
    const seen = new Map<string, number>();
    let lastMs = 0;
    for await (const page of readHistory(database.db, points, { fromMs: START + 500_000, toMs: START + 10_000_000 }))
      for (const { point, timeMs } of page) {
        expect(timeMs).toBeGreaterThanOrEqual(lastMs);
        lastMs = timeMs;
        seen.set(point, (seen.get(point) ?? 0) + 1);
      }
    // One reading before the range for each point.
    expect(Object.fromEntries(seen)).toEqual({ temperature: 9501, tripped: 6334, comm: 3 });
  });
});
