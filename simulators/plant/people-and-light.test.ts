// Plants of light, lifts, doors and patrol, judged by the rules, limits and delays of their own classes.
import { type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import { describe, expect, it } from 'vitest';
import { announced, shownAlarms } from './alarm-judge.ts';
import { EXPECTED_ALARMS } from './expected-alarms.ts';
import type { Machine, PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const { classes } = loadLibrary();
/** 12:00 in China Standard Time. */
const NOON_MS = Date.UTC(2026, 0, 14, 4);
const DAY_S = 86_400;

function subjectOf(name: string): EquipmentClass {
  const subject = classes.get(name);
  if (subject === undefined) throw new Error(`no class ${name}`);
  return subject;
}

function machineOf(name: string, seed = 11): Machine {
  const kind = PLANTS.get(name);
  if (kind === undefined) throw new Error(`no plant for ${name}`);
  return kind.build(seed);
}

/** Values after a minute and a half of the faults. */
function after(name: string, faults: readonly string[], fromMs = NOON_MS): PointValues {
  const machine = machineOf(name);
  for (let index = 0; index < 180; index++) machine.step(0.5, fromMs + index * 500, new Set(faults));
  return machine.points();
}

/** Alarms that an operator sees, with their priority: `lamps-failed@3`. */
const shown = (name: string, values: PointValues): string[] =>
  [...shownAlarms(subjectOf(name), values)].map(([alarm, priority]) => `${alarm}@${priority}`);

/** Alarms of a whole healthy day, delays kept. */
const alarmsOfDay = (name: string, seed: number): string[] =>
  Object.keys(announced(machineOf(name, seed), subjectOf(name), { fromMs: NOON_MS, minutes: 24 * 60, faults: [] }));

describe.each(Object.keys(EXPECTED_ALARMS))('%s', (name) => {
  const expected = EXPECTED_ALARMS[name] ?? {};

  it('says for every fault what it shows', () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(PLANTS.get(name)?.faults ?? {}).sort());
  });

  it('raises no alarm over a healthy day', () => {
    for (const seed of [1, 2, 3]) expect(alarmsOfDay(name, seed)).toEqual([]);
  });

  it.each(Object.entries(expected))('%s shows %j', (fault, alarms) => {
    expect(shown(name, after(name, [fault]))).toEqual(alarms);
  });

  it('has a fault for every alarm', () => {
    const seen = new Set(Object.values(expected).flatMap((alarms) => alarms.map((alarm) => alarm.replace(/@.*/, ''))));
    const silent = Object.keys(subjectOf(name).alarms).filter((alarm) => alarm !== 'comm-loss' && !seen.has(alarm));
    expect(silent).toEqual([]);
  });

  it('is well again when the faults have gone', () => {
    for (const fault of Object.keys(expected)) {
      const machine = machineOf(name);
      const run = (faults: readonly string[], seconds: number): void => {
        for (let second = 0; second < seconds; second++) machine.step(1, NOON_MS + second * 1000, new Set(faults));
      };
      run([fault], 90);
      run([], 180);
      expect(shown(name, machine.points()), fault).toEqual([]);
    }
  });
});

describe('lighting', () => {
  it('is lit by day and dark after half past eleven at night', () => {
    const night = NOON_MS + 12 * 3_600_000;
    expect(after('lighting-circuit', [])).toMatchObject({ scheduleOn: true, lightsOn: true });
    expect(after('lighting-circuit', [], night)).toMatchObject({ scheduleOn: false, lightsOn: false });
    expect(shown('lighting-circuit', after('lighting-circuit', ['contactor-fault'], night))).toEqual([
      'not-as-scheduled@3',
    ]);
  });
});

describe('emergency lighting', () => {
  it('lives on its battery, warns before it is empty, and charges afterwards', () => {
    const machine = machineOf('emergency-light');
    const run = (faults: readonly string[], minutes: number): PointValues => {
      for (let index = 0; index < minutes * 12; index++) machine.step(5, NOON_MS, new Set(faults));
      return machine.points();
    };
    expect(shown('emergency-light', run(['mains-lost'], 30))).toEqual(['mains-lost@2']);
    expect(shown('emergency-light', run(['mains-lost'], 62))).toEqual(['mains-lost@2', 'battery-voltage-low@1']);
    expect(run(['mains-lost'], 20)).toMatchObject({ emergencyOn: false });
    expect(shown('emergency-light', run([], 9 * 60))).toEqual([]);
  });

  it('an aged battery falls to the last level as soon as it carries the lamps', () => {
    const values = after('emergency-light', ['mains-lost', 'battery-weak', 'charger-fault']);
    expect(shown('emergency-light', values)).toEqual(['mains-lost@2', 'battery-voltage-low@3']);
  });

  it('tests itself within 31 days without an alarm', () => {
    const machine = machineOf('emergency-light');
    const seen = new Set<number>();
    for (let second = 0; second < 31 * DAY_S; second += 5) {
      machine.step(5, NOON_MS, new Set());
      const values = machine.points();
      seen.add(Number(values['functionTest']));
      if (values['emergencyOn'] === true) expect(shown('emergency-light', values)).toEqual([]);
    }
    expect([...seen].sort()).toEqual([1, 3]);
  });
});

describe('escalator', () => {
  it('crawls without passengers, carries them at its rated speed, and stands still after an emergency stop', () => {
    const machine = machineOf('escalator');
    const speeds: number[] = [];
    for (let second = 0; second < 3600; second++) {
      machine.step(1, NOON_MS - 9 * 3_600_000 + second * 1000, new Set());
      speeds.push(Number(machine.points()['speed']));
    }
    expect(Math.min(...speeds)).toBeCloseTo(0.2, 2);
    expect(Math.max(...speeds)).toBeCloseTo(0.5, 1);
    expect(after('escalator', ['emergency-stop'])).toMatchObject({ running: false, direction: 0 });
    expect(Number(after('escalator', ['emergency-stop'])['speed'])).toBeLessThan(0.01);
  });

  it('shows the cause of a stop and neither the safety circuit nor the stop itself', () => {
    const values = after('escalator', ['missing-step', 'safety-circuit-open', 'restart-prevented']);
    expect(shown('escalator', values)).toEqual(['missing-step@1']);
  });
});

describe('lift access control', () => {
  it('opens every floor on fire, two only otherwise, and locking by mistake is not shown in a fire', () => {
    expect(after('lift-control', [])).toMatchObject({ openFloorCount: 2, fireReleased: false });
    expect(after('lift-control', ['fire', 'all-floors-locked'])).toMatchObject({ openFloorCount: 22 });
    expect(shown('lift-control', after('lift-control', ['fire', 'all-floors-locked']))).toEqual(['fire-release@2']);
  });
});

describe('parking barrier', () => {
  it('lets cars through, one after the other', () => {
    const machine = machineOf('parking-barrier');
    const before = Number(machine.points()['openingCount']);
    const arms = new Set<unknown>();
    for (let second = 0; second < 3600; second++) {
      machine.step(1, NOON_MS + second * 1000, new Set());
      arms.add(machine.points()['armUp']);
    }
    expect(arms).toEqual(new Set([false, true]));
    expect(Number(machine.points()['openingCount'])).toBeGreaterThan(before + 20);
  });

  it('says more urgently after three minutes that a car waits', () => {
    const machine = machineOf('parking-barrier');
    for (let second = 0; second < 200; second++) machine.step(1, NOON_MS, new Set(['plate-unreadable']));
    expect(shown('parking-barrier', machine.points())).toEqual(['vehicle-waiting@2']);
  });
});

describe('intercom', () => {
  it('warns after half a minute without an answer, and more urgently after a minute', () => {
    const machine = machineOf('intercom');
    const seen: string[][] = [];
    for (let second = 0; second < 90; second++) {
      machine.step(1, NOON_MS, new Set(['call-unanswered']));
      if ([20, 45, 80].includes(second)) seen.push(shown('intercom', machine.points()));
    }
    expect(seen).toEqual([[], ['call-unanswered@3'], ['call-unanswered@2']]);
  });

  it('tests its sound once a day', () => {
    const machine = machineOf('intercom');
    let tests = 0;
    let before: unknown = 1;
    for (let second = 0; second < 2 * DAY_S; second += 5) {
      machine.step(5, NOON_MS + second * 1000, new Set());
      const now = machine.points()['audioTest'];
      if (now === 3 && before !== 3) tests++;
      before = now;
    }
    expect(tests).toBeGreaterThanOrEqual(1);
    expect(tests).toBeLessThanOrEqual(2);
  });
});

describe('patrol point', () => {
  const hours = (machine: Machine, count: number, faults: readonly string[], fromMs: number): PointValues => {
    for (let second = 0; second < count * 3600; second += 5) machine.step(5, fromMs + second * 1000, new Set(faults));
    return machine.points();
  };

  it('is visited at least every two hours, day and night', () => {
    const machine = machineOf('patrol-point');
    const before = Number(machine.points()['visitCount']);
    expect(hours(machine, 24, [], NOON_MS)).toMatchObject({ missedRoundCount: 0 });
    expect(Number(machine.points()['visitCount']) - before).toBeGreaterThanOrEqual(12);
  });

  it('counts the rounds that nobody walked until midnight', () => {
    const machine = machineOf('patrol-point');
    expect(hours(machine, 9, ['guard-late'], NOON_MS)).toMatchObject({ missedRoundCount: 4 });
    expect(hours(machine, 4, [], NOON_MS + 9 * 3_600_000)).toMatchObject({ missedRoundCount: 0 });
  });

  it('does not say that nobody came while the reader cannot tell', () => {
    const machine = machineOf('patrol-point');
    hours(machine, 4, ['reader-fault'], NOON_MS);
    expect(shown('patrol-point', machine.points())).toEqual(['reader-fault@3']);
  });
});
