import { describe, expect, it } from 'vitest';
import { beepedOnce, duePriority, RESOUND_AFTER_MS, silence, silenceOne, sounding } from './due.ts';

const quiet = { silenced: new Map<string, number>() };
const alarm = (id: string, priority: number, state: 'UNACK' | 'ACKED' | 'RTNUN' = 'UNACK', activationSeq = 1) => ({
  id,
  priority,
  state,
  activationSeq,
});

describe('alarm sound', () => {
  it('is that of the highest unacknowledged priority; low alarms and returned ones are quiet', () => {
    expect(duePriority([alarm('a', 2), alarm('b', 1)], quiet, 0)).toBe(1);
    expect(duePriority([alarm('a', 4), alarm('b', 1, 'ACKED'), alarm('c', 1, 'RTNUN')], quiet, 0)).toBeNull();
  });

  it('stops when silenced, and a new alarm or a new activation sounds again', () => {
    const silenced = silence([alarm('a', 2)], 0);
    expect(duePriority([alarm('a', 2)], silenced, 1)).toBeNull();
    expect(duePriority([alarm('a', 2), alarm('b', 2)], silenced, 1)).toBe(2);
    expect(duePriority([alarm('a', 2, 'UNACK', 2)], silenced, 1)).toBe(2);
  });

  it('of one alarm stops alone; what a silence stops is what sounded', () => {
    const one = silenceOne(alarm('a', 2), quiet, 0);
    expect(duePriority([alarm('a', 2)], one, 1)).toBeNull();
    expect(duePriority([alarm('a', 2), alarm('b', 3)], one, 1)).toBe(3);
    const open = [alarm('a', 2), alarm('b', 3), alarm('c', 4), alarm('d', 1, 'ACKED')];
    expect(sounding(open, one).map(({ id }) => id)).toEqual(['b']);
  });

  it('comes back for an urgent alarm that nobody acknowledges', () => {
    const silenced = silence([alarm('a', 1), alarm('b', 2)], 0);
    expect(duePriority([alarm('a', 1), alarm('b', 2)], silenced, RESOUND_AFTER_MS - 1)).toBeNull();
    expect(duePriority([alarm('a', 1), alarm('b', 2)], silenced, RESOUND_AFTER_MS)).toBe(1);
  });

  it('beeps once for a medium alarm', () => {
    const after = beepedOnce([alarm('a', 3)], quiet, 0);
    expect(duePriority([alarm('a', 3)], after, 1)).toBeNull();
  });
});
