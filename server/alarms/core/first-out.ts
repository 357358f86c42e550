// First-out: which alarm of a group came first. The mark stays until all of the group are normal and reset; only then the
// group is armed again (ISA-18.1-1979, sequences F).
import type { AlarmRecord } from './facts.ts';

interface Member {
  readonly before: AlarmRecord;
  readonly after: AlarmRecord;
}

/** Out of service or a mere consequence: such an alarm is not the first, and does not keep the group from being armed. */
const takesPart = ({ facts, occurrence }: AlarmRecord): boolean =>
  occurrence !== null && facts.oos === null && facts.suppressedBy.length === 0;

const isMarked = ({ occurrence }: AlarmRecord): boolean => occurrence?.firstOut === true;

/**
 * Members in the order of their rules, with what one transaction makes of them.
 * @returns the index of the one to mark: the earliest at its source, then the first rule; null when none is.
 */
export function firstOut(members: readonly Member[]): number | null {
  if (members.some(({ before, after }) => takesPart(before) || isMarked(after))) return null;
  let first: number | null = null;
  for (const [index, { after }] of members.entries()) {
    if (!takesPart(after)) continue;
    const earliest = first === null ? Number.POSITIVE_INFINITY : (members[first]?.after.occurrence?.activeAtMs ?? 0);
    if ((after.occurrence?.activeAtMs ?? 0) < earliest) first = index;
  }
  return first;
}
