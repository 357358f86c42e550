// Figures, floods and operating positions with the real alarm engine on a real database.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmOf, classOf } from '../alarms/core/fixtures.ts';
import { createPlant, createReadings, createSite, type Plant } from '../alarms/fixtures.ts';
import type { AlarmFlood, AlarmHealth, FloodReport, OperatingPosition } from '../contract/alarm-health.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import type { Caller } from '../platform/http/route.ts';
import { createPostgresStore } from '../telemetry/stores/postgres/store.ts';
import { createAlarmHealth } from './alarm-health.ts';

const START = Date.UTC(2026, 0, 1, 0, 0, 30);
const MINUTE = 60_000;
const DEVICES = 14;
const CLASSES = [
  classOf({
    hot: alarmOf({ priority: 3, rule: { kind: 'limit', point: 'temperature', above: 130, deadband: 1 } }),
    tripped: alarmOf({ priority: 1, rule: { kind: 'state', point: 'tripped', equals: 1 } }),
  }),
];
let database: TestDatabase;
let plant: Plant;
let clock: { ms: number };

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  await sql`TRUNCATE gateway, equipment, point, sample, alarm, alarm_pending, alarm_journal, alarm_alive, alarm_setting_change, operating_position CASCADE`.execute(
    database.db,
  );
  clock = { ms: START };
  plant = await createPlant(database.db, DEVICES);
});

/** One server process: alarms and the part under test. */
async function start() {
  const site = await createSite(database.db, plant, clock, CLASSES);
  const errors: object[] = [];
  const health = createAlarmHealth({
    db: database.db,
    directory: plant.directory,
    library: { classes: new Map(CLASSES.map((one) => [one.class, one])) },
    store: createPostgresStore(),
    alarms: site.alarms,
    now: () => clock.ms,
    log: { error: (fields) => void errors.push(fields) },
  });
  const told: AlarmFlood[] = [];
  health.onFloods((floods) => told.push(...floods));
  await health.start();
  const caller: Caller = { personId: 'p', username: 'li', role: 'engineer', sessionId: 's' };
  async function call<Answer>(method: string, path: string, request: { query?: object; body?: object } = {}) {
    const found = health.routes.find((route) => route.method === method && route.path === path);
    if (found === undefined) throw new Error(`no route ${method} ${path}`);
    const reply = await found.handle({
      params: {},
      query: found.query?.parse(request.query ?? {}) ?? {},
      body: found.body?.parse(request.body ?? {}) ?? {},
      caller,
      ip: '127.0.0.1',
      cookies: {},
    });
    return found.answer.parse(reply.body) as Answer;
  }
  const readings = createReadings(plant, clock);
  return {
    ...site,
    ...readings,
    health,
    told,
    errors,
    ask: (query: object = {}) => call<AlarmHealth>('GET', '/api/v1/alarm-health', { query }),
    floods: async (query: object = {}) =>
      (await call<{ items: FloodReport[] }>('GET', '/api/v1/alarm-floods', { query })).items,
    setPositions: (items: readonly OperatingPosition[]) =>
      call<{ items: OperatingPosition[] }>('PUT', '/api/v1/operating-positions', { body: { items } }),
    async trip(from: number, to: number) {
      for (let n = from; n <= to; n++) {
        clock.ms += 1000;
        await site.commit(readings.batch(readings.reading(`t${n}`, 'tripped', 1)));
      }
      await health.catchUp();
    },
    async stop() {
      await health.stop();
      await site.alarms.stop();
      expect(errors).toEqual([]);
    },
  };
}
type Running = Awaited<ReturnType<typeof start>>;
const figure = (health: AlarmHealth, key: string) => health.figures.find((one) => one.key === key);
const DESK: OperatingPosition = {
  id: 'lift-desk',
  name: { zh: '电梯岗', en: 'Lift desk' },
  covers: [{ site: 's', building: 'b', class: 'transformer' }],
};

async function acknowledge({ alarms, call }: Running, equipmentId: string): Promise<void> {
  const open = alarms.open().find((alarm) => alarm.equipmentId === equipmentId);
  await call('POST', '/api/v1/alarms/:id/acknowledge', { params: { id: open?.id }, body: {} });
}

describe('a flood', () => {
  it('opens with the 11th alarm, is found again after a restart, ends by time, and has a report', async () => {
    const first = await start();
    await first.trip(1, 10);
    expect([first.health.openFloods(), first.told]).toEqual([[], []]);
    await first.trip(11, 12);
    const begun = new Date(START + 1000).toISOString();
    expect(first.health.openFloods()).toMatchObject([
      { position: 'control-room', start: begun, end: null, alarms: 12, groups: 1 },
    ]);
    clock.ms += 30_000;
    await acknowledge(first, 't3');
    await first.stop();

    const second = await start();
    expect(second.health.openFloods()).toEqual(first.health.openFloods());
    await second.trip(13, 14);
    expect(second.told.at(-1)).toMatchObject({ id: first.health.openFloods()[0]?.id, alarms: 14, end: null });
    clock.ms += 11 * MINUTE;
    await second.health.catchUp();
    expect(second.health.openFloods()).toEqual([]);
    const last = second.told.at(-1);
    expect(last).toMatchObject({ alarms: 10, end: new Date(START + 10_000).toISOString() });
    const [report, ...more] = await second.floods();
    expect(more).toEqual([]);
    expect(report).toMatchObject({ id: last?.id, end: last?.end, alarms: 10, peakPer10Min: 14, firstAckS: null });
    expect(report?.firstOut).toMatchObject({ equipmentId: 't1', alarm: 'tripped', at: begun });
    expect(report?.top10).toHaveLength(10);
    await second.stop();
  });

  it('says how long it took until somebody acknowledged', async () => {
    const server = await start();
    await server.trip(1, 11);
    await acknowledge(server, 't5');
    await server.trip(12, 14);
    expect(await server.floods()).toMatchObject([{ end: null, firstAckS: 10, alarms: 14 }]);
    expect(await server.floods({ position: 'nobody' })).toEqual([]);
    await server.stop();
  });

  it('belongs to its position, and positions that change are counted anew', async () => {
    const server = await start();
    await server.trip(1, 12);
    expect(server.health.openFloods().map(({ position }) => position)).toEqual(['control-room']);
    await server.setPositions([DESK]);
    expect(server.health.openFloods()).toMatchObject([{ position: 'lift-desk', positionName: DESK.name, alarms: 12 }]);
    expect(server.told.slice(-2)).toMatchObject([
      { position: 'control-room', end: new Date(clock.ms).toISOString() },
      { position: 'lift-desk', end: null },
    ]);
    expect((await server.ask()).annunciated).toBe(0);
    expect((await server.ask({ position: 'lift-desk' })).annunciated).toBe(12);
    const audit = await database.db.selectFrom('audit').selectAll().execute();
    expect(audit).toMatchObject([{ actor: 'li', action: 'operating-positions-changed' }]);
    await server.stop();

    const restarted = await start();
    expect(restarted.health.openFloods()).toMatchObject([{ position: 'lift-desk', alarms: 12 }]);
    await restarted.stop();
  });
});

describe('figures', () => {
  it('count settings that were changed past the product', async () => {
    const server = await start();
    clock.ms += MINUTE;
    const change = async (version: number, from: number | null, to: number): Promise<void> => {
      await database.db
        .insertInto('alarm_setting_change')
        .values({
          equipment_id: 't1',
          version,
          at: new Date(clock.ms),
          actor: 'li',
          reason: 'summer',
          undoes: null,
          changes: JSON.stringify([{ field: 'parameters.limit', from, to }]),
          settings: JSON.stringify({ 'parameters.limit': to }),
        })
        .execute();
    };
    const unauthorised = async () =>
      figure(await server.ask({ from: new Date(START).toISOString() }), 'unauthorisedChanges');
    expect(await unauthorised()).toMatchObject({ value: 0, target: 0, verdict: 'acceptable' });
    await change(1, null, 120);
    expect(await unauthorised()).toMatchObject({ value: 1, verdict: 'action' });
    await sql`INSERT INTO person (id, username, name, role, language, password_hash, must_change_password, created_at, updated_at)
      VALUES ('li', 'li', 'Li', 'engineer', 'en', '-', false, now(), now())`.execute(database.db);
    expect(await unauthorised()).toMatchObject({ value: 0 });
    // As after a change in the database by hand: not from what was in force.
    await change(2, 110, 150);
    expect(await unauthorised()).toMatchObject({ value: 1, verdict: 'action' });
    await sql`DELETE FROM person`.execute(database.db);
    await server.stop();
  });

  it('count what was annunciated, name the most frequent, and propose what would help', async () => {
    const server = await start();
    for (const temperature of [131, 128.5, 131, 128, 132, 129]) {
      clock.ms += 8_000;
      await server.commit(server.batch(server.reading('t1', 'temperature', temperature)));
    }
    await server.trip(2, 3);
    await acknowledge(server, 't2');
    clock.ms += 15 * MINUTE;
    const health = await server.ask({ from: new Date(START).toISOString() });
    expect(health).toMatchObject({ position: 'control-room', annunciated: 5, notAnnunciated: 0 });
    expect(health.series).toEqual({ stepS: 600, counts: [5, 0] });
    expect(figure(health, 'per10Min')).toMatchObject({ value: 2.5, target: 1, limit: 2, verdict: 'action' });
    expect(figure(health, 'chattering')).toMatchObject({ value: 1, verdict: 'action' });
    expect(figure(health, 'fleeting')).toMatchObject({ value: 1 });
    expect(figure(health, 'priority1')?.value).toBe(40);
    expect(figure(health, 'timeToAck')?.value).toBe(1);
    expect(health.top10[0]).toMatchObject({
      equipmentId: 't1',
      alarm: 'hot',
      count: 3,
      share: 60,
      chattering: true,
      // The third is held active because it flaps.
      fleeting: 2,
    });
    expect(health.top10[0]?.text.en).toContain('over 130');
    expect(health.proposals.map(({ kind, from, to, unit }) => [kind, from, to, unit])).toEqual([
      ['deadband', 1, 4.4, '°C'],
      ['on-delay', 0, 10, 's'],
    ]);
    await server.stop();
  });

  it('know an alarm that has stood since before the window as stale', async () => {
    const server = await start();
    await server.trip(1, 1);
    clock.ms += 40 * 24 * 60 * MINUTE;
    const health = await server.ask();
    expect(health.annunciated).toBe(0);
    expect(figure(health, 'stale')).toMatchObject({ value: 1, verdict: 'acceptable' });
    expect(health.others).toMatchObject([{ equipmentId: 't1', alarm: 'tripped', stale: true }]);
    expect(figure(health, 'dataDays')).toMatchObject({ verdict: 'acceptable' });
    await server.stop();
  });

  it('refuse what cannot be answered', async () => {
    const server = await start();
    await expect(server.ask({ position: 'nobody' })).rejects.toMatchObject({ status: 404 });
    await expect(server.ask({ from: 'yesterday' })).rejects.toThrow('from: found yesterday');
    await expect(server.ask({ from: '2027-01-01T00:00:00Z' })).rejects.toThrow('expected a time before');
    await expect(server.ask({ from: '2020-01-01T00:00:00Z' })).rejects.toThrow('at most 400 days');
    await expect(server.setPositions([DESK, DESK])).rejects.toThrow('items.1.id');
    expect((await server.ask()).positions.map(({ id }) => id)).toEqual(['control-room']);
    await server.stop();
  });
});
