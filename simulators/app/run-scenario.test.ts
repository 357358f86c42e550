// Scenarios as data: repeatable, timed as the timeline says, and refused when they name what is not there.
import { join } from 'node:path';
import { loadLibrary } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import { loadBuilding } from './building.ts';
import { runScenario } from './run-scenario.ts';
import { loadScenarios, type Scenario } from './scenario.ts';

const whole = loadBuilding(join(import.meta.dirname, '../building.yaml'), loadLibrary());
const building = { ...whole, devices: whole.devices.filter(({ settings }) => ['EL-1', 'FP-1'].includes(settings.id)) };
const entrapment = loadScenarios().get('lift-entrapment');
if (entrapment === undefined) throw new Error('the scenario lift-entrapment is shipped');
const startMs = Date.UTC(2026, 0, 5, 8);

const run = (scenario: Scenario, durationS = 20) => [...runScenario(building, scenario, { startMs, durationS })];
const scenario = (...steps: Scenario['steps']): Scenario => ({ ...entrapment, name: 'own', steps });

describe('runScenario', () => {
  it('gives the same readings every time', () => {
    expect(run(entrapment)).toEqual(run(entrapment));
  });

  it('gives each point of every device first, then changes only', () => {
    const last = new Map<string, unknown>();
    for (const { equipmentId, point, value } of run(entrapment)) {
      const key = `${equipmentId}/${point}`;
      expect(last.has(key) && last.get(key) === value).toBe(false);
      last.set(key, value);
    }
    expect(new Set([...last.keys()].map((key) => key.split('/')[0]))).toEqual(new Set(['EL-1', 'FP-1']));
  });

  it('takes a device off the line and back at the times of the timeline', () => {
    const readings = run(scenario({ atS: 5, fault: 'offline', equipment: 'EL-1' }, { atS: 10, clear: 'EL-1' })).filter(
      ({ equipmentId }) => equipmentId === 'EL-1',
    );
    const comm = readings.filter(({ point }) => point === 'comm');
    expect(comm.map(({ timeMs, value }) => [(timeMs - startMs) / 1000, value])).toEqual([
      [0.25, 1],
      [5, 0],
      [10, 1],
    ]);
    const silent = readings.filter(({ timeMs }) => timeMs > startMs + 5000 && timeMs < startMs + 10_000);
    expect(silent).toEqual([]);
  });

  it('refuses equipment that is not in the building', () => {
    expect(() => run(scenario({ atS: 0, fault: 'offline', equipment: 'EL-9' }))).toThrow('no equipment "EL-9"');
  });
});
