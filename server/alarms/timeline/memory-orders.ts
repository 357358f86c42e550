// Work orders of a rehearsal: one open order per equipment and failure class, as the database's unique index has it.
import type { CallOutOrders } from '../call-out.ts';

export interface MemoryOrders extends CallOutOrders<null> {
  close(equipmentId: string): void;
}

export function memoryOrders(): MemoryOrders {
  const open = new Map<string, { readonly equipmentId: string; readonly id: string }>();
  let count = 0;
  return {
    openForAlarm(_trx, { alarm, equipment }) {
      if (alarm.workOrder === undefined) return Promise.resolve(null);
      const key = `${equipment.id} ${alarm.workOrder.failureClass}`;
      const existing = open.get(key);
      const order = existing ?? { equipmentId: equipment.id, id: `order-${++count}` };
      open.set(key, order);
      return Promise.resolve({ workOrderId: order.id, number: order.id, created: existing === undefined });
    },
    noteCondition: () => Promise.resolve(),
    close(equipmentId) {
      for (const [key, order] of open) if (order.equipmentId === equipmentId) open.delete(key);
    },
  };
}
