// An announced alarm that nobody acknowledges in time: noted once for each activation. The clock is that on the wall, so
// it runs on while the server is down.
import type { Definition } from './definition.ts';
import { type AlarmRecord, isModified } from './facts.ts';
import type { Stamp, Transition } from './transition.ts';

/** Server time, ms; Infinity while it is acknowledged, set aside, or was noted for this activation. */
export function ackOverdueAt({ acknowledgeWithinMin }: Definition, { facts, occurrence }: AlarmRecord): number {
  const sinceMs = occurrence?.unacknowledgedSinceMs ?? null;
  if (occurrence === null || sinceMs === null || facts.acked || isModified(facts)) return Number.POSITIVE_INFINITY;
  if (occurrence.overdueSeq === occurrence.activationSeq) return Number.POSITIVE_INFINITY;
  return sinceMs + (acknowledgeWithinMin[occurrence.priority] ?? Number.POSITIVE_INFINITY) * 60_000;
}

export const ackOverdue = (stamp: Stamp): readonly Transition[] => [{ event: 'ACK_OVERDUE', ...stamp }];
