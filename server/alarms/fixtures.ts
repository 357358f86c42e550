// A small plant on a real database for tests: register, classes, and a delivery that commits as the ingest does.
import { type EquipmentClass, equipmentClass } from '@louwei/device-profiles';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { EquipmentDirectory, EquipmentRecord, GatewayRecord } from '../assets/directory.ts';
import { NO_FEEDS } from '../assets/feeds.ts';
import type { IngestBatch, IngestedSample } from '../ingest/participant.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { AnyRoute, Caller } from '../platform/http/route.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { createWorkOrders } from '../work-orders/create.ts';
import { createAlarms } from './alarms.ts';
import { alarmOf, classOf } from './core/fixtures.ts';
import type { JournalOutbox } from './journalled.ts';

export const WORK_ORDER = { kind: 'emergency', skill: 'electrical', failureClass: 'overheating' } as const;

const CLASSES: readonly EquipmentClass[] = [
  classOf({
    'winding-hot': alarmOf({
      priority: 1,
      workOrder: WORK_ORDER,
      rule: { kind: 'limit', point: 'temperature', above: { parameter: 'limit' }, deadband: 5 },
    }),
    'winding-warm': alarmOf({
      priority: 3,
      onDelayS: 30,
      rule: { kind: 'limit', point: 'temperature', above: 110, deadband: 5 },
    }),
    tripped: alarmOf({
      priority: 1,
      latching: true,
      workOrder: WORK_ORDER,
      rule: { kind: 'state', point: 'tripped', equals: 1 },
    }),
    'comm-loss': alarmOf({ priority: 3, onDelayS: 30, offDelayS: 60, rule: { kind: 'comm-loss' } }),
  }),
  equipmentClass.parse({
    ...classOf(
      { 'comm-loss': alarmOf({ priority: 2, onDelayS: 10, offDelayS: 10, rule: { kind: 'comm-loss' } }) },
      'gateway',
    ),
  }),
];

const place = { site: 's', building: 'b', floor: '1', room: 'r' };
export const POINTS = ['temperature', 'tripped', 'comm'] as const;

/** One gateway `g` with `count` transformers `t1`, `t2`, ... */
export async function createPlant(db: Db, count: number) {
  const at = new Date(0);
  await sql`CREATE TABLE IF NOT EXISTS sample_test PARTITION OF sample DEFAULT`.execute(db);
  await db
    .insertInto('gateway')
    .values({
      id: 'g',
      group_id: 'g',
      node_id: 'g',
      online: true,
      since: at,
      last_seen_at: at,
      watermark_epoch: 0,
      watermark_seq: 0,
      proves_delivery: true,
    })
    .execute();
  const equipment = new Map<string, EquipmentRecord>();
  const listeners: Parameters<EquipmentDirectory['onChange']>[0][] = [];
  const gateway: { -readonly [K in keyof GatewayRecord]: GatewayRecord[K] } = {
    id: 'g',
    group: 'g',
    node: 'g',
    online: true,
    sinceMs: 0,
    lastSeenMs: 0,
    watermark: { epoch: 0, seq: 0 },
    provesDelivery: true,
  };
  async function register(id: string, kind: string, deviceId: string): Promise<EquipmentRecord> {
    await db
      .insertInto('equipment')
      .values({
        id,
        gateway_id: 'g',
        device_id: deviceId,
        class: kind,
        model: 'm',
        name_zh: id,
        name_en: id,
        ...place,
        connection: 'c',
        online: true,
        offline_since: null,
        created_at: at,
        updated_at: at,
      })
      .execute();
    const points = await db
      .insertInto('point')
      .values(POINTS.map((name) => ({ equipment_id: id, name, data_type: 'Double' })))
      .returning(['id', 'name'])
      .execute();
    return {
      id,
      gatewayId: 'g',
      deviceId,
      class: kind,
      model: 'm',
      name: { zh: id, en: id },
      place,
      connection: 'c',
      bus: '',
      online: true,
      offlineSinceMs: null,
      points: new Map(
        points.map((point) => [
          point.name,
          { pointId: point.id, equipmentId: id, name: point.name, dataType: 'Double' },
        ]),
      ),
    };
  }
  equipment.set('gw', await register('gw', 'gateway', ''));
  for (let n = 1; n <= count; n++) equipment.set(`t${n}`, await register(`t${n}`, 'transformer', `t${n}`));
  const directory: EquipmentDirectory = {
    equipment: (id) => equipment.get(id),
    all: () => equipment.values(),
    gateway: (id) => (id === 'g' ? gateway : undefined),
    gateways: () => [gateway],
    onChange: (listener) => void listeners.push(listener),
  };
  return {
    directory,
    gateway,
    register,
    /** The register committed new equipment. */
    announce(record: EquipmentRecord) {
      equipment.set(record.id, record);
      for (const listener of listeners) listener({ equipmentIds: [record.id], gatewayIds: [] });
    },
    pointId: (id: string, point: string): number => equipment.get(id)?.points.get(point)?.pointId ?? 0,
  };
}
export type Plant = Awaited<ReturnType<typeof createPlant>>;

/** One server process: throw it away and make another to restart. */
export async function createSite(
  db: Db,
  plant: Plant,
  clock: { ms: number },
  classes: readonly EquipmentClass[] = CLASSES,
  outbox?: JournalOutbox,
) {
  const queue = createSerialQueue();
  const log = pino({ level: 'silent' });
  const now = () => clock.ms;
  const workOrders = createWorkOrders({ db, now, log });
  const library = { classes: new Map(classes.map((described) => [described.class, described])) };
  const alarms = createAlarms({
    db,
    queue,
    library,
    directory: plant.directory,
    workOrders,
    feeds: NO_FEEDS,
    now,
    log,
    ...(outbox === undefined ? {} : { outbox }),
  });
  await workOrders.start();
  await alarms.start();

  /** As the ingest does it: readings and alarms in one transaction, `sabotage` just before the commit. */
  const commit = (batch: IngestBatch, sabotage?: (trx: Trx) => Promise<void>): Promise<void> =>
    queue.run(async () => {
      try {
        await db.transaction().execute(async (trx) => {
          for (const { pointId, timeMs, epoch, seq, value, receivedAtMs } of batch.samples)
            await trx
              .insertInto('sample')
              .values({
                point_id: pointId,
                time: new Date(timeMs),
                epoch,
                seq,
                value,
                text: null,
                quality: 0,
                device_time: null,
                received_at: new Date(receivedAtMs),
              })
              .onConflict((conflict) => conflict.doNothing())
              .execute();
          await alarms.participant.apply(trx, batch);
          await sabotage?.(trx);
        });
      } catch (error) {
        alarms.participant.rolledBack(batch);
        throw error;
      }
      alarms.participant.committed(batch);
    });
  const routes = [...alarms.routes, ...workOrders.routes];
  const call = <Answer>(method: string, path: string, request: Parameters<typeof callRoute>[3] = {}): Promise<Answer> =>
    callRoute(routes, method, path, request);
  return { alarms, workOrders, queue, commit, call };
}

/** A request as it is after authorization: parsed by the route's own schemas, the answer too. */
export async function callRoute<Answer>(
  routes: readonly AnyRoute[],
  method: string,
  path: string,
  request: { params?: object; query?: object; body?: object; by?: string } = {},
): Promise<Answer> {
  const found = routes.find((route) => route.method === method && route.path === path);
  if (found === undefined) throw new Error(`no route ${method} ${path}`);
  const caller: Caller = { personId: 'p', username: request.by ?? 'wang', role: 'operator', sessionId: 's' };
  const reply = await found.handle({
    params: request.params ?? {},
    query: found.query?.parse(request.query ?? {}) ?? {},
    body: found.body?.parse(request.body ?? {}) ?? {},
    caller,
    ip: '127.0.0.1',
    cookies: {},
  });
  return found.answer.parse(reply.body) as Answer;
}

/** Makes readings of one gateway in order. */
export function createReadings(plant: Plant, clock: { ms: number }) {
  let seq = 0;
  const reading = (
    equipmentId: string,
    point: string,
    value: number | null,
    changes: Partial<IngestedSample> = {},
  ): IngestedSample => ({
    gatewayId: 'g',
    equipmentId,
    pointId: plant.pointId(equipmentId, point),
    point,
    value,
    text: null,
    quality: value === null ? 'timeout' : 'good',
    timeMs: clock.ms,
    deviceTimeMs: null,
    receivedAtMs: clock.ms,
    epoch: 1,
    seq: ++seq,
    ...changes,
  });
  const batch = (...samples: readonly IngestedSample[]): IngestBatch => ({
    nowMs: clock.ms,
    samples,
    gatewayChanges: [],
  });
  return { reading, batch };
}
