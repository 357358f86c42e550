// The base machine of ISA-18.2 (state x event) as decisions: each answers the transitions, or why it refuses.
// Announcing again without a new activation (EXIT rule, raised priority) makes the alarm unacknowledged.
import type { AlarmRecord, AlarmValue, Facts, Shown } from './facts.ts';
import { isModified } from './facts.ts';
import { apply, type Change, type Stamp, type Transition } from './transition.ts';

export type Decision =
  | { readonly ok: true; readonly transitions: readonly Transition[] }
  | {
      readonly ok: false;
      readonly code: 'conflict' | 'invalid-transition' | 'invalid-request';
      readonly detail: string;
    };

export const NOTHING: Decision = { ok: true, transitions: [] };
export const refuse = (code: 'conflict' | 'invalid-transition' | 'invalid-request', detail: string): Decision => ({
  ok: false,
  code,
  detail,
});
export const agree = (stamp: Stamp, ...changes: readonly Change[]): Decision => ({
  ok: true,
  transitions: changes.map((change) => ({ ...change, ...stamp })),
});

interface Activation {
  readonly priority: number;
  readonly value: AlarmValue;
  readonly shown: Shown;
}

/** COND_ON: NORM opens an occurrence (S1); RTNUN, LATUN and LATAK re-activate the same one (S1b), at its new level. */
export function conditionOn(
  record: AlarmRecord,
  activation: Activation,
  stamp: Stamp,
  mint: () => string,
): readonly Transition[] {
  const { facts, occurrence } = record;
  if (facts.cond) return [];
  const announced = !isModified(facts);
  const { value, shown, priority } = activation;
  return occurrence === null
    ? [
        {
          event: 'ACTIVE',
          id: mint(),
          priority,
          value,
          shown,
          suppressedBy: facts.suppressedBy,
          ...(facts.oos === null ? {} : { oos: facts.oos }),
          announced,
          ...stamp,
        },
      ]
    : [...changePriority(record, priority, stamp), { event: 'RE-ACTIVE', value, shown, announced, ...stamp }];
}

/** COND_OFF: UNACK waits for its acknowledgement (S3), ACKED closes (S4), a latching alarm waits for its reset (S3). */
export function conditionOff(
  record: AlarmRecord,
  how: { readonly latching: boolean; readonly cause: 'process' | 'config'; readonly value: AlarmValue },
  stamp: Stamp,
): readonly Transition[] {
  const { facts } = record;
  if (!facts.cond) return [];
  const returned: Transition = { event: 'RTN', latched: how.latching, cause: how.cause, value: how.value, ...stamp };
  if (facts.shelf?.oneShot === true) {
    const left = leave({ ...facts, cond: false, latched: how.latching, shelf: null });
    const unshelved: Transition = { event: 'UNSHELVED', cause: 'one-shot', announced: left.announced, ...stamp };
    return left.closes
      ? [returned, unshelved, { event: 'CLOSED', cause: 'modifier-ended', ...stamp }]
      : [returned, unshelved];
  }
  const closes = !how.latching && facts.acked && !isModified(facts);
  return closes ? [returned, { event: 'CLOSED', cause: 'returned', ...stamp }] : [returned];
}

/** ACK: only of the activation the person saw; a second one changes nothing. */
export function acknowledge(
  record: AlarmRecord,
  request: { readonly activationSeq: number | undefined; readonly comment: string | null },
  stamp: Stamp,
): Decision {
  const { facts, occurrence } = record;
  if (occurrence === null) return NOTHING;
  if (request.activationSeq !== undefined && request.activationSeq !== occurrence.activationSeq)
    return refuse(
      'conflict',
      `activationSeq: found ${request.activationSeq}, expected ${occurrence.activationSeq}: the alarm was activated again`,
    );
  if (facts.acked) return NOTHING;
  const closes = !facts.cond && !facts.latched && !isModified(facts);
  return agree(
    stamp,
    { event: 'ACK', comment: request.comment },
    ...(closes ? [{ event: 'CLOSED', cause: 'acknowledged' } as const] : []),
  );
}

/** RESET: ends a latched alarm whose condition has gone and that somebody has acknowledged. */
export function reset(record: AlarmRecord, stamp: Stamp): Decision {
  const { facts, occurrence } = record;
  if (occurrence === null) return NOTHING;
  if (facts.cond) return refuse('invalid-transition', 'condition present: a reset is possible after it has gone');
  if (!facts.latched) return NOTHING;
  if (!facts.acked) return refuse('invalid-transition', 'not acknowledged: acknowledge the alarm before its reset');
  return isModified(facts)
    ? agree(stamp, { event: 'RESET' })
    : agree(stamp, { event: 'RESET' }, { event: 'CLOSED', cause: 'reset' });
}

/** A raised priority is announced again (S5); a lowered one is silent. */
export function changePriority(
  record: AlarmRecord,
  to: number,
  stamp: Stamp,
  at?: { readonly value: AlarmValue; readonly shown: Shown },
): readonly Transition[] {
  const { facts, occurrence } = record;
  if (occurrence === null || occurrence.priority === to) return [];
  const announced = to < occurrence.priority && facts.cond && !isModified(facts);
  return [
    {
      event: 'PRIORITY_CHANGED',
      from: occurrence.priority,
      to,
      announced,
      ...(at === undefined ? {} : { at }),
      ...stamp,
    },
  ];
}

/** Whether the equipment can still be asked; data that is merely missing never clears anything. */
export function certainty(record: AlarmRecord, uncertain: string | null, stamp: Stamp): readonly Transition[] {
  const { occurrence } = record;
  if (occurrence === null || occurrence.uncertain === (uncertain !== null)) return [];
  return [uncertain === null ? { event: 'CERTAIN', ...stamp } : { event: 'UNCERTAIN', why: uncertain, ...stamp }];
}

/** The cause holds: this alarm is a consequence. Without an occurrence only the fact is noted, not the journal. */
export function suppress(
  record: AlarmRecord,
  by: string,
  stamp: Stamp,
): { record: AlarmRecord; transitions: readonly Transition[] } {
  if (record.facts.suppressedBy.includes(by)) return { record, transitions: [] };
  if (record.occurrence === null)
    return { record: withSuppression(record, [...record.facts.suppressedBy, by]), transitions: [] };
  const transition: Transition = { event: 'SUPPRESSED', by, ...stamp };
  return { record: apply(record, transition), transitions: [transition] };
}

/** The cause has gone; with the last modifier the EXIT rule decides. */
export function unsuppress(
  record: AlarmRecord,
  by: string,
  stamp: Stamp,
): { record: AlarmRecord; transitions: readonly Transition[] } {
  const remaining = record.facts.suppressedBy.filter((other) => other !== by);
  if (remaining.length === record.facts.suppressedBy.length) return { record, transitions: [] };
  if (record.occurrence === null) return { record: withSuppression(record, remaining), transitions: [] };
  const left = leave({ ...record.facts, suppressedBy: remaining });
  const transitions: Transition[] = [{ event: 'UNSUPPRESSED', by, announced: left.announced, ...stamp }];
  if (left.closes) transitions.push({ event: 'CLOSED', cause: 'modifier-ended', ...stamp });
  return { record: transitions.reduce(apply, record), transitions };
}

/** EXIT rule: when the last modifier goes, a present or latched alarm is announced again and anything else is closed. */
export function leave(factsWithout: Facts): { readonly announced: boolean; readonly closes: boolean } {
  if (isModified(factsWithout)) return { announced: false, closes: false };
  const remains = factsWithout.cond || factsWithout.latched;
  return { announced: remains, closes: !remains };
}

const withSuppression = (record: AlarmRecord, suppressedBy: readonly string[]): AlarmRecord => ({
  ...record,
  facts: { ...record.facts, suppressedBy },
});
