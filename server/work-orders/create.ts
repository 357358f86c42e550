// Work orders put together: memory of what is open, orders from alarms, steps of people. Memory follows commits only.
import type { WorkOrder } from '../contract/work-orders.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { AnyRoute } from '../platform/http/route.ts';
import { isOpen } from './core/life-cycle.ts';
import {
  type AlarmOrderRequest,
  type ConditionChange,
  noteConditionOn,
  type OpenedOrder,
  openOrLink,
} from './from-alarm.ts';
import { workOrderRoutes } from './routes.ts';
import { findOrder, loadOpenOrders, type Order } from './store.ts';
import { toWorkOrder } from './view.ts';

/** What the alarm engine asks of work orders, inside its own transaction. */
export interface AlarmOrders {
  /** @returns null when the alarm's class opens no order. */
  openForAlarm(trx: Trx, request: AlarmOrderRequest): Promise<OpenedOrder | null>;
  noteCondition(trx: Trx, workOrderId: string, change: ConditionChange, nowMs: number): Promise<void>;
  /** The transaction is durable: memory adopts what was done in it and listeners hear of it. */
  committed(trx: Trx): void;
  /** The transaction is gone. */
  rolledBack(trx: Trx): void;
  /** Orders were closed or cancelled; after the commit. */
  onEnded(listener: () => void): void;
}

export interface WorkOrders extends AlarmOrders {
  start(): Promise<void>;
  readonly routes: readonly AnyRoute[];
  open(): WorkOrder[];
  openCount(equipmentId: string): number;
  /** Orders that changed; one that is closed or cancelled comes a last time. */
  onChange(listener: (orders: readonly WorkOrder[]) => void): void;
}

interface WorkOrderLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function createWorkOrders(options: {
  readonly db: Db;
  readonly now: () => number;
  readonly log: WorkOrderLog;
}): WorkOrders {
  const { db, now, log } = options;
  const orders = new Map<string, Order>();
  const drafts = new WeakMap<Trx, Map<string, Order>>();
  const listeners: ((orders: readonly WorkOrder[]) => void)[] = [];
  const endedListeners: (() => void)[] = [];

  /** Versions of orders that ended lately, so that an older change adopted afterwards does not bring one back. */
  const ended = new Map<string, number>();
  function remember({ row }: Order): void {
    ended.set(row.id, row.version);
    const [oldest] = ended.keys();
    if (ended.size > 1000 && oldest !== undefined) ended.delete(oldest);
  }

  function adopt(changed: readonly Order[]): void {
    // A step and an alarm may commit at the same time; the version says which is the newer.
    const newer = changed.filter(
      ({ row }) => row.version >= (orders.get(row.id)?.row.version ?? ended.get(row.id) ?? 0),
    );
    for (const order of newer) {
      if (isOpen(order.row.state as WorkOrder['state'])) orders.set(order.row.id, order);
      else {
        orders.delete(order.row.id);
        remember(order);
      }
    }
    if (newer.length === 0) return;
    if (newer.some(({ row }) => !isOpen(row.state as WorkOrder['state'])))
      for (const listener of endedListeners) listener();
    const shown = newer.map((order) => toWorkOrder(order, now()));
    for (const listener of listeners) {
      try {
        listener(shown);
      } catch (error) {
        log.error({ err: error }, 'a listener of work orders failed');
      }
    }
  }

  const draftOf = (trx: Trx): Map<string, Order> => {
    const draft = drafts.get(trx) ?? new Map<string, Order>();
    drafts.set(trx, draft);
    return draft;
  };

  return {
    async start() {
      const open = await loadOpenOrders(db);
      for (const order of open) orders.set(order.row.id, order);
      log.info({ open: open.length }, 'work orders loaded');
    },
    async openForAlarm(trx, request) {
      const opened = await openOrLink(trx, request);
      if (opened === null) return null;
      const { order, created } = opened;
      draftOf(trx).set(order.row.id, order);
      return { workOrderId: order.row.id, number: order.row.number, created };
    },
    async noteCondition(trx, workOrderId, change, nowMs) {
      const order = await noteConditionOn(trx, workOrderId, change, nowMs);
      if (order !== null) draftOf(trx).set(order.row.id, order);
    },
    committed(trx) {
      const draft = drafts.get(trx);
      drafts.delete(trx);
      if (draft !== undefined) adopt([...draft.values()]);
    },
    rolledBack(trx) {
      const draft = drafts.get(trx);
      drafts.delete(trx);
      // A connection that broke at the commit leaves open whether it happened: only the database knows.
      for (const id of draft?.keys() ?? []) {
        findOrder(db, id)
          .then((order) => order !== undefined && adopt([order]))
          .catch((error: unknown) => log.error({ err: error, id }, 'work order could not be read again'));
      }
    },
    routes: workOrderRoutes(db, now, (order) => adopt([order])),
    open: () => [...orders.values()].map((order) => toWorkOrder(order, now())),
    openCount: (equipmentId) => {
      let count = 0;
      for (const { row } of orders.values()) if (row.equipment_id === equipmentId) count++;
      return count;
    },
    onEnded: (listener) => void endedListeners.push(listener),
    onChange: (listener) => void listeners.push(listener),
  };
}
