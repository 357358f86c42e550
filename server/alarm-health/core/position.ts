// Which operating position an equipment belongs to: the first that covers it, else the default one.
import { DEFAULT_POSITION, type OperatingPosition } from '../../contract/alarm-health.ts';

export const CONTROL_ROOM: OperatingPosition = {
  id: DEFAULT_POSITION,
  name: { zh: '监控中心', en: 'Control room' },
  covers: [],
};

interface Located {
  readonly class: string;
  readonly place: { readonly site: string; readonly building: string };
}

export function positionOf(positions: readonly OperatingPosition[], equipment: Located | undefined): string {
  if (equipment === undefined) return DEFAULT_POSITION;
  const { place } = equipment;
  const covered = positions.find(({ covers }) =>
    covers.some(
      (cover) =>
        (cover.site === undefined || cover.site === place.site) &&
        (cover.building === undefined || cover.building === place.building) &&
        (cover.class === undefined || cover.class === equipment.class),
    ),
  );
  return covered?.id ?? DEFAULT_POSITION;
}

/** The list as it is kept: the default position last, with its own name when it was given one. */
export function withDefault(positions: readonly OperatingPosition[]): readonly OperatingPosition[] {
  const own = positions.find(({ id }) => id === DEFAULT_POSITION) ?? CONTROL_ROOM;
  return [...positions.filter(({ id }) => id !== DEFAULT_POSITION), own];
}

/** What is wrong with a list, or null. */
export function faultOf(positions: readonly OperatingPosition[]): string | null {
  const seen = new Set<string>();
  for (const [index, { id, covers }] of positions.entries()) {
    if (seen.has(id)) return `items.${index}.id: found ${id} a second time, expected each position once`;
    seen.add(id);
    if (id === DEFAULT_POSITION && covers.length > 0)
      return `items.${index}.covers: found ${covers.length} lines, expected none: ${DEFAULT_POSITION} has what no other position covers`;
    if (id !== DEFAULT_POSITION && covers.length === 0)
      return `items.${index}.covers: found none, expected what ${id} looks after`;
  }
  return null;
}
