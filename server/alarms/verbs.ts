// What people do to an open alarm; each through the one queue and in its own transaction.
import type { Alarm } from '../contract/alarms.ts';
import { ProblemError } from '../platform/http/route.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { decide, type Verb } from './core/verb.ts';
import { newDraft } from './draft.ts';
import { decideOn } from './evaluate.ts';
import { fromAlarmRow } from './rows.ts';
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
  const change = (id: string, by: string, ifClosed: 'unchanged' | 'refused', verb: Verb): Promise<AlarmChange> =>
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
      const decision = decideOn(runtime.evaluation([]), draft, rule, { actor: by, nowMs }, (record, stamp) =>
        decide(rule.definition, record, verb, stamp),
      );
      await runtime.commit(draft);
      if (!decision.ok)
        throw new ProblemError(decision.code === 'invalid-request' ? 400 : 409, decision.code, decision.detail);
      const open = runtime.alarmOf(rule);
      return { changed: decision.transitions.length > 0, alarm: open?.id === id ? open : await shown(id) };
    });

  return {
    acknowledge: (id, by, request) => change(id, by, 'unchanged', { verb: 'acknowledge', ...request }),
    reset: (id, by) => change(id, by, 'unchanged', { verb: 'reset' }),
    comment: (id, by, text) => change(id, by, 'refused', { verb: 'comment', text }),
    shelve: (id, by, request) => change(id, by, 'refused', { verb: 'shelve', ...request }),
    silence: (id, by, console) => change(id, by, 'refused', { verb: 'silence', console }),
    unshelve: (id, by) => change(id, by, 'refused', { verb: 'unshelve' }),
  };
}
