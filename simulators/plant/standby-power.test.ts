// Generator, transfer switch and UPS: a healthy day raises nothing, each fault raises what it should with the limits and
// delays of its class, and a mains failure runs through one story in all three.
import { describe, expect, it } from 'vitest';
import { judge } from './alarm-judge.ts';
import { alarmsOf, machineOf, run, subjectOf } from './fixtures.ts';
import type { PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const at = (samples: readonly PointValues[], second: number): PointValues | undefined => samples[second * 2];

const STANDBY_POWER = ['diesel-generator', 'transfer-switch', 'ups'];
/** What nobody has to act on. */
const QUIET = ['sensor-open', 'self-test'];

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

  it('announces nothing new when a fault has gone', () => {
    for (const fault of faults) {
      const judged = judge(subjectOf(name));
      const machine = machineOf(name);
      run(machine, 400, [fault], 0, 1).forEach((values, index) => {
        judged.see(values, index);
      });
      const during = [...judged.raised.keys()];
      run(machine, 600, [], 400, 1).forEach((values, index) => {
        judged.see(values, 400 + index);
      });
      expect(
        [...judged.raised.keys()].filter((alarm) => !during.includes(alarm)),
        fault,
      ).toEqual([]);
    }
  });

  it('has a fault for every alarm', () => {
    const pairs = [...faults.map((fault) => [fault]), ...(PAIRS[name] ?? [])];
    const seen = new Set(pairs.flatMap((pair) => Object.keys(alarmsOf(name, pair))));
    expect(Object.keys(subjectOf(name).alarms).filter((alarm) => !UNSEEN.includes(alarm) && !seen.has(alarm))).toEqual(
      [],
    );
  });
});

/** Of the line itself; of a second feeder and a string of blocks, which only the asset's own limit describes. */
const UNSEEN = ['comm-loss', 'source-2-low', 'discharge-end'];

/** Alarms that need two reasons. */
const PAIRS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'diesel-generator': [['mains-failure', 'manual-mode']],
  ups: [['input-lost', 'battery-aged']],
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
    [['both-sources-lost'], { 'source-1-lost': 2, 'load-unpowered': 1 }],
    [
      ['mains-failure', 'manual-mode'],
      {
        'source-1-lost': 2,
        'not-automatic': 2,
        'load-unpowered': 1,
      },
    ],
    [['jammed-open'], { open: 1 }],
    [['forced-open'], { 'forced-open': 2 }],
    [['source1-tripped'], { 'source-1-tripped': 1 }],
    [['load-fuse-l2'], { 'load-unpowered': 1 }],
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

describe('the UPS', () => {
  it('bridges the start of the generator, and the moment when the load goes back', () => {
    const machine = machineOf('ups');
    run(machine, 5, []);
    const lost = run(machine, 120, ['mains-failure']);
    expect(at(lost, 2)).toMatchObject({ onBattery: true, outputOff: false });
    expect(Number(at(lost, 20)?.['charge'])).toBeLessThan(100);
    expect(Number(at(lost, 20)?.['batteryVoltage'])).toBeLessThan(16 * 12.7);
    const endS = lost.findLastIndex(({ onBattery }) => onBattery === true) / 2;
    expect(endS).toBeGreaterThan(20);
    expect(endS).toBeLessThan(45);
    expect(Number(lost.at(-1)?.['inputVoltage'])).toBeGreaterThan(220);

    const back = run(machine, 300, []);
    const again = back.filter(({ onBattery }) => onBattery === true).length / 2;
    expect(again).toBeGreaterThan(5);
    expect(again).toBeLessThan(20);
    expect(back.at(-1)).toMatchObject({ onBattery: false });
    expect([...lost, ...back].every((values) => Number(values['outputVoltage']) > 215)).toBe(true);
  });

  it('discharges as fast as its load wants, warns twice, and goes dark when it is empty', () => {
    const emptyS = (faults: readonly string[]): number =>
      run(machineOf('ups'), 4 * 3600, ['input-lost', ...faults]).findIndex(({ outputOff }) => outputOff === true) / 2;
    const [light, heavy] = [emptyS([]), emptyS(['load-high'])];
    expect(heavy).toBeGreaterThan(600);
    expect(light).toBeGreaterThan(heavy * 1.3);
    expect(alarmsOf('ups', ['input-lost'], light + 60)).toEqual({
      'on-battery': 2,
      'runtime-short': 1,
      'battery-nearly-empty': 1,
      'charge-low': 1,
      'output-off': 1,
    });
  });

  it('charges again when the input is back', () => {
    const machine = machineOf('ups');
    const low = Number(run(machine, 600, ['input-lost']).at(-1)?.['charge']);
    const higher = Number(run(machine, 1800, []).at(-1)?.['charge']);
    expect(low).toBeLessThan(80);
    expect(higher).toBeGreaterThan(low + 10);
  });

  it.each<[string[], Record<string, number>]>([
    [['mains-failure'], { 'on-battery': 2 }],
    [['load-high'], { 'load-high': 3 }],
    [['overload'], { overload: 1 }],
    [['inverter-fault'], { 'inverter-fault': 1 }],
    [['bypass'], { 'on-bypass': 2 }],
    [['bypass', 'input-lost'], { 'output-off': 1, 'on-bypass': 2 }],
    [['battery-warm'], { 'battery-temperature-high': 3 }],
    [['battery-hot'], { 'battery-temperature-high': 1 }],
    [['battery-drained'], { 'charge-low': 1, 'runtime-short': 1 }],
    [['battery-aged'], { 'runtime-short': 1, 'replace-battery': 3 }],
    [['output-off'], { 'output-off': 1 }],
    [['input-low'], { 'input-voltage-low': 3 }],
    [['battery-disconnected'], { 'battery-disconnected': 2 }],
    [['charger-fault'], { 'charger-fault': 2 }],
  ])('with %j raises %j and nothing else', (faults, alarms) => {
    expect(alarmsOf('ups', faults)).toEqual(alarms);
  });

  it('tells the end of discharge with the limit of its own string of 16 blocks', () => {
    const subject = subjectOf('ups');
    const end = subject.parameters['dischargeEnd'];
    if (end === undefined) throw new Error('no parameter dischargeEnd');
    const judged = judge({ ...subject, parameters: { ...subject.parameters, dischargeEnd: { ...end, default: 176 } } });
    run(machineOf('ups'), 3600, ['input-lost']).forEach((values, index) => {
      judged.see(values, index / 2);
    });
    expect(judged.raised.get('discharge-end')).toBe(1);
  });
});

describe('one mains failure in all three', () => {
  it('is one story: battery first, then the generator, then the load, and everything back at rest', () => {
    const machines = STANDBY_POWER.map((name) => machineOf(name));
    const together = (seconds: number, faults: readonly string[]): PointValues[] => {
      const [generator = [], transfer = [], battery = []] = machines.map((machine) => run(machine, seconds, faults));
      return generator.map((values, index) => ({ ...battery[index], ...transfer[index], ...values }));
    };
    together(5, []);
    const lost = together(90, ['mains-failure']);
    const first = (isSo: (values: PointValues) => boolean): number => lost.findIndex(isSo) / 2;
    const running = first(({ engineState }) => engineState === 6);
    const moved = first(({ position }) => position === 2);
    const loaded = first(({ onLoad }) => onLoad === true);
    const rested = lost.findLastIndex(({ onBattery }) => onBattery === true) / 2;
    expect(first(({ onBattery }) => onBattery === true)).toBeLessThan(1);
    expect(running).toBeLessThan(moved);
    expect(Math.abs(loaded - moved)).toBeLessThanOrEqual(3);
    expect(rested).toBeGreaterThan(moved);
    const back = together(400, []);
    const returned = back.findIndex(({ position }) => position === 1) / 2;
    const unloaded = back.findIndex(({ onLoad }) => onLoad === false) / 2;
    expect(Math.abs(returned - unloaded)).toBeLessThanOrEqual(3);
    expect(back.at(-1)).toMatchObject({ position: 1, engineState: 0, onBattery: false, mainsFault: false });
  });
});
