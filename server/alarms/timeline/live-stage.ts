// The stage that is a real server: a timeline played on it goes through PostgreSQL, the ingest's transactions, the wake
// timer and the routes, and a restart is the end of one server and the start of another from the database.
import type { EquipmentClass } from '@louwei/device-profiles';
import { ZodError } from 'zod';
import type { Feed } from '../../assets/core/feed-graph.ts';
import type { Alarm, OutOfService, SuppressedAlarm } from '../../contract/alarms.ts';
import type { WorkOrder } from '../../contract/work-orders.ts';
import type { Db } from '../../migrations/tables.ts';
import { ProblemError } from '../../platform/http/route.ts';
import type { Verb } from '../core/verb.ts';
import { fromJournalRow } from '../rows.ts';
import { createLiveClock } from './live-clock.ts';
import { createLiveGateways } from './live-gateway.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';
import type { Answer, Cast, OrderStep, Stage } from './stage.ts';

export interface LiveStage extends Stage {
  /** What runs now; another one after a restart. */
  readonly server: LiveServer;
  stop(): Promise<void>;
}

interface LiveStageOptions {
  readonly db: Db;
  readonly classes: ReadonlyMap<string, EquipmentClass>;
  readonly cast: Cast;
  readonly feeds: readonly Feed[];
  readonly startMs: number;
  /** Readings of the timeline that come behind newer ones. */
  readonly lateReadings: number;
}

export async function createLiveStage(options: LiveStageOptions): Promise<LiveStage> {
  const { db, cast, startMs } = options;
  const clock = createLiveClock(startMs);
  const gateways = createLiveGateways(cast, options.classes, options.lateReadings);
  let classes = options.classes;
  let server = await startLiveServer(db, classes, clock);
  for (const id of gateways.ids) await server.deliver(gateways.birth(id, startMs));
  for (const [id, feeds] of Map.groupBy(options.feeds, ({ fedId }) => fedId)) {
    const items = feeds.map(({ feederId, medium }) => ({ feederId, medium }));
    await server.call('PUT', '/api/v1/equipment/:id/feeds', { params: { id }, body: { items } });
  }

  async function startAgain(downMs: number): Promise<void> {
    await server.stop();
    clock.skip(downMs);
    server = await startLiveServer(db, classes, clock);
    await server.settled();
  }

  const openAlarm = (equipmentId: string, alarm: string): Alarm | undefined =>
    server.alarms.open().find((one) => one.equipmentId === equipmentId && one.alarm === alarm);

  /** The open occurrence; with none, the last one, as a person sees it who has the list of a moment ago. */
  async function occurrenceId(equipmentId: string, alarm: string): Promise<string> {
    const open = openAlarm(equipmentId, alarm);
    if (open !== undefined) return open.id;
    const last = await db
      .selectFrom('alarm')
      .select('id')
      .where('equipment_id', '=', equipmentId)
      .where('alarm', '=', alarm)
      .orderBy('closed_at', 'desc')
      .executeTakeFirst();
    return last?.id ?? 'none';
  }

  async function verb(equipmentId: string, alarm: string, by: string, request: Verb): Promise<{ changed: boolean }> {
    const { verb: name, ...fields } = request;
    const ofEquipment = { params: { id: equipmentId, alarm }, by };
    const path = '/api/v1/equipment/:id/alarms/:alarm';
    if (request.verb === 'return-to-service')
      return server.call('POST', `${path}/in-service`, { ...ofEquipment, body: {} });
    if (request.verb === 'take-out-of-service') {
      const { reason, reference, reviewAtMs } = request;
      const body = { reason, reference, reviewAt: new Date(reviewAtMs).toISOString() };
      return server.call('POST', `${path}/out-of-service`, { ...ofEquipment, body });
    }
    const params = { id: await occurrenceId(equipmentId, alarm) };
    return server.call('POST', `/api/v1/alarms/:id/${name}`, { params, by, body: fields });
  }

  async function answered(act: () => Promise<{ readonly changed: boolean }>): Promise<Answer> {
    try {
      const { changed } = await act();
      await server.settled();
      return { ok: true, changed };
    } catch (error) {
      // As the HTTP server answers a body that its schema refuses.
      if (error instanceof ZodError) return { ok: false, code: 'invalid-request', detail: error.message };
      if (error instanceof ProblemError) return { ok: false, code: error.code, detail: error.message };
      throw error;
    }
  }

  async function order(equipmentId: string, by: string, { step, ...request }: OrderStep): Promise<{ changed: true }> {
    const open = server.workOrders.open().filter((one) => one.equipmentId === equipmentId);
    if (open.length === 0) throw new ProblemError(404, 'not-found', `${equipmentId} has no open order`);
    const { reason, note, confirmActive } = request;
    const body = JSON.parse(JSON.stringify({ reason, note, confirmActive }));
    for (const { id } of open)
      await server.call('POST', `/api/v1/work-orders/:id/${step}`, { params: { id }, by, body });
    return { changed: true };
  }

  return {
    get server() {
      return server;
    },
    nowMs: clock.now,
    advance: (toMs) => clock.advance(toMs, () => server.settled()),
    read: (readings) => server.deliver(gateways.data(readings, clock.now())),
    gateway: (id, online) => server.deliver(gateways[online ? 'birth' : 'death'](id, clock.now())),
    person: (equipmentId, alarm, by, request) => answered(() => verb(equipmentId, alarm, by, request)),
    order: (equipmentId, by, request) => answered(() => order(equipmentId, by, request)),
    async orders(equipmentId) {
      const query = { equipmentId, status: 'all' };
      const { items } = await server.call<{ items: WorkOrder[] }>('GET', '/api/v1/work-orders', { query });
      return items.toSorted((a, b) => (a.number < b.number ? -1 : 1)).map(({ state }) => state);
    },
    restart: startAgain,
    async redefine(changed) {
      classes = changed;
      await startAgain(0);
    },
    async journal() {
      const rows = await db.selectFrom('alarm_journal').selectAll().orderBy('seq').execute();
      return rows.flatMap((row) => {
        const { equipment_id: equipmentId, alarm } = row;
        return equipmentId === null || alarm === null ? [] : [{ equipmentId, alarm, transition: fromJournalRow(row) }];
      });
    },
    async state(equipmentId, alarm) {
      const open = openAlarm(equipmentId, alarm);
      if (open !== undefined) return open.state;
      const isIt = (one: { equipmentId: string; alarm: string }): boolean =>
        one.equipmentId === equipmentId && one.alarm === alarm;
      const out = await server.call<{ items: OutOfService[] }>('GET', '/api/v1/alarms-out-of-service');
      if (out.items.some(isIt)) return 'OOSRV';
      const suppressed = await server.call<{ items: SuppressedAlarm[] }>('GET', '/api/v1/alarms-suppressed');
      return suppressed.items.some(isIt) ? 'DSUPR' : 'NORM';
    },
    stop: () => server.stop(),
  };
}
