// Equipment with its history, alarms with their response record, and work orders.
import type { alarms, equipment, workOrders } from '@louwei/server/contract';
import { type List, pathOf, request } from './request.ts';

export const fetchEquipment = (id: string): Promise<equipment.EquipmentDetail> =>
  request('GET', pathOf('equipment', id));

export const fetchHistory = (
  id: string,
  points: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<equipment.History> => {
  const query = new URLSearchParams({
    points: points.join(','),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    maxPoints: '600',
  });
  return request('GET', `${pathOf('equipment', id)}/history?${query}`);
};

export const fetchAlarm = (id: string): Promise<alarms.AlarmDetail> => request('GET', pathOf('alarms', id));

/** Names the activation the person saw, so that a newer one is never acknowledged unseen. */
export const acknowledgeAlarm = (id: string, activationSeq: number, comment: string): Promise<unknown> =>
  request('POST', pathOf('alarms', id, 'acknowledge'), { activationSeq, ...(comment === '' ? {} : { comment }) });
export const resetAlarm = (id: string): Promise<unknown> => request('POST', pathOf('alarms', id, 'reset'), {});
export const commentAlarm = (id: string, text: string): Promise<unknown> =>
  request('POST', pathOf('alarms', id, 'comment'), { text });
export const shelveAlarm = (id: string, minutes: number, reason: string, oneShot: boolean): Promise<unknown> =>
  request('POST', pathOf('alarms', id, 'shelve'), { minutes, reason, ...(oneShot ? { oneShot } : {}) });
export const unshelveAlarm = (id: string): Promise<unknown> => request('POST', pathOf('alarms', id, 'unshelve'), {});

export const fetchWorkOrder = (id: string): Promise<workOrders.WorkOrderDetail> =>
  request('GET', pathOf('work-orders', id));
export const fetchClosedWorkOrders = (): Promise<List<workOrders.WorkOrder>> =>
  request('GET', `${pathOf('work-orders')}?status=closed&limit=20`);

export interface NewWorkOrder {
  readonly kind: workOrders.WorkOrder['kind'];
  readonly priority: number;
  readonly title: string;
  readonly description: string;
  readonly equipmentId?: string;
  readonly skill: string;
}
export const createWorkOrder = (order: NewWorkOrder): Promise<workOrders.WorkOrder> =>
  request('POST', pathOf('work-orders'), order);

export interface StepBody {
  readonly note?: string;
  readonly reason?: string;
  readonly assignee?: string;
  readonly confirmActive?: true;
  readonly requestId: string;
  readonly clientTime: string;
}
export const takeStep = (id: string, step: workOrders.WorkOrderStep, body: StepBody): Promise<unknown> =>
  request('POST', pathOf('work-orders', id, step), body);

/** Random id of a request. `crypto.randomUUID` does not exist on plain HTTP, where many sites run inside the building. */
export const newRequestId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
