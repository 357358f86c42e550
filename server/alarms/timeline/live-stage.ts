// The server's own parts on a real database, at a clock that only the player moves: register, telemetry, alarm engine and
// work orders as they run live, so that a timeline proves the same of them as of the rehearsal.
import type { EquipmentClass } from '@louwei/device-profiles';
import { pino } from 'pino';
import type { Feed } from '../../assets/core/feed-graph.ts';
import { createFeeds } from '../../assets/feeds.ts';
import { createRegister } from '../../assets/register.ts';
import type { WorkOrder } from '../../contract/work-orders.ts';
import type { IngestBatch, IngestedSample } from '../../ingest/participant.ts';
import type { Db, Trx } from '../../migrations/tables.ts';
import { type Caller, ProblemError } from '../../platform/http/route.ts';
import { createSerialQueue } from '../../platform/serial-queue.ts';
import { createLatestValues } from '../../telemetry/latest-values.ts';
import { createTelemetryParticipant } from '../../telemetry/participant.ts';
import { createPostgresStore } from '../../telemetry/stores/postgres/store.ts';
import { createWorkOrders } from '../../work-orders/create.ts';
import { createAlarms } from '../alarms.ts';
import { COMM_POINT } from '../core/rules/comm-loss.ts';
import type { Verb } from '../core/verb.ts';
import { fromJournalRow } from '../rows.ts';
import type { Answer, Cast, Stage, StageReading } from './stage.ts';

type Classes = ReadonlyMap<string, EquipmentClass>;

const GROUP = 'louwei';
const EPOCH = 1;
/** Live readings are numbered from here on; late ones from 1, as the backlog of an outage is. */
const FIRST_LIVE_SEQ = 1_000_000;

export interface LiveStage extends Stage {
  stop(): Promise<void>;
}

export async function createLiveStage(
  db: Db,
  classes: Classes,
  cast: Cast,
  startMs: number,
  feedList: readonly Feed[] = [],
): Promise<LiveStage> {
  let clockMs = startMs;
  let library = classes;
  let liveSeq = FIRST_LIVE_SEQ;
  let lateSeq = 0;
  const now = (): number => clockMs;

  async function openServer() {
    const queue = createSerialQueue();
    const log = pino({ level: 'silent' });
    const register = createRegister((name) => library.has(name));
    const store = createPostgresStore();
    await store.start(db, clockMs);
    await register.load(db);
    const { directory } = register;
    const feeds = createFeeds({ db, directory, queue, now });
    const workOrders = createWorkOrders({ db, now, log });
    const alarms = createAlarms({ db, queue, library: { classes: library }, directory, workOrders, feeds, now, log });
    const telemetry = createTelemetryParticipant({ store, latest: createLatestValues() });
    return { queue, register, feeds, workOrders, alarms, participants: [telemetry, alarms.participant] };
  }
  type Server = Awaited<ReturnType<typeof openServer>>;

  async function start({ feeds, workOrders, alarms }: Server): Promise<void> {
    await workOrders.start();
    await feeds.load();
    await alarms.start();
  }

  /** Everything of the cast is born before the server watches it, as on a site that has run for a while. */
  async function populate({ register }: Server): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const pointsOf = (kind: string) =>
        [...new Set([...Object.keys(library.get(kind)?.points ?? {}), COMM_POINT])].map((name) => ({
          name,
          type: 'Double',
        }));
      for (const [deviceId, { class: kind, gatewayId, bus }] of cast) {
        await register.registerGateway(trx, { group: GROUP, node: gatewayId, provesDelivery: true }, 0);
        await register.registerBirth(trx, { gatewayId, deviceId: '', properties: {}, points: pointsOf('gateway') }, 0);
        await register.setGatewayOnline(trx, gatewayId, true, 0);
        const properties = { class: kind, ...(bus === undefined ? {} : { bus }) };
        const { id } = await register.registerBirth(
          trx,
          { gatewayId, deviceId, properties, points: pointsOf(kind) },
          0,
        );
        await register.setEquipmentOnline(trx, id, true, 0);
      }
      for (const { feederId, fedId, medium } of feedList)
        await trx
          .insertInto('equipment_feed')
          .values({ feeder_id: feederId, fed_id: fedId, medium, entered_by: 'engineer', entered_at: new Date(0) })
          .execute();
    });
    register.adopt();
  }

  let server = await openServer();
  await populate(server);
  await start(server);

  async function advance(toMs: number): Promise<void> {
    for (let dueMs = server.alarms.nextWakeMs(); dueMs <= toMs; dueMs = server.alarms.nextWakeMs()) {
      clockMs = Math.max(clockMs, dueMs);
      await server.alarms.wake();
    }
    clockMs = Math.max(clockMs, toMs);
  }

  /** As the ingest commits: everything in one transaction inside the queue, adopted after it. */
  function deliver(
    samples: readonly IngestedSample[],
    gatewayChanges: IngestBatch['gatewayChanges'] = [],
  ): Promise<void> {
    const { queue, register, participants } = server;
    const batch: IngestBatch = { nowMs: clockMs, samples, gatewayChanges };
    const write = async (trx: Trx): Promise<void> => {
      for (const { gatewayId, online, timeMs } of gatewayChanges)
        await register.setGatewayOnline(trx, gatewayId, online, timeMs);
      for (const participant of participants) await participant.apply(trx, batch);
    };
    return queue.run(async () => {
      await db.transaction().execute(write);
      register.adopt();
      for (const participant of participants) participant.committed(batch);
    });
  }

  const sampleOf = ({ equipmentId, point, value, quality, timeMs, late }: StageReading): IngestedSample => {
    const equipment = server.register.directory.equipment(equipmentId);
    const pointId = equipment?.points.get(point)?.pointId;
    if (equipment === undefined || pointId === undefined) throw new Error(`${equipmentId} has no point ${point}`);
    return {
      gatewayId: equipment.gatewayId,
      equipmentId,
      pointId,
      point,
      value: typeof value === 'number' ? value : null,
      text: typeof value === 'string' ? value : null,
      quality,
      timeMs,
      deviceTimeMs: null,
      receivedAtMs: clockMs,
      epoch: EPOCH,
      seq: late ? ++lateSeq : ++liveSeq,
    };
  };

  async function call<Body>(
    method: string,
    path: string,
    by: string,
    request: { readonly params?: object; readonly query?: object; readonly body?: object } = {},
  ): Promise<Body> {
    const found = [...server.alarms.routes, ...server.workOrders.routes].find(
      (route) => route.method === method && route.path === path,
    );
    if (found === undefined) throw new Error(`no route ${method} ${path}`);
    const caller: Caller = { personId: by, username: by, role: 'engineer', sessionId: 's' };
    const { params = {}, query = {}, body = {} } = request;
    const checked = found.body?.safeParse(body);
    if (checked?.success === false) throw new ProblemError(400, 'invalid-request', checked.error.message);
    const reply = await found.handle({
      params,
      query: found.query?.parse(query) ?? {},
      body: checked?.data ?? {},
      caller,
      ip: '127.0.0.1',
      cookies: {},
    });
    return found.answer.parse(reply.body) as Body;
  }

  const openAlarm = (equipmentId: string, alarm: string) =>
    server.alarms.open().find((one) => one.equipmentId === equipmentId && one.alarm === alarm);

  /** The open alarm, or the last one there was: a verb on it has to be answered, too. */
  async function alarmId(equipmentId: string, alarm: string): Promise<string> {
    const open = openAlarm(equipmentId, alarm);
    if (open !== undefined) return open.id;
    const last = await db
      .selectFrom('alarm')
      .select('id')
      .where('equipment_id', '=', equipmentId)
      .where('alarm', '=', alarm)
      .orderBy('opened_at', 'desc')
      .executeTakeFirst();
    return last?.id ?? 'none';
  }

  async function take(equipmentId: string, alarm: string, by: string, verb: Verb): Promise<boolean> {
    const { alarms } = server;
    const service = `/api/v1/equipment/:id/alarms/:alarm`;
    const params = { id: equipmentId, alarm };
    const changed = async (change: Promise<{ readonly changed: boolean }>): Promise<boolean> => (await change).changed;
    switch (verb.verb) {
      case 'acknowledge':
        return changed(alarms.acknowledge(await alarmId(equipmentId, alarm), by, verb));
      case 'reset':
        return changed(alarms.reset(await alarmId(equipmentId, alarm), by));
      case 'comment':
        return changed(alarms.comment(await alarmId(equipmentId, alarm), by, verb.text));
      case 'shelve':
        return changed(alarms.shelve(await alarmId(equipmentId, alarm), by, verb));
      case 'silence':
        return changed(alarms.silence(await alarmId(equipmentId, alarm), by, verb.console));
      case 'unshelve':
        return changed(alarms.unshelve(await alarmId(equipmentId, alarm), by));
      case 'take-out-of-service': {
        const { reason, reference, reviewAtMs } = verb;
        const body = { reason, reference, reviewAt: new Date(reviewAtMs).toISOString() };
        return changed(call('POST', `${service}/out-of-service`, by, { params, body }));
      }
      case 'return-to-service':
        return changed(call('POST', `${service}/in-service`, by, { params }));
    }
  }

  async function answer(act: () => Promise<boolean>): Promise<Answer> {
    try {
      return { ok: true, changed: await act() };
    } catch (error) {
      if (error instanceof ProblemError) return { ok: false, code: error.code, detail: error.message };
      throw error;
    }
  }

  async function restart(): Promise<void> {
    await server.alarms.stop();
    server = await openServer();
    await start(server);
  }

  return {
    nowMs: now,
    advance,
    read: (readings) => deliver(readings.map(sampleOf)),
    gateway: (gatewayId, online) => deliver([], [{ gatewayId, online, timeMs: clockMs }]),
    person: (equipmentId, alarm, by, verb) => answer(() => take(equipmentId, alarm, by, verb)),
    order: (equipmentId, by, { step, reason, note, confirmActive }) =>
      answer(async () => {
        const open = server.workOrders.open().filter((order) => order.equipmentId === equipmentId);
        if (open.length === 0) throw new ProblemError(404, 'not-found', `${equipmentId} has no open order`);
        for (const { id } of open)
          await call('POST', `/api/v1/work-orders/:id/${step}`, by, {
            params: { id },
            body: JSON.parse(JSON.stringify({ reason, note, confirmActive })),
          });
        await server.queue.idle();
        return true;
      }),
    async orders(equipmentId) {
      const path = '/api/v1/work-orders';
      const { items } = await call<{ items: WorkOrder[] }>('GET', path, 'wang', {
        query: { equipmentId, status: 'all' },
      });
      return items.toSorted((a, b) => (a.number < b.number ? -1 : 1)).map(({ state }) => state);
    },
    async restart(downMs) {
      clockMs += downMs;
      await restart();
    },
    async redefine(changed) {
      library = changed;
      await restart();
    },
    async journal() {
      const rows = await db
        .selectFrom('alarm_journal')
        .selectAll()
        .where('equipment_id', 'is not', null)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({
        equipmentId: row.equipment_id ?? '',
        alarm: row.alarm ?? '',
        transition: fromJournalRow(row),
      }));
    },
    async state(equipmentId, alarm) {
      const open = openAlarm(equipmentId, alarm);
      if (open !== undefined) return open.state;
      const listed = async (path: string): Promise<boolean> =>
        (await call<{ items: { equipmentId: string; alarm: string }[] }>('GET', path, 'wang')).items.some(
          (one) => one.equipmentId === equipmentId && one.alarm === alarm,
        );
      if (await listed('/api/v1/alarms-out-of-service')) return 'OOSRV';
      return (await listed('/api/v1/alarms-suppressed')) ? 'DSUPR' : 'NORM';
    },
    stop: () => server.alarms.stop(),
  };
}
