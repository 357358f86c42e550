// What is set aside, the journal, and the verbs that are not of one open alarm alone.
import type { alarmHealth, alarms } from '@louwei/server/contract';
import { type List, pathOf, request } from './request.ts';

export const fetchOutOfService = (): Promise<{ readonly items: readonly alarms.OutOfService[] }> =>
  request('GET', pathOf('alarms-out-of-service'));
export const fetchSuppressed = (): Promise<{ readonly items: readonly alarms.SuppressedAlarm[] }> =>
  request('GET', pathOf('alarms-suppressed'));

export interface JournalFilter {
  /** Empty: all. */
  readonly equipmentId: string;
  readonly event: string;
  readonly actor: string;
  /** ISO 8601; empty: no bound. */
  readonly from: string;
  readonly to: string;
}

export const fetchJournal = (filter: JournalFilter, cursor: string): Promise<List<alarms.JournalEntry>> => {
  const wanted = Object.entries({ ...filter, cursor }).filter(([, value]) => value !== '');
  return request('GET', `${pathOf('alarm-journal')}?${new URLSearchParams([['order', 'newest'], ...wanted])}`);
};

export const silenceAlarm = (id: string, console: string): Promise<unknown> =>
  request('POST', pathOf('alarms', id, 'silence'), { console });

interface ServiceRequest {
  readonly reason: string;
  readonly reference: string;
  readonly reviewAt: string;
}
type OneAlarm = Pick<alarms.Alarm, 'equipmentId' | 'alarm'>;
export const takeOutOfService = ({ equipmentId, alarm }: OneAlarm, body: ServiceRequest): Promise<unknown> =>
  request('POST', pathOf('equipment', equipmentId, 'alarms', alarm, 'out-of-service'), body);
export const returnToService = ({ equipmentId, alarm }: OneAlarm): Promise<unknown> =>
  request('POST', pathOf('equipment', equipmentId, 'alarms', alarm, 'in-service'), {});

interface Positions {
  readonly items: readonly alarmHealth.OperatingPosition[];
}
export const fetchPositions = (): Promise<Positions> => request('GET', pathOf('operating-positions'));
export const savePositions = (items: readonly alarmHealth.OperatingPosition[]): Promise<Positions> =>
  request('PUT', pathOf('operating-positions'), { items });
