// A work order as the API shows it.
import type { Clock, WorkOrder, WorkOrderDetail, WorkOrderState } from '../contract/work-orders.ts';
import { type ClockReading, clocksOf, DEFAULT_POLICY } from './core/clocks.ts';
import { type Entry, stepsOf } from './core/life-cycle.ts';
import type { Order } from './store.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

const toClock = (clock: ClockReading): Clock => ({
  dueAt: iso(clock.dueAtMs),
  stoppedAt: clock.stoppedAtMs === null ? null : iso(clock.stoppedAtMs),
  elapsedS: Math.floor(clock.elapsedMs / 1000),
  state: clock.state,
});

export function toWorkOrder({ row, entries, alarmIds }: Order, nowMs: number): WorkOrder {
  const clocks = clocksOf(entries, DEFAULT_POLICY[row.kind], row.priority, nowMs);
  const { site, building, floor, room } = row;
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    state: row.state as WorkOrderState,
    priority: row.priority,
    title: { zh: row.title_zh, en: row.title_en },
    equipmentId: row.equipment_id,
    equipmentName:
      row.equipment_name_zh === null ? null : { zh: row.equipment_name_zh, en: row.equipment_name_en ?? '' },
    place: { site, building, floor, room },
    skill: row.skill,
    assignee: row.assignee,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.toISOString(),
    clocks: {
      response: toClock(clocks.response),
      arrival: toClock(clocks.arrival),
      resolution: toClock(clocks.resolution),
    },
    alarmIds: [...alarmIds],
    steps: stepsOf(entries, nowMs),
  };
}

export function toWorkOrderDetail(order: Order, nowMs: number): WorkOrderDetail {
  const { row, entries } = order;
  return {
    ...toWorkOrder(order, nowMs),
    description: { zh: row.description_zh, en: row.description_en },
    checklist: { zh: [...row.checklist.zh], en: [...row.checklist.en] },
    journal: entries.map((entry) => ({
      seq: entry.seq,
      step: entry.step,
      from: entry.from,
      to: entry.to,
      actor: entry.actor,
      at: iso(entry.atMs),
      note: noteOf(entry),
    })),
  };
}

const noteOf = ({ assignee, reason, note }: Entry): string | null => {
  const parts = [assignee === null ? null : `→ ${assignee}`, reason, note].filter(
    (part) => part !== null && part !== '',
  );
  return parts.length === 0 ? null : parts.join(' · ');
};
