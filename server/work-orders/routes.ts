// REST of work orders.
import { z } from 'zod';
import { listOf } from '../contract/shared.ts';
import {
  newWorkOrder,
  stepRequest,
  type WorkOrderStep,
  workOrder,
  workOrderDetail,
  workOrderQuery,
} from '../contract/work-orders.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { createOrder, takeStep } from './steps.ts';
import { findOrder, listOrders, type Order } from './store.ts';
import { toWorkOrder, toWorkOrderDetail } from './view.ts';

const STEP_PERMISSION: Readonly<Partial<Record<WorkOrderStep, string>>> = {
  dispatch: 'work-order:dispatch',
  accept: 'work-order:work',
  reject: 'work-order:work',
  depart: 'work-order:work',
  arrive: 'work-order:work',
  start: 'work-order:work',
  hold: 'work-order:work',
  resume: 'work-order:work',
  complete: 'work-order:work',
  verify: 'work-order:verify',
  'reject-verify': 'work-order:verify',
  cancel: 'work-order:dispatch',
  reassign: 'work-order:dispatch',
};

const params = z.object({ id: z.string().max(64) });
const tag = 'work-orders';

export function workOrderRoutes(db: Db, now: () => number, changed: (order: Order) => void): AnyRoute[] {
  const list = route({
    method: 'GET',
    path: '/api/v1/work-orders',
    permission: 'work-order:read',
    summary: 'Work orders, newest first',
    tag,
    query: workOrderQuery,
    answer: listOf(workOrder),
    async handle({ query: { cursor, limit, ...filter } }) {
      const before = cursor === undefined ? undefined : parseCursor(cursor);
      const orders = await listOrders(db, { ...filter, before, limit: limit + 1 });
      const shown = orders.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor = orders.length > limit && last ? `${last.row.created_at.getTime()}_${last.row.id}` : null;
      return { body: { items: shown.map((order) => toWorkOrder(order, now())), nextCursor } };
    },
  });
  const detail = route({
    method: 'GET',
    path: '/api/v1/work-orders/:id',
    permission: 'work-order:read',
    summary: 'One work order with its journal',
    tag,
    params,
    answer: workOrderDetail,
    async handle({ params: { id } }) {
      const order = await findOrder(db, id);
      if (order === undefined) throw new ProblemError(404, 'not-found', `no work order ${id}`);
      return { body: toWorkOrderDetail(order, now()) };
    },
  });
  const create = route({
    method: 'POST',
    path: '/api/v1/work-orders',
    permission: 'work-order:dispatch',
    summary: 'Write a work order',
    tag,
    body: newWorkOrder,
    answer: workOrder,
    async handle({ body, caller }) {
      const order = await createOrder(db, body, caller.username, now());
      changed(order);
      return { status: 201, body: toWorkOrder(order, now()) };
    },
  });
  const steps = Object.entries(STEP_PERMISSION).map(([step, permission]) =>
    route({
      method: 'POST',
      path: `/api/v1/work-orders/:id/${step}`,
      permission,
      summary: `Step of the life cycle: ${step}`,
      tag,
      params,
      body: stepRequest,
      answer: workOrder,
      async handle({ params: { id }, body, caller }) {
        const order = await takeStep(db, {
          id,
          step: step as WorkOrderStep,
          actor: caller.username,
          nowMs: now(),
          body,
        });
        changed(order);
        return { body: toWorkOrder(order, now()) };
      },
    }),
  );
  return [list, detail, create, ...steps];
}

function parseCursor(cursor: string): { atMs: number; id: string } {
  const match = /^(\d{1,15})_(.+)$/.exec(cursor);
  if (match === null)
    throw new ProblemError(
      400,
      'invalid-request',
      'cursor: found an unknown form, expected nextCursor of the page before',
    );
  return { atMs: Number(match[1]), id: match[2] ?? '' };
}
