// Generator, transfer switch and UPS: a healthy day raises nothing, each fault raises what it should with the limits and
// delays of its class, and a mains failure runs through one story in all three.
import { type AlarmDefinition, type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import type { Machine, PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const { classes } = loadLibrary();
/** 08:00 in China, a working day. */
const MORNING_MS = Date.UTC(2026, 0, 14);

type Figure = number | { readonly parameter: string } | undefined;

/** Alarms of a class, judged sample by sample as the server does: cause, then delay; the most urgent priority each had. */
function judge(subject: EquipmentClass) {
  const since = new Map<string, number>();
  const raised = new Map<string, number>();
  const figure = (limit: Figure): number =>
    typeof limit === 'object' ? (subject.parameters[limit.parameter]?.default ?? Number.NaN) : (limit ?? Number.NaN);
  return {
    raised,
    see(values: PointValues, atS: number): void {
      const at = (point: string): number => (values[point] === null ? Number.NaN : Number(values[point]));
      for (const [name, alarm] of Object.entries(subject.alarms)) {
        const priority = priorityOf(alarm, at, figure);
        if (priority === null) since.delete(name);
        else if (!since.has(name)) since.set(name, atS);
        if (priority === null || atS - (since.get(name) ?? atS) < alarm.onDelayS || isCaused(alarm, at, figure))
          continue;
        raised.set(name, Math.min(priority, raised.get(name) ?? 4));
      }
    },
  };
}

type At = (point: string) => number;

/** null: the condition does not hold. */
function priorityOf({ rule, priority }: AlarmDefinition, at: At, figure: (limit: Figure) => number): number | null {
  switch (rule.kind) {
    case 'limit':
      return at(rule.point) > figure(rule.above) || at(rule.point) < figure(rule.below) ? priority : null;
    case 'state':
      return [rule.equals].flat().includes(at(rule.point)) ? priority : null;
    case 'discrepancy':
      return at(rule.command) === at(rule.feedback) ? null : priority;
    case 'levels': {
      const beyond = (limit: Figure): boolean =>
        rule.above === undefined ? at(rule.point) < figure(limit) : at(rule.point) > figure(limit);
      return (rule.above ?? rule.below ?? []).findLast(({ limit }) => beyond(limit))?.priority ?? null;
    }
    case 'deviation':
    case 'stale':
    case 'comm-loss':
      return null;
  }
}

const isCaused = ({ suppressWhen }: AlarmDefinition, at: At, figure: (limit: Figure) => number): boolean =>
  suppressWhen.some((condition) => {
    const value = at(condition.point);
    if ('equals' in condition) return [condition.equals].flat().includes(value);
    return 'above' in condition ? value > figure(condition.above) : value < figure(condition.below);
  });

const subjectOf = (name: string): EquipmentClass => {
  const subject = classes.get(name);
  if (subject === undefined) throw new Error(`no class ${name}`);
  return subject;
};
const machineOf = (name: string, seed = 11): Machine => {
  const kind = PLANTS.get(name);
  if (kind === undefined) throw new Error(`no plant for ${name}`);
  return kind.build(seed);
};

function run(machine: Machine, seconds: number, faults: readonly string[], fromS = 0, stepS = 0.5): PointValues[] {
  const set = new Set(faults);
  return Array.from({ length: Math.ceil(seconds / stepS) }, (_, index) => {
    machine.step(stepS, MORNING_MS + (fromS + index * stepS) * 1000, set);
    return machine.points();
  });
}

/** Alarms of a quarter of an hour with the faults, and their priorities. */
function alarmsOf(name: string, faults: readonly string[], seconds = 900): Readonly<Record<string, number>> {
  const judged = judge(subjectOf(name));
  run(machineOf(name), seconds, faults).forEach((values, index) => {
    judged.see(values, index / 2);
  });
  return Object.fromEntries(judged.raised);
}

const at = (samples: readonly PointValues[], second: number): PointValues | undefined => samples[second * 2];

const STANDBY_POWER = ['diesel-generator', 'transfer-switch'];
/** What nobody has to act on. */
const QUIET = ['sensor-open', 'test-run'];

describe.each(STANDBY_POWER)('%s', (name) => {
  const faults = Object.keys(PLANTS.get(name)?.faults ?? {});

  it.each([1, 2, 3])('raises no alarm over a healthy day, seed %i', (seed) => {
    const judged = judge(subjectOf(name));
    run(machineOf(name, seed), 86_400, [], 0, 5).forEach((values, index) => {
      judged.see(values, index * 5);
    });
    expect([...judged.raised]).toEqual([]);
  });

  it('has an alarm for every fault that people must act on', () => {
    const quiet = faults.filter((fault) => !QUIET.includes(fault) && Object.keys(alarmsOf(name, [fault])).length === 0);
    expect(quiet).toEqual([]);
  });

  it('has a fault for every alarm', () => {
    const pairs = [...faults.map((fault) => [fault]), ...(PAIRS[name] ?? [])];
    const seen = new Set(pairs.flatMap((pair) => Object.keys(alarmsOf(name, pair))));
    expect(Object.keys(subjectOf(name).alarms).filter((alarm) => !UNSEEN.includes(alarm) && !seen.has(alarm))).toEqual(
      [],
    );
  });
});

/** Of the line itself; and of a second feeder, which the delivered limit leaves out. */
const UNSEEN = ['comm-loss', 'source-2-low'];

/** Alarms that need two reasons. */
const PAIRS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'diesel-generator': [['mains-failure', 'manual-mode']],
};

describe('the generator', () => {
  it('starts without mains, takes the load, gives it back, cools down and stops', () => {
    const machine = machineOf('diesel-generator');
    const before = run(machine, 5, []).at(-1);
    const lost = run(machine, 120, ['mains-failure']);
    expect(at(lost, 1)).toMatchObject({ mainsFault: true, engineState: 0, running: false });
    expect(at(lost, 6)).toMatchObject({ engineState: 2 });
    expect(Number(at(lost, 6)?.['batteryVoltage'])).toBeLessThan(22);
    const runningS = lost.findIndex((values) => values['engineState'] === 6) / 2;
    const onLoadS = lost.findIndex((values) => values['onLoad'] === true) / 2;
    expect(runningS).toBeGreaterThan(8);
    expect(onLoadS).toBeGreaterThan(runningS);
    expect(onLoadS).toBeLessThan(30);
    const loaded = lost.at(-1);
    expect(Number(loaded?.['generatorFrequency'])).toBeCloseTo(50, 1);
    expect(Number(loaded?.['activePower'])).toBeGreaterThan(40);
    expect(Number(loaded?.['startCount'])).toBe(Number(before?.['startCount']) + 1);

    const back = run(machine, 300, []);
    expect(at(back, 30)).toMatchObject({ mainsFault: false, onLoad: true });
    expect(at(back, 70)).toMatchObject({ onLoad: false, engineState: 7, running: true });
    expect(back.at(-1)).toMatchObject({ engineState: 0, running: false, onLoad: false });
    expect(Number(back.at(-1)?.['fuelLevel'])).toBeLessThan(Number(before?.['fuelLevel']));
  });

  it('tries three times and then locks out; the failure is shown once, not as its consequences', () => {
    const samples = run(machineOf('diesel-generator'), 90, ['failed-start']);
    const cranked = samples.filter(
      (values, index) => values['engineState'] === 2 && samples[index - 1]?.['engineState'] !== 2,
    );
    expect(cranked.length).toBe(3);
    expect(samples.at(-1)).toMatchObject({ engineState: 9, failedToStart: true, running: false });
    expect(alarmsOf('diesel-generator', ['failed-start'])).toEqual({ 'failed-to-start': 1, 'mains-lost': 2 });
  });

  it.each<[string[], Record<string, number>]>([
    [['mains-failure'], { 'mains-lost': 2, 'on-load': 2 }],
    [['mains-failure', 'manual-mode'], { 'mains-lost': 2, 'not-started': 1, 'not-automatic': 2 }],
    [['overspeed'], { overspeed: 1 }],
    [['overspeed-mild'], { 'engine-overspeed': 2, 'generator-frequency-high': 2 }],
    [['underspeed'], { 'engine-underspeed': 2, 'generator-frequency-low': 1 }],
    [['low-oil-pressure'], { 'low-oil-pressure': 1 }],
    [['oil-pressure-weak'], { 'oil-pressure': 2 }],
    [['coolant-warm'], { 'coolant-temperature': 2 }],
    [['voltage-high'], { 'generator-overvoltage-l1': 1, 'generator-overvoltage-l2': 1, 'generator-overvoltage-l3': 1 }],
    [['fuel-half'], { 'fuel-low': 3 }],
    [['fuel-low'], { 'fuel-low': 2 }],
    [['emergency-stop'], { 'emergency-stop': 1 }],
    [['test-run'], { 'not-automatic': 2 }],
    [['charge-failure'], { 'charge-failure': 3 }],
  ])('with %j raises %j and nothing else', (faults, alarms) => {
    expect(alarmsOf('diesel-generator', faults)).toEqual(alarms);
  });
});

describe('the transfer switch', () => {
  it('waits for the generator, moves to it, and returns when the mains have been back for a minute', () => {
    const machine = machineOf('transfer-switch');
    const before = Number(run(machine, 5, []).at(-1)?.['transferCount']);
    const lost = run(machine, 120, ['mains-failure']);
    expect(at(lost, 3)).toMatchObject({
      position: 1,
      source1Available: false,
      source2Available: false,
      generatorStart: true,
    });
    expect(Number(at(lost, 3)?.['loadVoltageL1'])).toBeLessThan(10);
    expect(lost.some(({ position }) => position === 0)).toBe(true);
    const movedS = lost.findIndex(({ position }) => position === 2) / 2;
    expect(movedS).toBeGreaterThan(16);
    expect(movedS).toBeLessThan(30);
    expect(Number(lost.at(-1)?.['loadVoltageL3'])).toBeGreaterThan(220);

    const back = run(machine, 300, []);
    expect(at(back, 50)).toMatchObject({ position: 2, source1Available: true });
    expect(at(back, 70)).toMatchObject({ position: 1, source2Available: true });
    expect(back.at(-1)).toMatchObject({ position: 1, source2Available: false, generatorStart: false });
    expect(back.at(-1)?.['transferCount']).toBe(before + 2);
  });

  it('stays with the mains when they only dip', () => {
    const machine = machineOf('transfer-switch');
    const samples = [...run(machine, 10, ['mains-failure']), ...run(machine, 200, [])];
    expect(samples.every(({ position }) => position === 1)).toBe(true);
    expect(samples.at(-1)).toMatchObject({ generatorStart: false });
  });

  it.each<[string[], Record<string, number>]>([
    [['mains-failure'], { 'source-1-lost': 2, 'on-source-2': 2 }],
    [['transfer-failed'], { 'source-1-lost': 2, 'transfer-failed': 1 }],
    [['both-sources-lost'], { 'source-1-lost': 2, 'load-unpowered-l1': 1 }],
    [
      ['mains-failure', 'manual-mode'],
      {
        'source-1-lost': 2,
        'not-automatic': 2,
        'load-unpowered-l1': 1,
      },
    ],
    [['jammed-open'], { open: 1 }],
    [['forced-open'], { 'forced-open': 2 }],
    [['source1-tripped'], { 'source-1-tripped': 1 }],
    [['load-fuse-l2'], { 'load-unpowered-l2': 1 }],
    [['locked-out'], { 'locked-out': 2 }],
  ])('with %j raises %j and nothing else', (faults, alarms) => {
    expect(alarmsOf('transfer-switch', faults)).toEqual(alarms);
  });

  it('misses a second feeder only where the asset says that there is one', () => {
    const subject = subjectOf('transfer-switch');
    const low = subject.parameters['source2VoltageLow'];
    if (low === undefined) throw new Error('no parameter source2VoltageLow');
    const judged = judge({
      ...subject,
      parameters: { ...subject.parameters, source2VoltageLow: { ...low, default: 187 } },
    });
    run(machineOf('transfer-switch'), 60, []).forEach((values, index) => {
      judged.see(values, index / 2);
    });
    expect([...judged.raised]).toEqual([['source-2-low', 2]]);
  });
});
