// An alarm as OPC UA Part 9 (v1.05) names its states. Shelved is the operator's, suppressed the server's, out of service
// the engineer's doing; a condition is never disabled, because a disabled one tells nobody anything.
import type { Alarm } from '../../../contract/alarms.ts';

/** 1-1000, higher is worse (Part 5 6.4.2); the bands of clients are 667-1000 high, 334-666 medium, below low. */
const SEVERITY: Readonly<Record<number, number>> = { 1: 900, 2: 700, 3: 400, 4: 150 };
/** Longest shelf by priority: what the verb accepts, as MaxTimeShelved tells clients beforehand. */
const MAX_SHELF_MIN: Readonly<Record<number, number>> = { 1: 30, 2: 240, 3: 480, 4: 1440 };

export type Shelving = 'Unshelved' | 'TimedShelved' | 'OneShotShelved';

export interface ConditionFacts {
  readonly severity: number;
  /** The occurrence is open; a ConditionRefresh repeats it. */
  readonly retain: boolean;
  readonly active: boolean;
  readonly acked: boolean;
  readonly shelving: Shelving;
  readonly unshelveAtMs: number | null;
  readonly maxTimeShelvedMs: number;
  readonly suppressed: boolean;
  readonly outOfService: boolean;
  /** The mandatory roll-up of the three (5.8.2). */
  readonly suppressedOrShelved: boolean;
  readonly latched: boolean;
  /** Quality of what the condition rests on: false while the equipment does not answer. */
  readonly certain: boolean;
  /** Both languages: an event is made once for all sessions, whatever their locale. */
  readonly message: string;
}

export const maxShelfMinutes = (priority: number): number => MAX_SHELF_MIN[priority] ?? 0;

export const bothLanguages = ({ zh, en }: { readonly zh: string; readonly en: string }): string =>
  zh === en || en === '' ? zh : zh === '' ? en : `${zh} / ${en}`;

export function conditionFacts(alarm: Alarm): ConditionFacts {
  const shelved = alarm.shelvedUntil !== null;
  const suppressed = alarm.state === 'DSUPR';
  const outOfService = alarm.state === 'OOSRV';
  return {
    severity: SEVERITY[alarm.priority] ?? 1,
    retain: alarm.state !== 'NORM',
    active: alarm.active,
    acked: alarm.acknowledged,
    shelving: !shelved ? 'Unshelved' : alarm.shelvedOneShot === true ? 'OneShotShelved' : 'TimedShelved',
    unshelveAtMs: alarm.shelvedUntil === null ? null : Date.parse(alarm.shelvedUntil),
    maxTimeShelvedMs: maxShelfMinutes(alarm.priority) * 60_000,
    suppressed,
    outOfService,
    suppressedOrShelved: shelved || suppressed || outOfService,
    latched: alarm.state === 'LATUN' || alarm.state === 'LATAK',
    certain: !alarm.uncertain,
    message: bothLanguages(alarm.text),
  };
}
