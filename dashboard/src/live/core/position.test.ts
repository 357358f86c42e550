// The operating position of a browser decides which alarms it shows, and never loses one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYTHING, partOf, positionOf, validChoice } from './position.ts';

const name = { zh: '岗', en: 'desk' };
const POSITIONS = [
  { id: 'fire-desk', name, covers: [{ class: 'fire-panel' }] },
  { id: 'tower', name, covers: [{ site: 's', building: 'Tower 1' }, { building: 'Tower 2' }] },
  { id: 'control-room', name, covers: [] },
];
const at = (building: string, of = 'pump', site = 's') => ({
  class: of,
  place: { site, building, floor: '', room: '' },
});

describe('operating position', () => {
  it('is the first that covers the equipment, with all its fields; the default has the rest', () => {
    expect(positionOf(POSITIONS, at('Tower 1', 'fire-panel'))).toBe('fire-desk');
    expect(positionOf(POSITIONS, at('Tower 1'))).toBe('tower');
    expect(positionOf(POSITIONS, at('Tower 1', 'pump', 'other'))).toBe('control-room');
    expect(positionOf(POSITIONS, at('Tower 2', 'pump', 'other'))).toBe('tower');
    expect(positionOf(POSITIONS, undefined)).toBe('control-room');
    expect(positionOf([], at('Tower 1'))).toBeUndefined();
  });

  it('that does not exist any more hides nothing', () => {
    expect(validChoice(POSITIONS, 'tower')).toBe('tower');
    expect(validChoice(POSITIONS, 'gone')).toBe(EVERYTHING);
    expect(validChoice([], 'tower')).toBe(EVERYTHING);
  });

  it('every alarm belongs to exactly one position', () => {
    const item = fc.record({
      building: fc.constantFrom('Tower 1', 'Tower 2', 'Garage'),
      of: fc.constantFrom('pump', 'fire-panel'),
      site: fc.constantFrom('s', 'other'),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), (items) => {
        const all = new Map(items.map(({ building, of, site }, index) => [String(index), at(building, of, site)]));
        const parts = POSITIONS.map(({ id }) => partOf(all, (one) => positionOf(POSITIONS, one) === id));
        expect(parts.flatMap((part) => [...part.keys()]).sort()).toEqual([...all.keys()].sort());
      }),
    );
  });

  it('keeps the very map when nothing is left out, so that screens need not be drawn again', () => {
    const all = new Map([['a', 1]]);
    expect(partOf(all, () => true)).toBe(all);
  });
});
