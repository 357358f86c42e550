// Shelving: an operator sets an alarm aside for a limited time and says why.
import type { AlarmRecord } from './facts.ts';
import { agree, type Decision, leave, NOTHING, refuse } from './machine.ts';
import type { Stamp } from './transition.ts';

/** Longest shelf by priority, minutes: P4 a day, P3 one shift, P2 half a shift, P1 as long as a person stays beside it. */
const MAX_SHELF_MIN: Readonly<Record<number, number>> = { 1: 30, 2: 240, 3: 480, 4: 1440 };
/** Prolonging more often than this needs the alarm to come back first. */
const MAX_EXTENSIONS = 2;

export function shelve(
  record: AlarmRecord,
  request: {
    readonly minutes: number;
    readonly reason: string;
    readonly shelvable: boolean;
    /** Ends with the condition too. */
    readonly oneShot?: boolean | undefined;
  },
  stamp: Stamp,
): Decision {
  const { facts, occurrence } = record;
  if (occurrence === null) return refuse('invalid-transition', 'the alarm is closed');
  if (!request.shelvable) return refuse('invalid-transition', 'this alarm must not be shelved');
  if (facts.oos !== null) return refuse('invalid-transition', 'the alarm is out of service');
  if (request.reason.trim() === '')
    return refuse('invalid-request', 'reason: found nothing, expected why it is shelved');
  if (request.oneShot === true && !facts.cond)
    return refuse('invalid-transition', 'the condition has gone: a one-shot shelf ends with it');
  const limit = MAX_SHELF_MIN[occurrence.priority] ?? 0;
  if (!(request.minutes > 0 && request.minutes <= limit))
    return refuse(
      'invalid-request',
      `minutes: found ${request.minutes}, expected 1-${limit} for priority ${occurrence.priority}`,
    );
  const extensions = facts.shelf === null ? 0 : facts.shelf.extensions + 1;
  if (extensions > MAX_EXTENSIONS)
    return refuse(
      'invalid-transition',
      `shelved and prolonged ${MAX_EXTENSIONS} times already: let it come back first`,
    );
  return agree(stamp, {
    event: 'SHELVED',
    untilMs: stamp.serverMs + request.minutes * 60_000,
    reason: request.reason,
    extensions,
    ...(request.oneShot === true ? { oneShot: true } : {}),
  });
}

export function unshelve(record: AlarmRecord, cause: 'person' | 'expired', stamp: Stamp): Decision {
  const { facts, occurrence } = record;
  if (occurrence === null || facts.shelf === null)
    return cause === 'person' ? refuse('invalid-transition', 'the alarm is not shelved') : NOTHING;
  const left = leave({ ...facts, shelf: null });
  return agree(
    stamp,
    { event: 'UNSHELVED', cause, announced: left.announced },
    ...(left.closes ? [{ event: 'CLOSED', cause: 'modifier-ended' } as const] : []),
  );
}
