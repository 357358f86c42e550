// Orders written by people and the steps they take, each in its own transaction under the order's row lock.
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { newWorkOrder, stepRequest, WorkOrderStep } from '../contract/work-orders.ts';
import type { Db } from '../migrations/tables.ts';
import { ProblemError } from '../platform/http/route.ts';
import { assigneeOf, createdEntry, decide, stateOf } from './core/life-cycle.ts';
import { orderNumber } from './core/number.ts';
import {
  hasActiveAlarm,
  insertEntries,
  insertOrder,
  lockOrder,
  nextSequence,
  type Order,
  type OrderRow,
  requestDone,
  saveStep,
} from './store.ts';

interface StepCommand {
  readonly id: string;
  readonly step: WorkOrderStep;
  readonly actor: string;
  readonly nowMs: number;
  readonly body: z.output<typeof stepRequest>;
}

/** @throws ProblemError 400, 404 or 409. */
export function takeStep(db: Db, { id, step, actor, nowMs, body }: StepCommand): Promise<Order> {
  const clientTimeMs = body.clientTime === undefined ? null : Date.parse(body.clientTime);
  if (Number.isNaN(clientTimeMs))
    throw new ProblemError(400, 'invalid-request', `clientTime: found ${body.clientTime}, expected an ISO 8601 time`);
  return db
    .transaction()
    .execute(async (trx) => {
      const order = await lockOrder(trx, id);
      if (order === undefined) throw new ProblemError(404, 'not-found', `no work order ${id}`);
      if (body.requestId !== undefined && (await requestDone(trx, id, body.requestId))) return order;
      const alarmActive = (step === 'complete' || step === 'verify') && (await hasActiveAlarm(trx, id));
      const decision = decide(order.entries, { ...body, step, actor, nowMs, alarmActive });
      if (!decision.ok)
        throw new ProblemError(decision.code === 'invalid-request' ? 400 : 409, decision.code, decision.detail);
      const entries = [...order.entries, ...decision.entries];
      return saveStep(
        trx,
        order,
        decision.entries,
        { state: stateOf(entries), assignee: assigneeOf(entries), updated_at: new Date(nowMs) },
        { requestId: body.requestId ?? null, clientTimeMs },
      );
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error))
        throw new ProblemError(409, 'conflict', 'another order for the same failure of this equipment is open');
      throw error;
    });
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505';

/** @throws ProblemError 400 for unknown equipment. */
export function createOrder(db: Db, body: z.output<typeof newWorkOrder>, actor: string, nowMs: number): Promise<Order> {
  return db.transaction().execute(async (trx) => {
    const equipment =
      body.equipmentId === undefined
        ? undefined
        : await trx.selectFrom('equipment').selectAll().where('id', '=', body.equipmentId).executeTakeFirst();
    if (body.equipmentId !== undefined && equipment === undefined)
      throw new ProblemError(
        400,
        'invalid-request',
        `equipmentId: found ${body.equipmentId}, expected known equipment`,
      );
    const at = new Date(nowMs);
    const row: OrderRow = {
      id: randomUUID(),
      number: orderNumber(await nextSequence(trx), nowMs),
      kind: body.kind,
      state: 'NEW',
      priority: body.priority,
      title_zh: body.title,
      title_en: body.title,
      description_zh: body.description,
      description_en: body.description,
      checklist: { zh: [], en: [] },
      equipment_id: equipment?.id ?? null,
      equipment_name_zh: equipment?.name_zh ?? null,
      equipment_name_en: equipment?.name_en ?? null,
      site: equipment?.site ?? '',
      building: equipment?.building ?? '',
      floor: equipment?.floor ?? '',
      room: equipment?.room ?? '',
      failure_class: null,
      skill: body.skill,
      assignee: null,
      created_at: at,
      created_by: actor,
      updated_at: at,
      version: 1,
    };
    await insertOrder(trx, row);
    const entries = await insertEntries(trx, row.id, [createdEntry(actor, nowMs)]);
    return { row, entries, alarmIds: [] };
  });
}
