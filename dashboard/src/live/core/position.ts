// What belongs to the operating position of this browser. The server counts figures and floods in the same way: the first
// position that covers an equipment has it, and what none covers belongs to the last one, the default.
import type { alarmHealth, equipment } from '@louwei/server/contract';

type Position = alarmHealth.OperatingPosition;
type Located = Pick<equipment.EquipmentSummary, 'class' | 'place'>;

/** No position chosen: everything is shown. */
export const EVERYTHING = '';

export const positionOf = (positions: readonly Position[], item: Located | undefined): string | undefined => {
  const covers = ({ covers: lines }: Position): boolean =>
    item !== undefined &&
    lines.some(
      (line) =>
        (line.site === undefined || line.site === item.place.site) &&
        (line.building === undefined || line.building === item.place.building) &&
        (line.class === undefined || line.class === item.class),
    );
  return (positions.find(covers) ?? positions.at(-1))?.id;
};

/** A position that does not exist (any more) must not hide anything. */
export const validChoice = (positions: readonly Position[], chosen: string): string =>
  positions.some(({ id }) => id === chosen) ? chosen : EVERYTHING;

/** The part of the map that the predicate agrees to; the map itself when that is everything. */
export const partOf = <T>(all: ReadonlyMap<string, T>, isOwn: (item: T) => boolean): ReadonlyMap<string, T> => {
  const own = [...all].filter(([, item]) => isOwn(item));
  return own.length === all.size ? all : new Map(own);
};
