import { describe, expect, it } from 'vitest';
import { faultOf, positionOf, withDefault } from './position.ts';

const name = { zh: '岗', en: 'desk' };
const place = (site: string, building: string) => ({ class: 'elevator', place: { site, building } });
const positions = [
  { id: 'lift-desk', name, covers: [{ building: 'T1', class: 'elevator' }] },
  { id: 'east', name, covers: [{ site: 'east' }, { building: 'T1' }] },
];

describe('operating positions', () => {
  it('give an equipment to the first that covers all it names, else to the control room', () => {
    expect(positionOf(positions, place('east', 'T1'))).toBe('lift-desk');
    expect(positionOf(positions, { ...place('west', 'T1'), class: 'chiller' })).toBe('east');
    expect(positionOf(positions, place('west', 'T2'))).toBe('control-room');
    expect(positionOf(positions, undefined)).toBe('control-room');
  });

  it('always end with the control room, under the name it was given', () => {
    expect(withDefault(positions).map(({ id }) => id)).toEqual(['lift-desk', 'east', 'control-room']);
    expect(withDefault([{ id: 'control-room', name, covers: [] }, ...positions]).at(-1)?.name).toEqual(name);
  });

  it('are refused with the field that is wrong', () => {
    expect(faultOf(positions)).toBeNull();
    expect(faultOf([...positions, ...positions])).toContain('items.2.id');
    expect(faultOf([{ id: 'idle', name, covers: [] }])).toContain('items.0.covers');
    expect(faultOf([{ id: 'control-room', name, covers: [{ site: 's' }] }])).toContain('items.0.covers');
  });
});
