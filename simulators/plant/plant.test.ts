// Laws every simulated machine keeps, whatever happens to it; and that a healthy one gives no reason for an alarm.
import { type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownAlarms } from './alarm-judge.ts';
import type { Machine, PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const MORNING_MS = Date.UTC(2026, 2, 2, 1, 0, 0);
const STEP_S = 0.25;
const library = loadLibrary();

function run(machine: Machine, seconds: number, faults: readonly string[] = [], fromMs = MORNING_MS): PointValues[] {
  const set = new Set(faults);
  return Array.from({ length: Math.ceil(seconds / STEP_S) }, (_, index) => {
    machine.step(STEP_S, fromMs + index * STEP_S * 1000, set);
    return machine.points();
  });
}

const machineOf = (name: string, seed = 7): Machine => {
  const kind = PLANTS.get(name);
  if (kind === undefined) throw new Error(`no plant for ${name}`);
  return kind.build(seed);
};

/** Faults come and go at random moments. */
const history = (names: readonly string[]) =>
  fc.array(fc.record({ faults: fc.subarray([...names]), seconds: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 1,
    maxLength: 6,
  });

function outside(values: PointValues, definition: EquipmentClass): string[] {
  return Object.entries(definition.points).flatMap(([name, point]) => {
    const value = values[name];
    if (value === undefined || value === null || point.range === undefined || typeof value !== 'number') return [];
    return Number.isFinite(value) && value >= point.range[0] && value <= point.range[1] ? [] : [`${name} = ${value}`];
  });
}

describe.each([...PLANTS.values()])('$class', (kind) => {
  const definition = library.classes.get(kind.class);
  const hour = fc.integer({ min: 0, max: 23 });

  it('has a class in the library and gives each of its points, nothing else', () => {
    const wanted = Object.keys(definition?.points ?? {}).filter((name) => name !== 'comm');
    expect(Object.keys(kind.build(1).points()).sort()).toEqual(wanted.sort());
  });

  it('stays within what is physically possible under any faults', () => {
    if (definition === undefined) throw new Error('no class');
    fc.assert(
      fc.property(fc.integer(), hour, history(Object.keys(kind.faults)), (seed, startHour, phases) => {
        const machine = kind.build(seed);
        for (const { faults, seconds } of phases)
          for (const values of run(machine, seconds, faults, MORNING_MS + startHour * 3_600_000))
            expect(outside(values, definition)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('runs the same way for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), history(Object.keys(kind.faults)), (seed, phases) => {
        const [one, other] = [kind.build(seed), kind.build(seed)];
        for (const { faults, seconds } of phases)
          expect(run(one, seconds, faults)).toEqual(run(other, seconds, faults));
      }),
      { numRuns: 10 },
    );
  });

  it('raises no alarm condition while healthy, at any hour', () => {
    fc.assert(
      fc.property(fc.integer(), hour, (seed, startHour) => {
        const machine = kind.build(seed);
        run(machine, 30, [], MORNING_MS + startHour * 3_600_000);
        for (const values of run(machine, 60, [], MORNING_MS + startHour * 3_600_000))
          expect(alarmsOf(values, definition)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('shows every fault in its points', () => {
    for (const fault of Object.keys(kind.faults)) {
      const seen = run(kind.build(3), 60, [fault]).at(-1);
      expect(seen, fault).not.toEqual(run(kind.build(3), 60).at(-1));
    }
  });
});

/** Rules with a long on-delay describe what is normal for a while (a pump that runs). */
const alarmsOf = (values: PointValues, definition: EquipmentClass | undefined): string[] =>
  definition === undefined
    ? []
    : [...shownAlarms(definition, values).keys()].filter((name) => (definition.alarms[name]?.onDelayS ?? 0) <= 60);

describe('particular machines', () => {
  it('an energy counter never falls', () => {
    fc.assert(
      fc.property(fc.integer(), history(['phase-loss', 'overload', 'sensor-open', 'undervoltage']), (seed, phases) => {
        const machine = machineOf('lv-distribution-meter', seed);
        let last = 0;
        for (const { faults, seconds } of phases) {
          for (const { energyImport } of run(machine, seconds, faults)) {
            expect(Number(energyImport)).toBeGreaterThanOrEqual(last);
            last = Number(energyImport);
          }
        }
      }),
    );
  });

  it('the hot spot is above the alarm within 3 s, below the trip, and gone within 5 s after the repair', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 23 }), (seed, hour) => {
        const machine = machineOf('dry-type-transformer', seed);
        run(machine, 10, [], MORNING_MS + hour * 3_600_000);
        const hot = run(machine, 120, ['winding-overtemperature']).map((values) =>
          Number(values['windingTemperatureMax']),
        );
        expect(hot[12]).toBeGreaterThan(130);
        expect(Math.min(...hot.slice(12))).toBeGreaterThan(130);
        expect(Math.max(...hot)).toBeLessThan(150);
        expect(Number(run(machine, 5).at(-1)?.['windingTemperatureMax'])).toBeLessThan(125);
      }),
      { numRuns: 20 },
    );
  });

  it('a dry tank stops the pumps within 10 s, and water is back within 90 s', () => {
    const machine = machineOf('booster-pump-set');
    run(machine, 30);
    expect(run(machine, 10, ['dry-run']).at(-1)).toMatchObject({
      dryRun: true,
      pump1Running: false,
      pump2Running: false,
    });
    const after = run(machine, 90).at(-1);
    expect(after).toMatchObject({ dryRun: false });
    expect(Number(after?.['outletPressure'])).toBeCloseTo(0.45, 1);
  });

  it('a pit without pumps floods within 30 s and drains afterwards', () => {
    const machine = machineOf('sump-pump');
    run(machine, 10);
    const flooded = run(machine, 30, ['both-pumps-failed']).at(-1);
    expect(flooded).toMatchObject({ allPumpsFault: true, highLevelFloat: true });
    expect(run(machine, 300).at(-1)).toMatchObject({ allPumpsFault: false, highLevelFloat: false });
  });

  it('pumps of a pit take turns', () => {
    const states = run(machineOf('sump-pump'), 7200);
    for (const pump of ['pump1Running', 'pump2Running'])
      expect(states.some((values) => values[pump] === true)).toBe(true);
  });

  it('a stuck lift stands between floors with its doors closed and a passenger inside', () => {
    const machine = machineOf('elevator');
    run(machine, 100);
    expect(run(machine, 6, ['entrapment']).at(-1)).toMatchObject({
      entrapment: true,
      passengerPresent: true,
      doorOpen: false,
      moving: false,
      outOfDoorZone: true,
      alarmButton: true,
    });
    expect(run(machine, 30).at(-1)).toMatchObject({ entrapment: false, alarmButton: false, outOfDoorZone: false });
  });

  it('a lift serves calls', () => {
    const floors = new Set(run(machineOf('elevator'), 1800).map((values) => values['floor']));
    expect(floors.size).toBeGreaterThan(5);
  });
});
