// What people do to an open alarm; each through the one queue and in its own transaction.
import type { Alarm } from '../contract/alarms.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { acknowledge, agree, type Decision, reset } from './core/machine.ts';
import { adopt } from './core/rule-state.ts';
import { shelve, unshelve } from './core/shelving.ts';
import type { Stamp } from './core/transition.ts';
import { enter, newDraft, stateIn } from './draft.ts';
import { wakeRule } from './evaluate.ts';
import { fromAlarmRow } from './rows.ts';
import type { Rule } from './rule-book.ts';
import type { Runtime } from './runtime.ts';
import { findAlarm } from './store.ts';
import { toAlarm } from './view.ts';

interface AlarmChange {
  readonly changed: boolean;
  readonly alarm: Alarm;
}

export interface Verbs {
  acknowledge(
    id: string,
    by: string,
    request: { activationSeq?: number | undefined; comment?: string | undefined },
  ): Promise<AlarmChange>;
  reset(id: string, by: string): Promise<AlarmChange>;
  comment(id: string, by: string, text: string): Promise<AlarmChange>;
  shelve(
    id: string,
    by: string,
    request: { readonly minutes: number; readonly reason: string; readonly oneShot?: boolean | undefined },
  ): Promise<AlarmChange>;
  /** Stops the sound at one desk: a journal entry and nothing else. */
  silence(id: string, by: string, console: string): Promise<AlarmChange>;
  unshelve(id: string, by: string): Promise<AlarmChange>;
}

export function createVerbs(runtime: Runtime, queue: SerialQueue, now: () => number): Verbs {
  const { db, directory, openById } = runtime;

  async function shown(id: string): Promise<Alarm> {
    const row = await findAlarm(db, id);
    if (row === undefined) throw new ProblemError(404, 'not-found', `no alarm ${id}`);
    const { facts, occurrence } = fromAlarmRow(row);
    const identity = {
      equipmentId: row.equipment_id,
      alarm: row.alarm,
      equipment: directory.equipment(row.equipment_id),
    };
    if (occurrence === null) throw new ProblemError(404, 'not-found', `no alarm ${id}`);
    return toAlarm(identity, { facts, occurrence }, occurrence);
  }

  /** `ifClosed` is what a verb means for an alarm that is not on the list any more. */
  const change = (
    id: string,
    by: string,
    ifClosed: 'unchanged' | 'refused',
    decide: (rule: Rule, record: Rule['state']['record'], stamp: Stamp) => Decision,
  ): Promise<AlarmChange> =>
    queue.run(async () => {
      await runtime.settleDoubt();
      const rule = openById.get(id);
      if (rule === undefined) {
        const alarm = await shown(id);
        if (ifClosed === 'refused') throw new ProblemError(409, 'invalid-transition', 'the alarm is closed');
        return { changed: false, alarm };
      }
      const nowMs = now();
      const draft = newDraft();
      wakeRule(runtime.evaluation([]), draft, rule, nowMs);
      const decision = decide(rule, stateIn(draft, rule).record, { actor: by, sourceMs: nowMs, serverMs: nowMs });
      if (decision.ok) enter(draft, rule, adopt(stateIn(draft, rule), decision.transitions));
      await runtime.commit(draft);
      if (!decision.ok)
        throw new ProblemError(decision.code === 'invalid-request' ? 400 : 409, decision.code, decision.detail);
      const open = runtime.alarmOf(rule);
      return { changed: decision.transitions.length > 0, alarm: open?.id === id ? open : await shown(id) };
    });

  return {
    acknowledge: (id, by, { activationSeq, comment }) =>
      change(id, by, 'unchanged', (_rule, record, stamp) =>
        acknowledge(record, { activationSeq, comment: comment ?? null }, stamp),
      ),
    reset: (id, by) => change(id, by, 'unchanged', (_rule, record, stamp) => reset(record, stamp)),
    comment: (id, by, text) =>
      change(id, by, 'refused', (_rule, _record, stamp) => agree(stamp, { event: 'COMMENT', text })),
    shelve: (id, by, request) =>
      change(id, by, 'refused', (rule, record, stamp) =>
        shelve(record, { ...request, shelvable: rule.definition.shelvable }, stamp),
      ),
    silence: (id, by, console) =>
      change(id, by, 'refused', (_rule, _record, stamp) => agree(stamp, { event: 'SILENCED', console })),
    unshelve: (id, by) => change(id, by, 'refused', (_rule, record, stamp) => unshelve(record, 'person', stamp)),
  };
}
