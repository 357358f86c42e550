// Which lines go on when the list of devices changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineMember, planLines } from './line-plan.ts';

const member = (id: string, line: string, reading = 'x'): LineMember => ({ id, line, reading });

describe('planLines', () => {
  it('leaves a line alone on which nothing changed, whatever the order', () => {
    const before = [member('a', 'L1'), member('b', 'L1'), member('c', 'L2')];
    const after = [member('b', 'L1'), member('a', 'L1'), member('c', 'L2', 'y'), member('d', 'L3')];
    expect(planLines(before, after)).toEqual({ kept: ['L1'], closed: ['L2'], opened: ['L2', 'L3'] });
  });

  it('closes a line nobody is on any more, and both lines of a device that moves', () => {
    const before = [member('a', 'L1'), member('b', 'L1'), member('c', 'L2')];
    expect(planLines(before, [member('a', 'L1'), member('b', 'L1')])).toMatchObject({ closed: ['L2'], opened: [] });
    const moved = planLines(before, [member('a', 'L1'), member('b', 'L2'), member('c', 'L2')]);
    expect(moved).toEqual({ kept: [], closed: ['L1', 'L2'], opened: ['L1', 'L2'] });
  });

  it('for any two lists: each line is kept exactly when it has the same devices, and never both kept and closed', () => {
    const lists = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        line: fc.constantFrom('L1', 'L2', 'L3'),
        reading: fc.constantFrom('x', 'y'),
      }),
      { selector: ({ id }) => id },
    );
    const onLine = (list: readonly LineMember[], line: string) =>
      list
        .filter((one) => one.line === line)
        .map(({ id, reading }) => `${id} ${reading}`)
        .sort();
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const plan = planLines(before, after);
        for (const line of ['L1', 'L2', 'L3']) {
          const [was, is] = [onLine(before, line), onLine(after, line)];
          const same = was.length > 0 && was.join() === is.join();
          expect(plan.kept.includes(line)).toBe(same);
          expect(plan.closed.includes(line)).toBe(was.length > 0 && !same);
          expect(plan.opened.includes(line)).toBe(is.length > 0 && !same);
        }
      }),
    );
  });
});
