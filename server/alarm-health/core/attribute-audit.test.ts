// Changes of alarm attributes that nobody answers for are found, whatever the history they stand in.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Settings, withChanges } from '../../alarms/core/settings.ts';
import { type AttributeChange, unauthorisedChanges } from './attribute-audit.ts';

const field = fc.constantFrom('parameters.limit', 'alarms.hot.onDelayS', 'alarms.hot.priority');
const step = fc.record({
  equipmentId: fc.constantFrom('TR-1', 'TR-2'),
  field,
  to: fc.option(fc.integer({ min: 1, max: 4 })),
});

/** As the product writes them. */
function history(steps: readonly { equipmentId: string; field: string; to: number | null }[]): AttributeChange[] {
  const settings = new Map<string, Settings>();
  const versions = new Map<string, number>();
  return steps.map(({ equipmentId, field: name, to }, index) => {
    const before = settings.get(equipmentId) ?? {};
    const changes = [{ field: name, from: before[name] ?? null, to }];
    const after = withChanges(before, changes);
    const version = (versions.get(equipmentId) ?? 0) + 1;
    settings.set(equipmentId, after);
    versions.set(equipmentId, version);
    return { equipmentId, version, atMs: index, reason: 'seasonal', byPerson: true, changes, settings: after };
  });
}

const TAMPERED: Readonly<Record<string, (change: AttributeChange) => AttributeChange>> = {
  'without a reason': (change) => ({ ...change, reason: ' ' }),
  'by nobody': (change) => ({ ...change, byPerson: false }),
  'with other values in force': (change) => ({ ...change, settings: { ...change.settings, extra: 1 } }),
  'after one that is gone': (change) => ({ ...change, version: change.version + 1 }),
  'from another value': (change) => ({
    ...change,
    changes: change.changes.map((one) => ({ ...one, from: (one.from ?? 0) + 1 })),
  }),
};

describe('unauthorised changes of alarm attributes', () => {
  it('are none in what the product writes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        expect(unauthorisedChanges(history(steps), 0, Number.POSITIVE_INFINITY)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(Object.entries(TAMPERED))('%s is found wherever it stands', (_name, tamper) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(), (steps, where) => {
        const changes = history(steps);
        const at = where % changes.length;
        const bent = changes.map((change, index) => (index === at ? tamper(change) : change));
        expect(unauthorisedChanges(bent, 0, Number.POSITIVE_INFINITY)).toContain(bent[at]);
      }),
      { numRuns: 300 },
    );
  });

  it('count in their time only', () => {
    const [change] = history([{ equipmentId: 'TR-1', field: 'parameters.limit', to: 2 }]);
    if (change === undefined) throw new Error('no change');
    const bent = { ...change, atMs: 100, reason: '' };
    expect(unauthorisedChanges([bent], 0, 100)).toEqual([]);
    expect(unauthorisedChanges([bent], 100, 101)).toEqual([bent]);
  });
});
