// Judges work orders: one open order per equipment and failure, its state is where its journal ends, every step begins
// where the one before ended, and an alarm that calls for an order has exactly one.
import type { Finding } from './finding.ts';

export interface OrderRow {
  readonly id: string;
  readonly equipment: string;
  readonly failureClass: string | null;
  readonly state: string;
}

export interface OrderStep {
  readonly seq: number;
  readonly orderId: string;
  readonly step: string;
  readonly from: string | null;
  readonly to: string;
}

export interface OrderLink {
  readonly orderId: string;
  readonly alarmId: string;
}

export interface OrderHistory {
  readonly orders: readonly OrderRow[];
  readonly steps: readonly OrderStep[];
  readonly links: readonly OrderLink[];
  /** Order named by each alarm that has one. */
  readonly named: readonly OrderLink[];
  /** Alarms of rules that open an order at once. */
  readonly calling: readonly string[];
}

const ENDED = new Set(['CLOSED', 'CANCELLED']);

export function checkOrders({ orders, steps, links, named, calling }: OrderHistory): Finding[] {
  const findings: Finding[] = [];
  const wrong = (detail: string): void => void findings.push({ kind: 'order-differs', detail });
  const open = new Map<string, string>();
  for (const { id, equipment, failureClass, state } of orders) {
    if (failureClass === null || ENDED.has(state)) continue;
    const key = `${equipment} ${failureClass}`;
    const other = open.get(key);
    if (other !== undefined) findings.push({ kind: 'double-order', detail: `${key}: ${other} and ${id} are open` });
    open.set(key, id);
  }
  const last = new Map<string, OrderStep>();
  for (const step of [...steps].sort((a, b) => a.seq - b.seq)) {
    const before = last.get(step.orderId);
    if (step.step === 'create' && before !== undefined)
      findings.push({ kind: 'double-order', detail: `${step.orderId} is created a second time` });
    else if (step.from !== (before?.to ?? null))
      wrong(`${step.orderId}: ${step.step} from ${step.from}, the journal stands at ${before?.to ?? 'nothing'}`);
    last.set(step.orderId, step);
  }
  for (const { id, state } of orders) {
    const to = last.get(id)?.to;
    if (to !== state) wrong(`${id} is ${state}, its journal ends at ${to ?? 'nothing'}`);
  }
  const linked = new Map<string, string[]>();
  for (const { orderId, alarmId } of links) linked.set(alarmId, [...(linked.get(alarmId) ?? []), orderId]);
  for (const { orderId, alarmId } of named)
    if (!linked.get(alarmId)?.includes(orderId)) wrong(`alarm ${alarmId} names ${orderId} without a link to it`);
  const withOrder = new Set(named.map(({ alarmId }) => alarmId));
  for (const alarmId of calling) if (!withOrder.has(alarmId)) wrong(`alarm ${alarmId} calls for an order and has none`);
  return findings;
}
