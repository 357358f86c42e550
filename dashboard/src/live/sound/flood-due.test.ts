import { describe, expect, it } from 'vitest';
import { RESOUND_AFTER_MS, silence } from './due.ts';
import { floodDue, heard, NOTHING_HEARD } from './flood-due.ts';

const quiet = { silenced: new Map<string, number>() };
const alarm = (id: string, priority: number, kind: string, state: 'UNACK' | 'ACKED' = 'UNACK') => ({
  id,
  priority,
  state,
  activationSeq: 1,
  alarm: kind,
  place: { site: 's', building: 'b', floor: '', room: '' },
});

describe('sound in a flood', () => {
  it('is for urgent and high alarms only', () => {
    expect(floodDue([alarm('a', 3, 'x'), alarm('b', 1, 'x', 'ACKED')], quiet, NOTHING_HEARD, 0)).toBeNull();
    expect(floodDue([alarm('a', 2, 'x'), alarm('b', 1, 'y')], quiet, NOTHING_HEARD, 0)).toBe(1);
  });

  it('comes once for a group, and again for a new one', () => {
    const one = [alarm('a', 2, 'x')];
    const groups = heard(one, NOTHING_HEARD, 0);
    expect(floodDue([...one, alarm('b', 2, 'x')], quiet, groups, 1)).toBeNull();
    expect(floodDue([...one, alarm('c', 2, 'y')], quiet, groups, 1)).toBe(2);
  });

  it('comes back for an urgent group that nobody acknowledges, and not for a high one', () => {
    const all = [alarm('a', 1, 'x'), alarm('b', 2, 'y')];
    const groups = heard(all, NOTHING_HEARD, 0);
    expect(floodDue(all, quiet, groups, RESOUND_AFTER_MS - 1)).toBeNull();
    expect(floodDue(all, quiet, groups, RESOUND_AFTER_MS)).toBe(1);
    const later = heard(all, groups, RESOUND_AFTER_MS);
    expect(floodDue(all, quiet, later, RESOUND_AFTER_MS + 1)).toBeNull();
  });

  it('stays silent for what was silenced', () => {
    const all = [alarm('a', 1, 'x')];
    expect(floodDue(all, silence(all, 5), NOTHING_HEARD, 6)).toBeNull();
  });
});
