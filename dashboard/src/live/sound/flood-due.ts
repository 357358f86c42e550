// Sound in a flood: only urgent and high alarms, and one tone for each new group, not for each alarm. An urgent group that
// nobody acknowledges resounds.
import type { alarms } from '@louwei/server/contract';
import { groupKey } from '../core/alarm-group.ts';
import { keyOf, RESOUND_AFTER_MS, type SoundState } from './due.ts';

type Alarm = Pick<alarms.Alarm, 'id' | 'activationSeq' | 'priority' | 'state' | 'place' | 'alarm'>;

/** Groups that have had their tone, and when. */
type HeardGroups = ReadonlyMap<string, number>;
export const NOTHING_HEARD: HeardGroups = new Map();

const isAudible = ({ state, priority }: Alarm): boolean => (state === 'UNACK' || state === 'LATUN') && priority <= 2;

/** Priority whose tone is due now; null is quiet. */
export const floodDue = (
  open: Iterable<Alarm>,
  { silenced }: SoundState,
  groups: HeardGroups,
  nowMs: number,
): number | null => {
  let highest: number | null = null;
  for (const alarm of open) {
    if (!isAudible(alarm)) continue;
    const quietSinceMs = silenced.get(keyOf(alarm)) ?? groups.get(groupKey(alarm));
    const resounds = alarm.priority === 1 && quietSinceMs !== undefined && nowMs - quietSinceMs >= RESOUND_AFTER_MS;
    if (quietSinceMs !== undefined && !resounds) continue;
    if (highest === null || alarm.priority < highest) highest = alarm.priority;
  }
  return highest;
};

/** One tone speaks for all groups that are waiting; a group that is not due keeps the time of its own. */
export const heard = (open: Iterable<Alarm>, groups: HeardGroups, nowMs: number): HeardGroups => {
  const next = new Map(groups);
  for (const alarm of open) {
    if (!isAudible(alarm)) continue;
    const key = groupKey(alarm);
    const heardAtMs = groups.get(key);
    if (heardAtMs === undefined || nowMs - heardAtMs >= RESOUND_AFTER_MS) next.set(key, nowMs);
  }
  return next;
};
