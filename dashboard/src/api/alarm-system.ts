// Health of the alarm system, floods, and the master alarm list.
import type { alarmHealth, alarmRegister } from '@louwei/server/contract';
import { pathOf, request } from './request.ts';

export const fetchAlarmHealth = (position: string, fromMs: number): Promise<alarmHealth.AlarmHealth> => {
  const query = new URLSearchParams({ position, from: new Date(fromMs).toISOString() });
  return request('GET', `${pathOf('alarm-health')}?${query}`);
};

export const fetchFloods = (): Promise<{ readonly items: readonly alarmHealth.FloodReport[] }> =>
  request('GET', pathOf('alarm-floods'));

export const fetchAlarmDefinitions = (): Promise<{ readonly items: readonly alarmRegister.AlarmDefinition[] }> =>
  request('GET', pathOf('alarm-definitions'));

export const exportAlarmDefinitions = (format: 'csv' | 'json'): Promise<alarmRegister.AlarmExport> =>
  request('GET', `${pathOf('alarm-definitions', 'export')}?format=${format}`);

export const importReviews = (csv: string, dryRun: boolean): Promise<alarmRegister.ReviewImportResult> =>
  request('POST', pathOf('alarm-definitions', 'reviews'), { csv, dryRun });
