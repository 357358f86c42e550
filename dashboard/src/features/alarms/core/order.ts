// Order and filter of the alarm list. Rows never move under the operator's hand: while he is in the list, the order he
// sees is kept and new alarms are only counted.
import type { alarms } from '@louwei/server/contract';

type Alarm = alarms.Alarm;
export type Position = Pick<Alarm, 'id' | 'priority' | 'state' | 'activeAt'>;

const WAITING: ReadonlySet<Alarm['state']> = new Set(['UNACK', 'RTNUN', 'LATUN']);
const ASIDE: ReadonlySet<Alarm['state']> = new Set(['SHLVD', 'DSUPR', 'OOSRV']);

/** Waits for somebody to acknowledge it. */
export const isUnacknowledged = (alarm: Pick<Alarm, 'state'>): boolean => WAITING.has(alarm.state);
/** Shelved, suppressed or out of service: counted in the banner, not on the main list. */
export const isAside = (alarm: Pick<Alarm, 'state'>): boolean => ASIDE.has(alarm.state);

/** Unacknowledged first, then by priority, then newest first; ids decide within one millisecond, so the order is total. */
export const compareAlarms = (a: Position, b: Position): number =>
  Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
  a.priority - b.priority ||
  b.activeAt.localeCompare(a.activeAt) ||
  (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

export interface Arrangement {
  /** Ids in the order shown. While held it may name alarms that have closed since. */
  readonly order: readonly string[];
  /** Alarms that wait behind the "n new" bar. */
  readonly pending: readonly string[];
}

export const arrange = (previous: readonly string[], shown: readonly Position[], held: boolean): Arrangement => {
  if (!held) return { order: [...shown].sort(compareAlarms).map((alarm) => alarm.id), pending: [] };
  const known = new Set(previous);
  const pending = shown.filter((alarm) => !known.has(alarm.id)).sort(compareAlarms);
  return { order: previous, pending: pending.map((alarm) => alarm.id) };
};

export type StateFilter = 'all' | 'unacked' | 'acked' | 'returned' | 'aside';

export interface AlarmFilter {
  /** Empty: all. */
  readonly priorities: readonly number[];
  /** Empty: all. */
  readonly building: string;
  readonly state: StateFilter;
  readonly text: string;
}

export const NO_FILTER: AlarmFilter = { priorities: [], building: '', state: 'all', text: '' };

const hasState = (alarm: Alarm, wanted: StateFilter): boolean => {
  switch (wanted) {
    case 'all':
      return !isAside(alarm);
    case 'unacked':
      return isUnacknowledged(alarm);
    case 'acked':
      return alarm.state === 'ACKED';
    case 'returned':
      return alarm.state === 'RTNUN' || alarm.state === 'LATUN' || alarm.state === 'LATAK';
    case 'aside':
      return isAside(alarm);
  }
};

const searched = (alarm: Alarm): string =>
  [alarm.text.zh, alarm.text.en, alarm.equipmentName.zh, alarm.equipmentName.en, alarm.equipmentId, alarm.alarm]
    .concat(Object.values(alarm.place))
    .join('\n')
    .toLowerCase();

export const passes = (alarm: Alarm, filter: AlarmFilter): boolean =>
  hasState(alarm, filter.state) &&
  (filter.priorities.length === 0 || filter.priorities.includes(alarm.priority)) &&
  (filter.building === '' || alarm.place.building === filter.building) &&
  (filter.text === '' || searched(alarm).includes(filter.text.toLowerCase()));

/** Active alarms of the main list that the filter keeps from the operator's eyes. */
export const hiddenActive = (all: readonly Alarm[], filter: AlarmFilter): number =>
  all.filter((alarm) => alarm.active && !isAside(alarm) && !passes(alarm, filter)).length;

export interface PriorityCount {
  readonly priority: number;
  readonly active: number;
  readonly unacknowledged: number;
}

/** What the banner shows; an alarm that has returned unacknowledged still waits, so it counts on both sides. */
export const countByPriority = (all: readonly Alarm[]): readonly PriorityCount[] =>
  [1, 2, 3, 4].map((priority) => {
    const own = all.filter((alarm) => alarm.priority === priority && !isAside(alarm));
    const unacknowledged = own.filter(isUnacknowledged).length;
    return { priority, active: own.length, unacknowledged };
  });
