// Editing operating positions: a draft with plain texts, what is wrong with it, and the list the server takes.
import type { alarmHealth, equipment } from '@louwei/server/contract';

type Position = alarmHealth.OperatingPosition;
type Located = Pick<equipment.EquipmentSummary, 'class' | 'place'>;

export const COVER_FIELDS = ['site', 'building', 'class'] as const;
/** Empty: any. */
export type CoverDraft = Readonly<Record<(typeof COVER_FIELDS)[number], string>>;
export const ANY: CoverDraft = { site: '', building: '', class: '' };

export interface PositionDraft {
  /** Of the row on the screen, whatever its id becomes. */
  readonly key: string;
  /** A position that exists keeps its id: floods and figures are named by it. */
  readonly isNew: boolean;
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly covers: readonly CoverDraft[];
}

export const draftOf = ({ id, name, covers }: Position): PositionDraft => ({
  key: id,
  isNew: false,
  id,
  ...name,
  covers: covers.map(({ site = '', building = '', class: of = '' }) => ({ site, building, class: of })),
});

/** The last one has what no other covers. */
export const positionsOf = (drafts: readonly PositionDraft[]): readonly Position[] =>
  drafts.map(({ id, zh, en, covers }) => ({
    id,
    name: { zh: zh.trim(), en: en.trim() },
    covers: covers.map((cover) => Object.fromEntries(Object.entries(cover).filter(([, part]) => part !== ''))),
  }));

export type PositionFault = 'id' | 'twice' | 'name' | 'covers';

/** The first fault of each draft, by its key; the last draft is the default one. */
export const faultsOf = (drafts: readonly PositionDraft[]): ReadonlyMap<string, PositionFault> => {
  const faults = new Map<string, PositionFault>();
  const seen = new Set<string>();
  for (const [index, { key, id, zh, en, covers }] of drafts.entries()) {
    const isDefault = index === drafts.length - 1;
    const empty = covers.some((cover) => COVER_FIELDS.every((field) => cover[field] === ''));
    if (id.length > 40 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) faults.set(key, 'id');
    else if (seen.has(id)) faults.set(key, 'twice');
    else if (zh.trim() === '' || en.trim() === '') faults.set(key, 'name');
    else if (!isDefault && (covers.length === 0 || empty)) faults.set(key, 'covers');
    seen.add(id);
  }
  return faults;
};

/** What there is to choose from, from the equipment that is registered and the lines that are there already. */
export const choicesOf = (
  items: Iterable<Located>,
  drafts: readonly PositionDraft[],
): Readonly<Record<keyof CoverDraft, readonly string[]>> => {
  const found: Record<keyof CoverDraft, Set<string>> = { site: new Set(), building: new Set(), class: new Set() };
  for (const item of items) {
    found.site.add(item.place.site);
    found.building.add(item.place.building);
    found.class.add(item.class);
  }
  for (const cover of drafts.flatMap(({ covers }) => covers))
    for (const field of COVER_FIELDS) found[field].add(cover[field]);
  const sorted = (all: ReadonlySet<string>): readonly string[] => [...all].filter((one) => one !== '').sort();
  return { site: sorted(found.site), building: sorted(found.building), class: sorted(found.class) };
};
