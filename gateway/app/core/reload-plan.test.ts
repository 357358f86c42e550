// What a new configuration changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshDevices, isNothing, type PlannedDevice, planReload } from './reload-plan.ts';

const device = (id: string, line: string, more: Partial<PlannedDevice> = {}): PlannedDevice => ({
  id,
  line,
  where: `line ${line}`,
  reading: 'r',
  report: 'p',
  birth: 'b',
  ...more,
});

const lists = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    line: fc.constantFrom('1', '2', '3'),
    where: fc.constant('line'),
    reading: fc.constantFrom('r', 'R'),
    report: fc.constantFrom('p', 'P'),
    birth: fc.constantFrom('b', 'B'),
  }),
  { selector: ({ id }) => id },
);

describe('planReload', () => {
  it('names what changes and which lines that concerns', () => {
    const before = [device('a', '1'), device('b', '1'), device('c', '2'), device('d', '3')];
    const after = [
      device('a', '1', { birth: 'B', report: 'P' }),
      device('b', '1'),
      device('c', '2', { reading: 'R' }),
      device('e', '4'),
    ];
    const plan = planReload(before, after);
    expect(plan).toEqual({
      unchanged: ['b'],
      changed: [
        { id: 'a', in: ['report', 'birth'] },
        { id: 'c', in: ['reading'] },
      ],
      added: ['e'],
      removed: ['d'],
      lines: { untouched: ['line 1'], reopened: ['line 2'], opened: ['line 4'], closed: ['line 3'] },
    });
    expect([...freshDevices(plan)].sort()).toEqual(['c', 'e']);
  });

  it('for any two configurations: each device is in one list, and only lines without a change in reading go on', () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const plan = planReload(before, after);
        const named = [...plan.unchanged, ...plan.changed.map(({ id }) => id), ...plan.added, ...plan.removed];
        expect(named.sort()).toEqual([...new Set([...before, ...after].map(({ id }) => id))].sort());
        const fresh = freshDevices(plan);
        for (const { id, line } of after) {
          const was = before.find((one) => one.id === id);
          const isSame = was?.line === line && was.reading === after.find((one) => one.id === id)?.reading;
          expect(fresh.has(id)).toBe(!isSame);
        }
        expect(isNothing(planReload(after, after))).toBe(true);
        expect(isNothing(plan)).toBe(named.length === plan.unchanged.length);
      }),
    );
  });
});
