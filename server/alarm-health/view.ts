// Floods and alarms as the API shows them.
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { AlarmFlood, FloodReport } from '../contract/alarm-health.ts';
import type { BilingualText } from '../contract/shared.ts';
import { type Activation, alarmKey } from './core/announcement.ts';
import type { Flood } from './core/flood.ts';
import { type FloodSummary, summarise } from './core/flood-report.ts';
import type { Positions } from './positions.ts';
import type { AlarmName } from './store.ts';

export type Texts = ReadonlyMap<string, BilingualText>;

const iso = (ms: number): string => new Date(ms).toISOString();

/** The same kind of alarm in the same building most often has one cause. */
export const groupOf =
  (directory: EquipmentDirectory) =>
  ({ equipmentId, alarm }: Activation): string => {
    const place = directory.equipment(equipmentId)?.place;
    return `${place?.site ?? ''}\n${place?.building ?? ''}\n${alarm}`;
  };

const floodOf = (position: string, summary: FloodSummary, positions: Positions): AlarmFlood => ({
  id: `${position}:${summary.startMs}`,
  position,
  positionName: positions.nameOf(position),
  start: iso(summary.startMs),
  end: summary.endMs === null ? null : iso(summary.endMs),
  alarms: summary.alarms,
  groups: summary.groups,
});

export const toFlood = (
  position: string,
  flood: Flood,
  positions: Positions,
  directory: EquipmentDirectory,
): AlarmFlood => floodOf(position, summarise(flood, groupOf(directory)), positions);

/** Key of the alarm when it never had an occurrence with a text. */
export function identify(name: AlarmName, directory: EquipmentDirectory, texts: Texts) {
  const { equipmentId, alarm } = name;
  return {
    equipmentId,
    equipmentName: directory.equipment(equipmentId)?.name ?? { zh: equipmentId, en: equipmentId },
    alarm,
    text: texts.get(alarmKey(name)) ?? { zh: alarm, en: alarm },
  };
}

export const toReport = (
  position: string,
  summary: FloodSummary,
  positions: Positions,
  directory: EquipmentDirectory,
  texts: Texts,
): FloodReport => ({
  ...floodOf(position, summary, positions),
  peakPer10Min: summary.peakPer10Min,
  firstOut: { ...identify(summary.firstOut, directory, texts), at: iso(summary.firstOut.sourceMs) },
  top10: summary.top10.map((one) => ({ ...identify(one, directory, texts), count: one.count })),
  firstAckS: summary.firstAckMs === null ? null : summary.firstAckMs / 1000,
});
