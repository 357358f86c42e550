// Which verbs an alarm allows now, and why not: the same rules by which the server would refuse (ISA-18.2: silence,
// acknowledge and reset are three verbs).
import type { alarms } from '@louwei/server/contract';
import { isUnacknowledged } from './order.ts';

type Alarm = alarms.Alarm;
export type Guidance = Pick<alarms.AlarmDetail['guidance'], 'latching' | 'shelvable'>;

export interface Offers {
  readonly acknowledge: boolean;
  /** It sounds, or would: urgent to medium, unacknowledged. */
  readonly silence: boolean;
  /** Hidden for an alarm that does not latch. */
  readonly reset: 'possible' | 'conditionPresent' | 'notAcknowledged' | 'hidden';
  readonly shelve: 'possible' | 'outOfService' | 'notShelvable';
  /** Ends with the condition, so there must be one. */
  readonly oneShot: boolean;
  readonly unshelve: boolean;
  readonly takeOutOfService: boolean;
  readonly returnToService: boolean;
}

const resetOf = ({ state, active, acknowledged }: Alarm, latching: boolean): Offers['reset'] => {
  if (!latching || state === 'NORM') return 'hidden';
  if (active) return 'conditionPresent';
  return acknowledged ? 'possible' : 'notAcknowledged';
};

export const offersOf = (alarm: Alarm, guidance: Guidance | undefined): Offers => {
  const out = alarm.state === 'OOSRV';
  const latched = alarm.state === 'LATUN' || alarm.state === 'LATAK';
  return {
    acknowledge: isUnacknowledged(alarm),
    silence: (alarm.state === 'UNACK' || alarm.state === 'LATUN') && alarm.priority <= 3,
    reset: resetOf(alarm, latched || guidance?.latching === true),
    shelve: out ? 'outOfService' : guidance?.shelvable === false ? 'notShelvable' : 'possible',
    oneShot: alarm.active,
    // Out of service hides the shelf, so it cannot be seen whether there is one.
    unshelve: alarm.shelvedUntil !== null,
    takeOutOfService: !out,
    returnToService: out,
  };
};

/** Minutes on offer; the longest allowed for each priority comes last (contract: P1 30 min, P2 4 h, P3 8 h, P4 24 h). */
const SHELVE_MINUTES: Readonly<Record<number, readonly number[]>> = {
  1: [10, 20, 30],
  2: [30, 60, 120, 240],
  3: [60, 120, 240, 480],
  4: [60, 240, 480, 1440],
};
export const shelveMinutes = (priority: number): readonly number[] => SHELVE_MINUTES[priority] ?? [30];
