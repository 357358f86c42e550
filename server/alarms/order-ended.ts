// Out of service is bound to a work order: when the order is closed or cancelled, its alarms are back in service. The
// database is asked each time, so what a crash came between is made up for at the next start.
import type { Db } from '../migrations/tables.ts';
import { returnToService } from './core/out-of-service.ts';
import { newDraft } from './draft.ts';
import { decideOn } from './evaluate.ts';
import { ruleId } from './rule-book.ts';
import type { Runtime } from './runtime.ts';

const ENDED = ['CLOSED', 'CANCELLED'];

export async function returnWhatOrdersHeld(runtime: Runtime, nowMs: number): Promise<void> {
  await runtime.settleDoubt();
  const held = await runtime.db
    .selectFrom('alarm_out_of_service as o')
    .innerJoin('work_order as w', 'w.number', 'o.reference')
    .select(['o.equipment_id', 'o.alarm', 'o.reference'])
    .where('w.state', 'in', ENDED)
    .orderBy('o.equipment_id')
    .orderBy('o.alarm')
    .execute();
  const draft = newDraft();
  for (const { equipment_id, alarm, reference } of held) {
    const rule = runtime.book.rules.get(ruleId(equipment_id, alarm));
    if (rule === undefined) continue;
    decideOn(runtime.evaluation([]), draft, rule, { actor: `order:${reference}`, nowMs }, returnToService);
  }
  await runtime.commit(draft);
}

/** Null for an open order, and for a permit, which is none of ours. */
export async function endedState(db: Db, reference: string): Promise<string | null> {
  const order = await db
    .selectFrom('work_order')
    .select('state')
    .where('number', '=', reference)
    .where('state', 'in', ENDED)
    .executeTakeFirst();
  return order?.state ?? null;
}
