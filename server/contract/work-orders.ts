// Work orders from the alarm to the call-back, with the three clocks that managers are measured by.
import { z } from 'zod';
import { bilingualText, isoTime, page, priority } from './shared.ts';

export const WORK_ORDER_STATES = [
  'NEW',
  'DISPATCHED',
  'ACCEPTED',
  'EN_ROUTE',
  'ON_SITE',
  'IN_PROGRESS',
  'ON_HOLD',
  'DONE',
  'CLOSED',
  'CANCELLED',
] as const;
export type WorkOrderState = (typeof WORK_ORDER_STATES)[number];

export const WORK_ORDER_STEPS = [
  'create',
  'dispatch',
  'accept',
  'reject',
  'depart',
  'arrive',
  'start',
  'hold',
  'resume',
  'complete',
  'verify',
  'reject-verify',
  'cancel',
  'reassign',
] as const;
export type WorkOrderStep = (typeof WORK_ORDER_STEPS)[number];

export const HOLD_REASONS = [
  'customer-access',
  'spare-part',
  'supplier',
  'safety-or-weather',
  'power-off-window',
] as const;

/** response: created to accepted · arrival: created to on site · resolution: created to done, less time on hold. */
export const clock = z.object({
  dueAt: isoTime,
  /** When it stopped; null while it runs. */
  stoppedAt: isoTime.nullable(),
  /** Seconds counted so far or in all, without pauses. */
  elapsedS: z.number(),
  state: z.enum(['running', 'paused', 'met', 'breached']),
});
export const clocks = z.object({ response: clock, arrival: clock, resolution: clock });
export type Clock = z.infer<typeof clock>;

export const workOrder = z.object({
  id: z.string(),
  /** What people say on the phone: `WO-2026-000123`. */
  number: z.string(),
  kind: z.enum(['emergency', 'urgent', 'repair']),
  state: z.enum(WORK_ORDER_STATES),
  priority,
  title: bilingualText,
  equipmentId: z.string().nullable(),
  equipmentName: bilingualText.nullable(),
  place: z.object({ site: z.string(), building: z.string(), floor: z.string(), room: z.string() }),
  skill: z.string(),
  assignee: z.string().nullable(),
  createdAt: isoTime,
  createdBy: z.string(),
  updatedAt: isoTime,
  clocks,
  /** Occurrences of the same failure linked to this one order. */
  alarmIds: z.array(z.string()),
  /** Steps possible now, for anyone with the permission. */
  steps: z.array(z.enum(WORK_ORDER_STEPS)),
});
export type WorkOrder = z.infer<typeof workOrder>;

export const workOrderEntry = z.object({
  seq: z.number(),
  step: z.union([z.enum(WORK_ORDER_STEPS), z.literal('note')]),
  from: z.enum(WORK_ORDER_STATES).nullable(),
  to: z.enum(WORK_ORDER_STATES),
  actor: z.string(),
  at: isoTime,
  note: z.string().nullable(),
});

export const workOrderDetail = workOrder.extend({
  description: bilingualText,
  /** What to do first, from the alarm's record. */
  checklist: z.object({ zh: z.array(z.string()), en: z.array(z.string()) }),
  journal: z.array(workOrderEntry),
});
export type WorkOrderDetail = z.infer<typeof workOrderDetail>;

export const workOrderQuery = page.extend({
  status: z.enum(['open', 'closed', 'all']).default('open'),
  equipmentId: z.string().optional(),
  assignee: z.string().optional(),
});

export const newWorkOrder = z.object({
  kind: z.enum(['emergency', 'urgent', 'repair']),
  priority: priority.default(3),
  title: z.string().min(1).max(200),
  description: z.string().max(4000).default(''),
  equipmentId: z.string().optional(),
  skill: z.string().default('general'),
});

/** Body of every step; each step says which fields it needs. A repeated `requestId` is answered with the first result. */
export const stepRequest = z.object({
  note: z.string().max(2000).optional(),
  reason: z.string().max(200).optional(),
  assignee: z.string().max(64).optional(),
  /** Completion although an alarm of the order is still active; then somebody else has to verify it. */
  confirmActive: z.boolean().optional(),
  requestId: z.string().max(64).optional(),
  /** When the phone recorded the step; kept beside the server's time. */
  clientTime: isoTime.optional(),
});
