import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIGURATION_STATES } from '../../contract/commissioning.ts';
import { changesOf, desiredOf, isDue, nextVersion, type Version } from './life-cycle.ts';

const versions = fc
  .uniqueArray(
    fc.record({ version: fc.integer({ min: 1, max: 9 }), state: fc.constantFrom(...CONFIGURATION_STATES) }),
    {
      selector: ({ version }) => version,
    },
  )
  .map((list): Version[] => list);
const report = fc.record({
  version: fc.integer({ min: 0, max: 10 }),
  trial: fc.boolean(),
  rolledBack: fc.option(fc.record({ version: fc.integer({ min: 1, max: 10 }), reason: fc.string() })),
});
const applied = (list: readonly Version[], told: Parameters<typeof changesOf>[1]): Version[] => {
  const changes = changesOf(list, told);
  return list.map((one) => changes.find(({ version }) => version === one.version) ?? one);
};

describe('what a report makes of the versions', () => {
  it('the same report again changes nothing', () => {
    fc.assert(
      fc.property(versions, report, (list, told) => {
        expect(changesOf(applied(list, told), told)).toEqual([]);
      }),
    );
  });

  it('the running version is in force or on trial, and no older one waits', () => {
    fc.assert(
      fc.property(versions, report, (list, told) => {
        for (const { version, state } of applied(list, told)) {
          if (version === told.version) expect(state).toBe(told.trial ? 'trial' : 'in-force');
          else if (version === told.rolledBack?.version) expect(state).toBe('rolled-back');
          else if (version < told.version) expect(['sent', 'trial']).not.toContain(state);
        }
      }),
    );
  });

  it('what was taken back or refused is never given again, and no number is given twice', () => {
    fc.assert(
      fc.property(versions, report, (list, told) => {
        const after = applied(list, told);
        const desired = desiredOf(after);
        expect(['refused', 'rolled-back']).not.toContain(desired?.state);
        if (isDue(desired, told)) {
          expect(desired.version).toBeGreaterThan(told.version);
          expect(desired.version).not.toBe(told.rolledBack?.version);
        }
        const next = nextVersion(after, told);
        expect(after.every(({ version }) => version < next)).toBe(true);
        expect(next).toBeGreaterThan(Math.max(told.version, told.rolledBack?.version ?? 0));
      }),
    );
  });
});
