// What the server would refuse is said before it is sent, and a list comes back as it was loaded.
import { describe, expect, it } from 'vitest';
import { ANY, choicesOf, draftOf, faultsOf, positionsOf } from './positions.ts';

const POSITIONS = [
  { id: 'tower', name: { zh: '塔', en: 'Tower' }, covers: [{ building: 'Tower 1' }, { site: 's', class: 'pump' }] },
  { id: 'control-room', name: { zh: '中心', en: 'Room' }, covers: [] },
];
const drafts = POSITIONS.map(draftOf);
const [tower, room] = drafts;
if (tower === undefined || room === undefined) throw new Error('two drafts');

describe('editing positions', () => {
  it('gives back what was loaded', () => {
    expect(positionsOf(drafts)).toEqual(POSITIONS);
    expect(faultsOf(drafts).size).toBe(0);
  });

  it.each([
    [{ id: 'Night desk' }, 'id'],
    [{ id: 'a'.repeat(41) }, 'id'],
    [{ zh: ' ' }, 'name'],
    [{ covers: [] }, 'covers'],
    [{ covers: [ANY] }, 'covers'],
  ] as const)('finds %j', (change, fault) => {
    expect(faultsOf([{ ...tower, ...change }, room])).toEqual(new Map([['tower', fault]]));
  });

  it('finds a key that comes twice at its second place', () => {
    expect(faultsOf([tower, { ...tower, key: 'new' }, room])).toEqual(new Map([['new', 'twice']]));
  });

  it('offers what is registered and what the lines say already', () => {
    const items = [{ class: 'pump', place: { site: 's', building: 'B', floor: '', room: '' } }];
    expect(choicesOf(items, drafts)).toEqual({ site: ['s'], building: ['B', 'Tower 1'], class: ['pump'] });
  });
});
