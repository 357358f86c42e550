// From an announced alarm to people: opens or links its work order in the alarm's own transaction, and tells an open
// order what its condition does.
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { AlarmOrders } from '../work-orders/create.ts';
import { adopt } from './core/rule-state.ts';
import { type Draft, enter, stateIn } from './draft.ts';

/** What is asked of work orders; `T` is the transaction that carries them. */
export interface CallOutOrders<T> {
  openForAlarm(trx: T, request: Parameters<AlarmOrders['openForAlarm']>[1]): ReturnType<AlarmOrders['openForAlarm']>;
  noteCondition(trx: T, workOrderId: string, change: 'cleared' | 're-activated', nowMs: number): Promise<void>;
}

/** Only what is announced sends people: a shelved or suppressed activation opens its order when it is announced after all. */
export async function callOut<T>(
  trx: T,
  draft: Draft,
  orders: CallOutOrders<T>,
  directory: EquipmentDirectory,
): Promise<void> {
  for (const { rule, transition, occurrence } of [...draft.recorded]) {
    if (occurrence === null) continue;
    const { record } = rule.definition;
    const nowMs = transition.serverMs;
    const present = stateIn(draft, rule).record.occurrence;
    const workOrderId = present?.id === occurrence.id ? present.workOrderId : occurrence.workOrderId;
    if ('announced' in transition && transition.announced && record.workOrder !== undefined) {
      const equipment = directory.equipment(rule.equipmentId);
      if (equipment === undefined) continue;
      const opened = await orders.openForAlarm(trx, {
        occurrenceId: occurrence.id,
        equipment,
        alarm: record,
        text: occurrence.shown.text,
        priority: occurrence.priority,
        nowMs,
      });
      if (opened !== null && opened.workOrderId !== workOrderId && present?.id === occurrence.id) {
        const { actor: _, ...times } = transition;
        const linked = {
          event: 'WORK_ORDER',
          ...opened,
          actor: 'system',
          sourceMs: times.sourceMs,
          serverMs: nowMs,
        } as const;
        enter(draft, rule, adopt(stateIn(draft, rule), [linked]));
        continue;
      }
    }
    if (workOrderId === null) continue;
    if (transition.event === 'RTN') await orders.noteCondition(trx, workOrderId, 'cleared', nowMs);
    if (transition.event === 'RE-ACTIVE') await orders.noteCondition(trx, workOrderId, 're-activated', nowMs);
  }
}
