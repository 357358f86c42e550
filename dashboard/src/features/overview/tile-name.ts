// What a tile calls its equipment: under the heading of its building the building's name in front only takes room.

const HAN = /\p{Script=Han}/u;

/** The building's name, and of a name in two languages ("A座 Tower A") each one: "A座", "Tower A". */
const partsOf = (building: string): readonly string[] => {
  const words = building.split(' ').filter((word) => word !== '');
  const chinese = words.filter((word) => HAN.test(word)).join(' ');
  const other = words.filter((word) => !HAN.test(word)).join(' ');
  return [building, chinese, other].filter((part) => part !== '');
};

const LATIN = /[\p{Script=Latin}\d]/u;

export const tileName = (name: string, building: string): string => {
  for (const part of partsOf(building)) {
    if (!name.startsWith(part)) continue;
    const rest = name.slice(part.length);
    // "Tower 1" is not the beginning of "Tower 12".
    if (LATIN.test(part.slice(-1)) && LATIN.test(rest.slice(0, 1))) continue;
    const own = rest.replace(/^[\s·,，-]+/u, '');
    if (own.length > 1) return own.slice(0, 1).toUpperCase() + own.slice(1);
  }
  return name;
};
