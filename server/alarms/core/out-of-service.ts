// Out of service: taken off the list for work on the equipment, covered by an order or permit, reviewed at a time. It
// needs no open occurrence, hides shelf and suppression, and the condition is still evaluated and journalled.
import type { AlarmRecord } from './facts.ts';
import { agree, type Decision, leave, NOTHING, refuse } from './machine.ts';
import type { Stamp } from './transition.ts';

/** Longer work is reviewed in between. */
const LONGEST_REVIEW_MS = 90 * 24 * 3600_000;

export function takeOutOfService(
  { facts }: AlarmRecord,
  request: { readonly reason: string; readonly reference: string; readonly reviewAtMs: number },
  stamp: Stamp,
): Decision {
  const { reason, reference, reviewAtMs } = request;
  if (facts.oos !== null) return refuse('invalid-transition', 'the alarm is out of service already');
  if (reason.trim() === '')
    return refuse('invalid-request', 'reason: found nothing, expected why it is taken out of service');
  if (reference.trim() === '')
    return refuse('invalid-request', 'reference: found nothing, expected the number of the work order or permit');
  if (!(reviewAtMs > stamp.serverMs && reviewAtMs <= stamp.serverMs + LONGEST_REVIEW_MS))
    return refuse('invalid-request', 'reviewAt: expected a time from now to 90 days ahead');
  return agree(stamp, { event: 'OOS_ON', reason, reference, reviewAtMs });
}

export function returnToService({ facts, occurrence }: AlarmRecord, stamp: Stamp): Decision {
  if (facts.oos === null) return NOTHING;
  if (occurrence === null) return agree(stamp, { event: 'OOS_OFF', announced: false });
  const left = leave({ ...facts, oos: null });
  return agree(
    stamp,
    { event: 'OOS_OFF', announced: left.announced },
    ...(left.closes ? [{ event: 'CLOSED', cause: 'modifier-ended' } as const] : []),
  );
}
