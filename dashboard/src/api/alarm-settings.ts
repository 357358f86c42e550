// Alarm settings of one piece of equipment, their history, and the back-test of drafted ones.
import type { alarmSettings, backtest } from '@louwei/server/contract';
import { type List, pathOf, request } from './request.ts';

const base = (id: string): string => pathOf('equipment', id, 'alarm-settings');

export const fetchSettings = (id: string): Promise<alarmSettings.AlarmSettings> => request('GET', base(id));
export const fetchSettingsHistory = (id: string): Promise<List<alarmSettings.SettingChange>> =>
  request('GET', `${base(id)}/history?limit=100`);

export interface SettingsChange {
  /** Version that the person saw. */
  readonly version: number;
  readonly reason: string;
  readonly values: Readonly<Record<string, number | null>>;
  readonly confirmed: boolean;
}
export const changeSettings = (id: string, change: SettingsChange): Promise<unknown> =>
  request('PUT', base(id), change);
export const undoSettings = (id: string, version: number, undo: number): Promise<unknown> =>
  // Going back to what was in force before needs no second warning.
  request('POST', `${base(id)}/undo`, { version, undo, confirmed: true });

export interface BacktestDraft {
  readonly equipmentId: string;
  readonly alarm: string;
  readonly values: Readonly<Record<string, number>>;
  readonly fromMs: number;
  readonly toMs: number;
}
export const runBacktest = ({ equipmentId, alarm, values, fromMs, toMs }: BacktestDraft): Promise<backtest.Backtest> =>
  request('POST', pathOf('alarm-backtest'), {
    equipmentId,
    alarm,
    draft: { values },
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
