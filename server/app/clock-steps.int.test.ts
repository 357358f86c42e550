// The wall clock of a server set while it runs, on a real database: nothing is due earlier or later for it.
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { replay } from '../alarms/core/transition.ts';
import { createPlant, createReadings, createSite, type Plant } from '../alarms/fixtures.ts';
import { fromAlarmRow, fromJournalRow } from '../alarms/rows.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { endExpired, moveSessions, openSession } from '../people/sessions.ts';
import { createServerClock } from '../platform/clock/server-clock.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { createClockSteps } from './clock-steps.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DECADES_MS = 40 * 365 * 24 * HOUR_MS;
const LIMIT_MS = 30_000;
let database: TestDatabase;
let plant: Plant;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive, work_order, work_order_journal, work_order_alarm, person, session CASCADE`.execute(
    database.db,
  );
  plant = await createPlant(database.db, 3);
});

type Site = Awaited<ReturnType<typeof createSite>>;

/** A machine whose wall clock can be set, and the server on it; `start` again is a restart. */
function createMachine() {
  const machine = { steadyMs: 0, aheadMs: 0, databaseIsAway: false };
  async function start() {
    const clock = createServerClock(() => ({
      wallMs: START + machine.steadyMs + machine.aheadMs,
      steadyMs: machine.steadyMs,
    }));
    const queue = createSerialQueue();
    const held: number[] = [];
    const started: { site?: Site } = {};
    const steps = createClockSteps({
      clock,
      db: database.db,
      queue: { ...queue, run: (task) => (started.site?.queue ?? queue).run(task) },
      log: pino({ level: 'silent' }),
      alarms: {
        async clockSet(...step) {
          if (started.site === undefined) throw new Error('the alarms have not started');
          return started.site.alarms.clockSet(...step);
        },
      },
      stored: [
        moveSessions,
        async () => {
          if (machine.databaseIsAway) throw new Error('the database is away');
        },
      ],
      held: [(stepMs) => void held.push(stepMs)],
    });
    await steps.note();
    const running = {
      get ms() {
        return clock.now();
      },
    };
    const site = await createSite(database.db, plant, running);
    started.site = site;
    await steps.start();
    const stop = async (): Promise<void> => {
      await steps.stop();
      await site.alarms.stop();
    };
    return { clock, running, held, site, stop };
  }
  const followed = (clock: { stepMs(): number }): Promise<void> =>
    vi.waitUntil(() => clock.stepMs() === 0, { timeout: LIMIT_MS, interval: 20 }).then(() => undefined);
  return { machine, start, followed };
}

const events = async (): Promise<string[]> =>
  (await database.db.selectFrom('alarm_journal').select('event').orderBy('seq').execute()).map(({ event }) => event);

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

async function createSession(atMs: number): Promise<void> {
  const at = new Date(atMs);
  const person = { id: 'p', username: 'wang', name: 'Wang', role: 'operator' as const, language: 'zh-CN' as const };
  await database.db
    .insertInto('person')
    .values({
      ...person,
      password_hash: '-',
      must_change_password: false,
      disabled: false,
      created_at: at,
      updated_at: at,
    })
    .execute();
  await openSession(database.db, { personId: 'p', ip: '127.0.0.1', formerToken: undefined, nowMs: atMs });
}

describe('the wall clock is set', () => {
  it.each([DECADES_MS, -HOUR_MS])('by %d ms: delays, shelves and sessions go on as they were', async (stepMs) => {
    const { machine, start, followed } = createMachine();
    const { clock, running, site, held, stop } = await start();
    await createSession(clock.now());
    const { reading, batch } = createReadings(plant, running);
    await site.commit(batch(reading('t1', 'temperature', 115), reading('t2', 'tripped', 1)));
    const tripped = site.alarms.open()[0]?.id ?? '';
    await site.alarms.shelve(tripped, 'wang', { minutes: 10, reason: 'test' });

    machine.steadyMs = 20_000;
    machine.aheadMs = stepMs;
    await followed(clock);
    expect(clock.now()).toBe(START + 20_000 + stepMs);
    expect(held).toEqual([stepMs]);
    await site.alarms.wake();
    expect(await events()).toEqual(['ACTIVE', 'WORK_ORDER', 'SHELVED', 'CLOCK_SET', 'CLOCK_SET']);
    expect(await endExpired(database.db, clock.now())).toEqual([]);
    const [pending] = await database.db.selectFrom('alarm_pending').select('since').execute();
    expect(pending?.since.getTime()).toBe(START + stepMs);

    machine.steadyMs = 30_000;
    await site.alarms.wake();
    expect((await events()).slice(5)).toEqual(['ACTIVE']);
    machine.steadyMs = 600_000 - 1;
    await site.alarms.wake();
    expect(site.alarms.open().find(({ id }) => id === tripped)?.state).toBe('SHLVD');
    machine.steadyMs = 600_000;
    await site.alarms.wake();
    expect(site.alarms.open().find(({ id }) => id === tripped)?.state).toBe('UNACK');
    await expectReplayable();
    await stop();
  });

  it('while the database is away: the time goes on as before until both can follow, once', async () => {
    const { machine, start, followed } = createMachine();
    const { clock, running, site, held, stop } = await start();
    const { reading, batch } = createReadings(plant, running);
    await site.commit(batch(reading('t1', 'temperature', 115)));
    machine.databaseIsAway = true;
    machine.aheadMs = DECADES_MS;
    await vi.waitUntil(() => site.queue.length > 0, { timeout: LIMIT_MS, interval: 20 });
    expect(clock.now()).toBe(START);
    machine.databaseIsAway = false;
    await followed(clock);
    await site.queue.idle();
    expect([await events(), held]).toEqual([['CLOCK_SET'], [DECADES_MS]]);
    await stop();
  });

  it('back while the server was down: what waited has as long to wait as when it stopped', async () => {
    const { machine, start } = createMachine();
    const before = await start();
    const { reading, batch } = createReadings(plant, before.running);
    await before.site.commit(batch(reading('t2', 'tripped', 1)));
    const id = before.site.alarms.open()[0]?.id ?? '';
    await before.site.alarms.shelve(id, 'wang', { minutes: 10, reason: 'test' });
    await before.stop();

    machine.aheadMs = -DECADES_MS;
    const after = await start();
    expect(after.site.alarms.open()[0]?.state).toBe('SHLVD');
    machine.steadyMs = 600_000;
    await after.site.alarms.wake();
    expect(after.site.alarms.open()[0]?.state).toBe('UNACK');
    expect(await events()).toEqual(['ACTIVE', 'WORK_ORDER', 'SHELVED', 'CLOCK_SET', 'CLOCK_SET', 'UNSHELVED']);
    await expectReplayable();
    await after.stop();
  });
});
