// Plants of water, air, heat and gas: each alarm of their classes is raised by a fault and by nothing else, and the
// cause of a failure suppresses its consequences.
import { type AlarmDefinition, type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import type { PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const { classes } = loadLibrary();
const NOON_MS = Date.UTC(2026, 0, 14, 4);

type Figure = number | { readonly parameter: string } | undefined;

/** Values after a minute and a half of the faults. */
function after(name: string, faults: readonly string[], seed = 11, fromMs = NOON_MS): PointValues {
  const machine = PLANTS.get(name)?.build(seed);
  if (machine === undefined) throw new Error(`no plant for ${name}`);
  for (let index = 0; index < 180; index++) machine.step(0.5, fromMs + index * 500, new Set(faults));
  return machine.points();
}

/** Alarms whose condition holds, delays left aside; `suppressed` leaves out those whose cause is known. */
function raised(subject: EquipmentClass, values: PointValues, suppressed: boolean): string[] {
  const at = (point: string): number => {
    const value = values[point];
    return value === null || value === undefined ? Number.NaN : Number(value);
  };
  const figure = (limit: Figure): number =>
    typeof limit === 'object' ? (subject.parameters[limit.parameter]?.default ?? Number.NaN) : (limit ?? Number.NaN);
  const holds = ({ rule }: AlarmDefinition): boolean => {
    switch (rule.kind) {
      case 'limit':
        return at(rule.point) > figure(rule.above) || at(rule.point) < figure(rule.below);
      case 'state':
        return [rule.equals].flat().includes(at(rule.point));
      case 'discrepancy':
        return at(rule.command) !== at(rule.feedback);
      case 'deviation': {
        const off = at(rule.point) - at(rule.setpoint);
        return off > figure(rule.above) || -off > figure(rule.below);
      }
      default:
        return false;
    }
  };
  const caused = ({ suppressWhen }: AlarmDefinition): boolean =>
    suppressWhen.some((condition) => {
      const value = at(condition.point);
      if ('equals' in condition) return [condition.equals].flat().includes(value);
      return 'above' in condition ? value > figure(condition.above) : value < figure(condition.below);
    });
  return Object.entries(subject.alarms).flatMap(([name, alarm]) =>
    holds(alarm) && !(suppressed && caused(alarm)) ? [name] : [],
  );
}

const subjectOf = (name: string): EquipmentClass => {
  const subject = classes.get(name);
  if (subject === undefined) throw new Error(`no class ${name}`);
  return subject;
};

const WATER_AIR_HEAT = [
  'air-handling-unit',
  'chiller',
  'exhaust-fan',
  'fan-coil',
  'fire-pump',
  'gas-detector',
  'heat-exchanger',
  'heat-network',
  'heating-circulation-pump',
  'hydrant-line',
  'leak-rope',
  'room-environment',
  'water-quality',
  'water-tank',
];

describe.each(WATER_AIR_HEAT)('%s', (name) => {
  const subject = subjectOf(name);
  const faults = Object.keys(PLANTS.get(name)?.faults ?? {});

  it('gives no reason for any alarm while healthy, at night, noon and evening', () => {
    for (const hour of [0, 4, 9, 14, 20])
      for (const seed of [1, 2, 3])
        expect(raised(subject, after(name, [], seed, NOON_MS + hour * 3_600_000), false)).toEqual([]);
  });

  it('has a fault, or two at once, for every alarm', () => {
    const pairs = faults.flatMap((one, index) => faults.slice(index).map((other) => [one, other]));
    const seen = new Set(pairs.flatMap((pair) => raised(subject, after(name, pair), true)));
    // A moment says nothing of rules that look at time; their own tests do.
    const momentary = Object.entries(subject.alarms).filter(([, { rule }]) => rule.kind !== 'rate-of-change');
    const names = momentary.map(([alarm]) => alarm);
    expect(names.filter((alarm) => alarm !== 'comm-loss' && !seen.has(alarm))).toEqual([]);
  });

  it('has an alarm for every fault that people must act on', () => {
    const quiet = faults.filter((fault) => raised(subject, after(name, [fault]), true).length === 0);
    // A disconnected sensor is shown by the quality of its value; the other two are what a tenant may do.
    expect(quiet.filter((fault) => !['sensor-open', 'window-open', 'off'].includes(fault))).toEqual([]);
  });
});

describe('cause and consequence', () => {
  it.each([
    ['heating-circulation-pump', ['pump-fault'], ['pump-fault'], ['pump-not-running', 'differential-pressure-low']],
    ['heating-circulation-pump', ['not-running'], ['pump-not-running'], ['differential-pressure-low']],
    ['exhaust-fan', ['fan-fault'], ['fan-fault'], ['fan-discrepancy', 'airflow-low']],
    ['exhaust-fan', ['not-running', 'fire-mode'], ['fire-mode'], ['fan-discrepancy', 'airflow-low']],
    ['air-handling-unit', ['fan-fault'], ['fan-fault'], ['fan-discrepancy', 'unit-fault']],
    ['air-handling-unit', ['freeze'], ['freeze'], ['supply-air-low', 'supply-air-frost']],
    ['chiller', ['chilled-water-flow-lost'], ['chilled-water-flow-lost'], ['chiller-discrepancy']],
    ['fire-pump', ['both-pumps-failed'], ['all-pumps-failed'], ['pump1-fault', 'pump2-fault']],
    ['fire-pump', ['both-pumps-failed', 'power-lost'], ['power-lost'], ['all-pumps-failed', 'pump1-fault']],
    ['hydrant-line', ['valve-closed'], ['valve-closed'], ['pressure-low']],
    ['heat-network', ['burst-riser'], ['burst', 'leak'], ['static-pressure-low']],
    ['heat-exchanger', ['valve-stuck-open'], ['safety-stop'], ['secondary-temperature-limit', 'secondary-supply-high']],
    ['water-tank', ['tank-empty'], ['level-low-low'], ['low-level-float']],
    ['water-quality', ['chlorine-low', 'sample-flow-lost'], ['sample-flow-lost'], ['chlorine-low']],
    ['sump-pump', ['both-pumps-failed'], ['all-pumps-failed'], ['pump1-fault', 'pump2-fault']],
    ['sump-pump', ['pump1-fault', 'control-power-lost'], ['control-power-lost'], ['pump1-fault']],
    ['booster-pump-set', ['dry-run'], ['dry-run'], ['outlet-pressure-low']],
  ])('%s with %j shows %j and not %j', (name, faults, causes, consequences) => {
    const subject = subjectOf(name);
    const values = after(name, faults);
    expect(raised(subject, values, false)).toEqual(expect.arrayContaining([...causes, ...consequences]));
    const shown = raised(subject, values, true);
    expect(shown).toEqual(expect.arrayContaining(causes));
    expect(shown.filter((alarm) => consequences.includes(alarm))).toEqual([]);
  });

  it('a gas leak shuts the valve and starts the fan, and both are released when the gas has gone', () => {
    const machine = PLANTS.get('gas-detector')?.build(5);
    const run = (seconds: number, faults: readonly string[]): PointValues | undefined => {
      for (let index = 0; index < seconds; index++) machine?.step(1, NOON_MS, new Set(faults));
      return machine?.points();
    };
    expect(run(20, ['gas-high'])).toMatchObject({ valveCommand: true, valveClosed: true, fanRunning: true });
    expect(run(60, [])).toMatchObject({ valveCommand: false, valveClosed: false, fanRunning: false });
  });

  it('a fire starts pump 1, and pump 2 when pump 1 cannot', () => {
    expect(after('fire-pump', ['fire'])).toMatchObject({
      pump1Running: true,
      pump2Running: false,
      flowConfirmed: true,
    });
    expect(after('fire-pump', ['fire', 'pump1-fault'])).toMatchObject({ pump1Running: false, pump2Running: true });
  });
});
