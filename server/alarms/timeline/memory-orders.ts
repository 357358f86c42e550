// Work orders of a rehearsal: the life cycle that runs live, with memory in place of the tables. One open order per
// equipment and failure class, as the database's unique index has it.
import type { WorkOrderState } from '../../contract/work-orders.ts';
import { createdEntry, decide, type Entry, isOpen, stateOf } from '../../work-orders/core/life-cycle.ts';
import { orderNumber } from '../../work-orders/core/number.ts';
import type { CallOutOrders } from '../call-out.ts';
import type { Answer, OrderStep } from './stage.ts';

interface MemoryOrder {
  readonly number: string;
  readonly equipmentId: string;
  readonly failureClass: string;
  readonly occurrences: Set<string>;
  readonly entries: Entry[];
}

export interface MemoryOrders extends CallOutOrders<null> {
  take(
    equipmentId: string,
    by: string,
    request: OrderStep,
    nowMs: number,
    isActive: (occurrence: string) => boolean,
  ): Answer;
  states(equipmentId: string): readonly WorkOrderState[];
  hasEnded(number: string): boolean;
}

export function memoryOrders(): MemoryOrders {
  const orders: MemoryOrder[] = [];
  const isStillOpen = ({ entries }: MemoryOrder): boolean => isOpen(stateOf(entries));
  const of = (equipmentId: string): MemoryOrder[] => orders.filter((order) => order.equipmentId === equipmentId);
  return {
    openForAlarm(_trx, { alarm, equipment, occurrenceId, nowMs }) {
      if (alarm.workOrder === undefined) return Promise.resolve(null);
      const { failureClass } = alarm.workOrder;
      const known = of(equipment.id).find((order) => order.failureClass === failureClass && isStillOpen(order));
      const number = known?.number ?? orderNumber(orders.length + 1, nowMs);
      known?.occurrences.add(occurrenceId);
      if (known === undefined)
        orders.push({
          number,
          equipmentId: equipment.id,
          failureClass,
          occurrences: new Set([occurrenceId]),
          entries: [createdEntry('system', nowMs)],
        });
      return Promise.resolve({ workOrderId: number, number, created: known === undefined });
    },
    // What the condition does is noted on the order and moves nothing.
    noteCondition: () => Promise.resolve(),
    take(equipmentId, actor, request, nowMs, isActive) {
      const open = of(equipmentId).filter(isStillOpen);
      if (open.length === 0) return { ok: false, code: 'not-found', detail: `${equipmentId} has no open order` };
      for (const { entries, occurrences } of open) {
        const asked = request.step === 'complete' || request.step === 'verify';
        const alarmActive = asked && [...occurrences].some(isActive);
        const decision = decide(entries, { ...request, actor, nowMs, alarmActive });
        if (!decision.ok) return decision;
        entries.push(...decision.entries);
      }
      return { ok: true, changed: true };
    },
    states: (equipmentId) => of(equipmentId).map(({ entries }) => stateOf(entries)),
    hasEnded: (number) => orders.some((order) => order.number === number && !isStillOpen(order)),
  };
}
