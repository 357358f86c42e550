// What counts: annunciated activations only. A re-alarm and an escalation of priority demand attention again, so each
// counts one; so does an alarm that is announced because its shelf, suppression or service ended.
import type { Transition } from '../../alarms/core/transition.ts';

/** One entry of the alarm journal that belongs to an occurrence. */
export interface JournalFact {
  readonly seq: number;
  readonly alarmId: string;
  readonly equipmentId: string;
  readonly alarm: string;
  readonly priority: number;
  readonly transition: Transition;
}

export interface Activation {
  readonly seq: number;
  readonly alarmId: string;
  readonly equipmentId: string;
  readonly alarm: string;
  /** Server time; never before the entry that was written earlier, whatever the clock did. */
  readonly atMs: number;
  readonly sourceMs: number;
}

export const isAnnounced = ({ transition }: JournalFact): boolean => 'announced' in transition && transition.announced;

/** The condition came, whether or not anybody was told. */
export const isActivation = ({ transition: { event } }: JournalFact): boolean =>
  event === 'ACTIVE' || event === 'RE-ACTIVE';

export const alarmKey = ({ equipmentId, alarm }: { readonly equipmentId: string; readonly alarm: string }): string =>
  `${equipmentId}/${alarm}`;

export const activationOf = (fact: JournalFact, atMs: number): Activation => ({
  seq: fact.seq,
  alarmId: fact.alarmId,
  equipmentId: fact.equipmentId,
  alarm: fact.alarm,
  atMs,
  sourceMs: fact.transition.sourceMs,
});
