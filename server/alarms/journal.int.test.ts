// The journal as people read it, newest first and by filter, and the list of what a cause suppresses.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry, SuppressedAlarm } from '../contract/alarms.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import { createPlant, createReadings, createSite, type Plant } from './fixtures.ts';

const CLASSES = [
  classOf({
    warm: alarmOf({
      suppressWhen: [{ point: 'tripped', equals: 1 }],
      rule: { kind: 'limit', point: 'temperature', above: 110, deadband: 5 },
    }),
  }),
];
interface Page {
  readonly items: JournalEntry[];
  readonly nextCursor: string | null;
}

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
  plant = await createPlant(database.db, 2);
});

describe('journal', () => {
  it('reads backwards without a gap or a repetition, and by equipment, event, person and time', async () => {
    const site = await createSite(database.db, plant, clock, CLASSES);
    const { reading, batch } = createReadings(plant, clock);
    await site.commit(batch(reading('t1', 'temperature', 120), reading('t2', 'temperature', 130)));
    clock.ms += 60_000;
    const [first] = site.alarms.open().filter(({ equipmentId }) => equipmentId === 't1');
    await site.alarms.acknowledge(first?.id ?? '', 'li', {});
    const read = (query: object): Promise<Page> => site.call('GET', '/api/v1/alarm-journal', { query });

    const forward = (await read({ limit: 100, order: 'oldest' })).items;
    const backward: JournalEntry[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Page = await read({ limit: 1, order: 'newest', ...(cursor === undefined ? {} : { cursor }) });
      backward.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(forward.length).toBeGreaterThan(2);
    expect(backward).toEqual(forward.toReversed());

    const newest = (query: object): Promise<Page> => read({ limit: 100, order: 'newest', ...query });
    expect((await newest({ actor: 'li' })).items).toMatchObject([{ event: 'ACK', equipmentId: 't1' }]);
    expect((await newest({ event: 'ACTIVE', equipmentId: 't2' })).items).toMatchObject([{ value: 130 }]);
    expect((await newest({ from: new Date(clock.ms).toISOString() })).items).toHaveLength(1);
    expect((await newest({ to: new Date(clock.ms).toISOString() })).items).toHaveLength(forward.length - 1);
    expect((await newest({ actor: 'li' })).items[0]?.text).toEqual(first?.text);
    await expect(newest({ from: 'yesterday' })).rejects.toThrow('from: found yesterday');
    await site.alarms.stop();
  });
});

describe('suppressed', () => {
  it('names the cause of each alarm, also of those that are normal', async () => {
    const site = await createSite(database.db, plant, clock, CLASSES);
    const { reading, batch } = createReadings(plant, clock);
    await site.commit(
      batch(reading('t1', 'tripped', 1), reading('t2', 'tripped', 1), reading('t2', 'temperature', 120)),
    );
    const { items } = await site.call<{ items: SuppressedAlarm[] }>('GET', '/api/v1/alarms-suppressed');
    expect(items).toMatchObject([
      { equipmentId: 't2', alarm: 'warm', by: ['when:tripped=1'], active: true },
      { equipmentId: 't1', alarm: 'warm', by: ['when:tripped=1'], active: false, alarmId: null },
    ]);
    expect(site.alarms.open()).toMatchObject([{ suppressedBy: ['when:tripped=1'], state: 'DSUPR' }]);
    await site.alarms.stop();
  });
});
