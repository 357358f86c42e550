// Orders that alarms open by themselves, inside the transaction that makes the alarm: one open order per equipment and
// failure class, every further alarm of the same failure is linked to it.
import { randomUUID } from 'node:crypto';
import type { AlarmDefinition } from '@louwei/device-profiles';
import type { EquipmentRecord } from '../assets/directory.ts';
import type { BilingualText } from '../contract/shared.ts';
import type { Trx } from '../migrations/tables.ts';
import { createdEntry, type Entry, isOpen, stateOf } from './core/life-cycle.ts';
import { orderNumber } from './core/number.ts';
import {
  insertEntries,
  insertOrder,
  linkAlarm,
  lockOpenOrder,
  lockOrder,
  nextSequence,
  type Order,
  type OrderRow,
  saveStep,
} from './store.ts';

export interface AlarmOrderRequest {
  readonly occurrenceId: string;
  readonly equipment: EquipmentRecord;
  /** Definition from the class; without `workOrder` it opens nothing. */
  readonly alarm: AlarmDefinition;
  /** The alarm's text with value and limit filled in. */
  readonly text: BilingualText;
  readonly priority: number;
  readonly nowMs: number;
}

export interface OpenedOrder {
  readonly workOrderId: string;
  readonly number: string;
  /** False: an order for this failure was open already. */
  readonly created: boolean;
}

/** A fault that comes and goes must not fill an order's journal; the alarm journal has every change. */
const MAX_CONDITION_NOTES = 100;

const noteEntry = (order: Order, nowMs: number, note: string): Entry => ({
  step: 'note',
  from: stateOf(order.entries),
  to: stateOf(order.entries),
  actor: 'system',
  atMs: Math.max(nowMs, order.entries.at(-1)?.atMs ?? nowMs),
  assignee: null,
  reason: null,
  note,
});

export async function openOrLink(
  trx: Trx,
  request: AlarmOrderRequest,
): Promise<{ readonly order: Order; readonly created: boolean } | null> {
  const wanted = request.alarm.workOrder;
  if (wanted === undefined) return null;
  const { equipment, nowMs, occurrenceId } = request;
  const found = await lockOpenOrder(trx, equipment.id, wanted.failureClass);
  if (found !== undefined) return { order: await link(trx, found, request), created: false };
  const row = rowOf(request, wanted, await nextSequence(trx));
  if (!(await insertOrder(trx, row))) {
    const winner = await lockOpenOrder(trx, equipment.id, wanted.failureClass);
    if (winner === undefined)
      throw new Error(`order of ${equipment.id}/${wanted.failureClass} was opened and closed meanwhile`);
    return { order: await link(trx, winner, request), created: false };
  }
  const entries = await insertEntries(trx, row.id, [createdEntry('system', nowMs, request.text.zh)]);
  await linkAlarm(trx, row.id, occurrenceId, nowMs);
  return { order: { row, entries, alarmIds: [occurrenceId] }, created: true };
}

async function link(
  trx: Trx,
  order: Order,
  { occurrenceId, nowMs, text, priority }: AlarmOrderRequest,
): Promise<Order> {
  if (order.alarmIds.includes(occurrenceId)) return order;
  await linkAlarm(trx, order.row.id, occurrenceId, nowMs);
  const noted = await note(trx, order, nowMs, `${text.zh} · ${text.en} (P${priority})`);
  return { ...noted, alarmIds: [...order.alarmIds, occurrenceId] };
}

const CONDITION_TEXT = {
  cleared: '报警条件已恢复 · condition cleared',
  're-activated': '报警再次出现 · condition came back',
} as const;

export type ConditionChange = keyof typeof CONDITION_TEXT;

/** Notes on the alarm's open order what its condition did; never moves the order. */
export async function noteConditionOn(
  trx: Trx,
  workOrderId: string,
  change: ConditionChange,
  nowMs: number,
): Promise<Order | null> {
  const order = await lockOrder(trx, workOrderId);
  if (order === undefined || !isOpen(stateOf(order.entries))) return null;
  return note(trx, order, nowMs, CONDITION_TEXT[change]);
}

async function note(trx: Trx, order: Order, nowMs: number, text: string): Promise<Order> {
  const notes = order.entries.filter((entry) => entry.step === 'note' && entry.actor === 'system').length;
  if (notes > MAX_CONDITION_NOTES) return order;
  const last = notes === MAX_CONDITION_NOTES ? '后续变化见报警日志 · further changes: see the alarm journal' : text;
  const { state, assignee } = order.row;
  return saveStep(trx, order, [noteEntry(order, nowMs, last)], { state, assignee, updated_at: new Date(nowMs) });
}

function rowOf(
  { equipment, alarm, text, priority, nowMs }: AlarmOrderRequest,
  wanted: NonNullable<AlarmDefinition['workOrder']>,
  sequence: number,
): OrderRow {
  const at = new Date(nowMs);
  return {
    id: randomUUID(),
    number: orderNumber(sequence, nowMs),
    kind: wanted.kind,
    state: 'NEW',
    priority,
    title_zh: text.zh,
    title_en: text.en,
    description_zh: `可能原因：${alarm.cause.zh}\n后果：${alarm.consequence.zh}`,
    description_en: `Likely cause: ${alarm.cause.en}\nConsequence: ${alarm.consequence.en}`,
    checklist: alarm.action,
    equipment_id: equipment.id,
    equipment_name_zh: equipment.name.zh,
    equipment_name_en: equipment.name.en,
    ...placeOf(equipment),
    failure_class: wanted.failureClass,
    skill: wanted.skill,
    assignee: null,
    created_at: at,
    created_by: 'system',
    updated_at: at,
    version: 1,
  };
}

const placeOf = ({ place: { site, building, floor, room } }: EquipmentRecord) => ({ site, building, floor, room });
