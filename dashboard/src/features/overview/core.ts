// Groups the equipment of all buildings for the overview.
import type { equipment } from '@louwei/server/contract';

type Summary = equipment.EquipmentSummary;

export interface GroupOfEquipment {
  readonly group: string;
  readonly items: readonly Summary[];
}
export interface BuildingOfEquipment {
  readonly key: string;
  readonly site: string;
  readonly building: string;
  readonly groups: readonly GroupOfEquipment[];
  readonly count: number;
  readonly offline: number;
  readonly abnormal: number;
}

/** Order of the equipment archive; life safety first. */
const GROUP_ORDER = [
  'fire',
  'lifts',
  'transformers',
  'lv-distribution',
  'water',
  'heating',
  'hvac',
  'access',
  'lighting',
  'monitoring',
];
const rank = (group: string): number => {
  const at = GROUP_ORDER.indexOf(group);
  return at < 0 ? GROUP_ORDER.length : at;
};

const groupBy = <T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(items, key);

const byId = new Intl.Collator('en', { numeric: true });

export const isAbnormal = (item: Summary): boolean => item.worstPriority !== null || !item.online;

export const byBuilding = (all: readonly Summary[]): readonly BuildingOfEquipment[] =>
  [...groupBy(all, (item) => `${item.place.site}\n${item.place.building}`)]
    .map(([key, items]): BuildingOfEquipment => {
      const [site = '', building = ''] = key.split('\n');
      const groups = [...groupBy(items, (item) => item.group)]
        .map(([group, own]) => ({ group, items: [...own].sort((a, b) => byId.compare(a.id, b.id)) }))
        .sort((a, b) => rank(a.group) - rank(b.group) || a.group.localeCompare(b.group));
      return {
        key,
        site,
        building,
        groups,
        count: items.length,
        offline: items.filter((item) => !item.online).length,
        abnormal: items.filter((item) => item.worstPriority !== null).length,
      };
    })
    // What stands in no building (a gateway) comes last.
    .sort((a, b) => Number(a.building === '') - Number(b.building === '') || byId.compare(a.key, b.key));

/** Devices of one model have the same points: one description serves them all. */
export const descriptionKey = (item: Summary): string => `${item.class} ${item.model} ${item.faceplate.join(',')}`;

export const oneOfEachModel = (all: Iterable<Summary>): ReadonlyMap<string, string> => {
  const chosen = new Map<string, string>();
  for (const item of all) {
    const key = descriptionKey(item);
    if (!chosen.has(key)) chosen.set(key, item.id);
  }
  return chosen;
};
