// Plants of the power supply: a healthy day gives no alarm at all, and each fault gives exactly the alarms that it should,
// with the class's own limits, delays, levels and suppression.
import { type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { announced } from './alarm-judge.ts';
import type { Machine, PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

// Whole days are simulated here.
vi.setConfig({ testTimeout: 60_000 });

const { classes } = loadLibrary();
/** 10:00 in China on a working day. */
const MORNING_MS = Date.UTC(2026, 0, 14, 2);

function build(name: string, seed: number): { subject: EquipmentClass; machine: Machine } {
  const [subject, kind] = [classes.get(name), PLANTS.get(name)];
  if (subject === undefined || kind === undefined) throw new Error(`no class or no plant ${name}`);
  return { subject, machine: kind.build(seed) };
}

/** What a fault announces within the minutes, after a healthy quarter of an hour that announces nothing. */
function told(name: string, faults: readonly string[], minutes: number, seed = 5): Record<string, number> {
  const { subject, machine } = build(name, seed);
  expect(announced(machine, subject, { fromMs: MORNING_MS, minutes: 15, faults: [] })).toEqual({});
  return announced(machine, subject, { fromMs: MORNING_MS + 900_000, minutes, faults });
}

/** Fault, the alarms it announces with the most urgent priority of each, and how long it takes (45 min if not said). */
type Row = readonly [fault: string, alarms: Readonly<Record<string, number>>, minutes?: number];

const POWER: Readonly<Record<string, readonly Row[]>> = {
  'oil-transformer': [
    ['light-gas', { 'light-gas': 2 }],
    ['heavy-gas', { 'heavy-gas': 1 }],
    ['pressure-relief', { 'pressure-relief': 1 }],
    ['oil-overtemperature', { 'top-oil-temperature': 2 }],
    ['oil-temperature-trip', { 'top-oil-temperature': 1, 'temperature-trip': 1 }],
    ['winding-overtemperature', { 'winding-temperature': 2 }],
    ['internal-heating', { 'oil-rise': 3 }],
    ['fan-control-failed', { 'fan-not-running': 3 }, 180],
    ['fan-fault', { 'fan-fault': 3 }, 180],
    ['oil-leak', { 'oil-level-low': 2 }],
    ['oil-overfilled', { 'oil-level-high': 2 }],
    ['overload', { overload: 2 }, 180],
    ['sensor-open', {}],
  ],
  'hv-switchgear': [
    ['arc', { 'arc-trip': 1 }],
    ['short-circuit', { 'short-circuit-trip': 1 }],
    ['overcurrent', { 'overcurrent-trip': 1 }],
    ['earth-fault', { 'earth-fault-trip': 1 }],
    ['breaker-opened', { 'breaker-open': 2 }],
    // Planned work: nothing to announce.
    ['cubicle-earthed', {}],
    ['supply-lost', { 'supply-lost': 1 }],
    ['undervoltage', { 'voltage-low': 3 }],
    ['undervoltage-severe', { 'voltage-low': 2 }],
    ['overvoltage', { 'voltage-high': 2 }],
    ['grid-earth-fault', { 'grid-earth-fault': 2 }],
    ['voltage-fuse', { 'voltage-fuse': 2 }],
    ['control-power-lost', { 'control-power-lost': 1 }],
    ['trip-circuit', { 'trip-circuit': 1 }],
    ['relay-fault', { 'relay-fault': 2 }],
    ['spring-motor', { 'spring-not-charged': 2 }],
    ['local-mode', { 'local-mode': 4 }, 500],
    ['high-load', { overload: 3 }],
    ['overload', { overload: 2 }],
    ['joint-warm', { 'cable-temperature': 3 }],
    ['joint-hot', { 'cable-temperature': 2 }],
    ['heater-failed', { 'humidity-high': 3 }],
    ['door-open', { 'door-open': 2 }],
    ['sensor-open', {}],
  ],
  'lv-distribution-panel': [
    ['incomer-trip', { 'incomer-trip': 1 }],
    ['supply-lost', { 'bus-voltage-lost': 1 }],
    ['phase-loss', { 'phase-loss': 1 }],
    ['incomer-stuck', { 'incomer-discrepancy': 3 }],
    ['feeder-trip', { 'feeder-trip': 2 }],
    ['on-second-source', { 'on-second-source': 2 }],
    ['transfer-fault', { 'transfer-fault': 2 }],
    ['fuse-blown', { 'fuse-blown': 2 }],
    ['current-transformer-open', { 'current-transformer-open': 2 }],
    ['surge-arrester-failed', { 'surge-arrester': 3 }],
    ['door-open', { 'door-open': 3 }],
    ['undervoltage', { 'undervoltage-l1': 3, 'undervoltage-l2': 3, 'undervoltage-l3': 3 }],
    ['undervoltage-severe', { 'undervoltage-l1': 2, 'undervoltage-l2': 2, 'undervoltage-l3': 2 }],
    ['overvoltage', { 'overvoltage-l1': 2, 'overvoltage-l2': 2, 'overvoltage-l3': 2 }],
    ['voltage-unbalance', { 'voltage-unbalance': 3 }],
    ['unbalanced-load', { 'current-unbalance': 3 }],
    ['high-load', { overload: 3 }],
    ['overload', { overload: 2 }],
    ['joint-warm', { 'joint-temperature': 3 }],
    ['joint-hot', { 'joint-temperature': 2 }],
    ['leakage', { 'residual-current': 3 }],
    ['leakage-severe', { 'residual-current': 2 }],
    ['cooling-off', { 'cabinet-temperature': 3 }],
    ['sensor-open', {}],
  ],
  'power-factor-compensation': [
    ['heavy-reactive-load', { 'power-factor-low': 3 }],
    ['wrong-sensing', { 'over-compensation': 3 }],
    ['overvoltage', { overvoltage: 2 }],
    ['controller-failed', { 'controller-fault': 3 }],
    ['manual-mode', { 'not-automatic': 3 }, 500],
    ['reactor-overtemperature', { 'reactor-overtemperature': 2 }],
    ['fuse-blown', { 'fuse-blown': 2 }],
    ['step1-contactor-failed', { 'step1-contactor': 3 }],
    ['step1-capacitance-lost', { 'step1-current-low': 3 }],
    ['step1-overcurrent', { 'step1-current-high': 3 }],
    ['step2-contactor-failed', { 'step2-contactor': 3 }],
    ['step2-capacitance-lost', { 'step2-current-low': 3 }],
    ['step2-overcurrent', { 'step2-current-high': 3 }],
    ['step3-contactor-failed', { 'step3-contactor': 3 }],
    ['step3-capacitance-lost', { 'step3-current-low': 3 }],
    ['step3-overcurrent', { 'step3-current-high': 3 }],
    ['step4-contactor-failed', { 'step4-contactor': 3 }],
    ['step4-capacitance-lost', { 'step4-current-low': 3 }],
    ['step4-overcurrent', { 'step4-current-high': 3 }],
    ['resonance', { 'thd-voltage': 3, 'thd-current': 3 }],
    ['fan-off', { 'cabinet-temperature': 3 }],
    ['hunting', { 'switching-count': 4 }],
    ['sensor-open', {}],
  ],
  'dc-system': [
    ['ac-input-lost', { 'ac-input-lost': 2 }],
    ['outage-too-long', { 'ac-input-lost': 2, 'battery-charge': 1, 'bus-voltage-low': 2, 'discharge-end': 1 }],
    ['charger-fault', { 'charger-fault': 2 }],
    ['charger-drift-low', { 'float-voltage-low': 3 }],
    ['charger-drift-high', { 'float-voltage-high': 2 }],
    ['battery-fuse', { 'battery-fuse': 1 }],
    ['battery-weak', { 'battery-charge': 3 }],
    ['battery-worn', { 'battery-charge': 1 }],
    ['weak-block', { 'block-voltage-low': 3 }],
    ['dry-block', { 'block-voltage-high': 3 }],
    ['ageing', { 'internal-resistance': 4 }],
    ['worn-block', { 'internal-resistance': 3 }],
    ['dropper-open', { 'bus-voltage-low': 1 }],
    ['dropper-shorted', { 'bus-voltage-high': 2 }],
    ['room-hot', { 'battery-temperature': 3 }],
    ['thermal-runaway', { 'battery-temperature': 1 }],
    ['room-cold', { 'battery-cold': 4 }],
    ['earth-fault', { 'insulation-low': 2 }],
    ['feeder-trip', { 'feeder-trip': 2 }],
    ['monitor-fault', { 'monitor-fault': 3 }],
    // Planned work: nothing to announce.
    ['equalizing', {}],
    ['discharge-test', {}],
    ['sensor-open', {}],
  ],
};

describe.each(Object.entries(POWER))('%s', (name, rows) => {
  it('announces nothing on a healthy day', () => {
    for (const seed of [1, 2, 3]) {
      const { subject, machine } = build(name, seed);
      expect(announced(machine, subject, { fromMs: MORNING_MS, minutes: 24 * 60, faults: [] })).toEqual({});
    }
  });

  const runs = rows.map(([fault, alarms, minutes = 45]) => ({ fault, alarms, minutes }));
  it.each(runs)('$fault announces $alarms', ({ fault, alarms, minutes }) => {
    expect(told(name, [fault], minutes)).toEqual(alarms);
  });

  it('has every fault and every alarm in the table', () => {
    expect(rows.map(([fault]) => fault).sort()).toEqual(Object.keys(PLANTS.get(name)?.faults ?? {}).sort());
    const seen = new Set(rows.flatMap(([, alarms]) => Object.keys(alarms)));
    const alarms = Object.keys(classes.get(name)?.alarms ?? {});
    expect(alarms.filter((alarm) => alarm !== 'comm-loss' && !seen.has(alarm))).toEqual([]);
  });

  it('is quiet again within a quarter of an hour after the repair of any fault', () => {
    for (const fault of Object.keys(PLANTS.get(name)?.faults ?? {})) {
      const { subject, machine } = build(name, 5);
      announced(machine, subject, { fromMs: MORNING_MS, minutes: 20, faults: [fault] });
      for (let second = 0; second < 900; second += 5) machine.step(5, MORNING_MS + second * 1000, new Set());
      expect(announced(machine, subject, { fromMs: MORNING_MS, minutes: 30, faults: [] }), fault).toEqual({});
    }
  });
});

/** What the requirements of the trade ask for: days between services of each class. */
describe('maintenance of the power supply', () => {
  it.each([
    ['oil-transformer', [182, 365, 730]],
    ['hv-switchgear', [182, 730]],
    ['lv-distribution-panel', [182, 365]],
    ['power-factor-compensation', [182, 365]],
    ['dc-system', [182, 365]],
  ])('%s is due every %j days and has a plan for its failure', (name, days) => {
    const subject = classes.get(name);
    const intervals = Object.values(subject?.maintenance ?? {}).map(({ intervalDays }) => intervalDays);
    expect(intervals).toEqual(expect.arrayContaining(days));
    expect(subject?.emergencyPlan?.steps.zh.length).toBeGreaterThan(3);
  });
});

describe('low-voltage meter', () => {
  const subject = classes.get('lv-distribution-meter');
  if (subject === undefined) throw new Error('no class lv-distribution-meter');
  /** A meter whose phase L1 shows one voltage for a while. */
  const standing = (voltageL1: number, currentL1 = 100): Machine => {
    const values: PointValues = { voltageL1, voltageL2: 228, voltageL3: 228, currentL1, frequency: 50, thdVoltage: 2 };
    return { step: () => undefined, points: () => values };
  };
  const at = (voltage: number, current?: number) =>
    announced(standing(voltage, current), subject, { fromMs: MORNING_MS, minutes: 10, faults: [] });

  it('announces a lost phase and nothing that follows from it', () => {
    expect(told('lv-distribution-meter', ['phase-loss'], 10, 3)).toMatchObject({ 'phase-loss-l2': 2 });
    expect(Object.keys(told('lv-distribution-meter', ['phase-loss'], 10, 3))).toEqual(['phase-loss-l2']);
  });

  it('announces exactly one alarm at every voltage beyond the limits, and none between them', () => {
    const wanted = (voltage: number): string[] => {
      if (voltage < 110) return ['phase-loss-l1'];
      if (voltage < 187) return ['undervoltage-severe-l1'];
      if (voltage < 198) return ['undervoltage-l1'];
      if (voltage > 242) return ['overvoltage-severe-l1'];
      return voltage > 235.4 ? ['overvoltage-l1'] : [];
    };
    const voltage = fc.oneof(
      fc.double({ min: 0, max: 500, noNaN: true }),
      fc.constantFrom(0, 109.9, 110, 110.1, 186.9, 187, 187.1, 197.9, 198, 235.4, 235.5, 242, 242.1),
    );
    fc.assert(
      fc.property(voltage, (volts) => {
        expect(Object.keys(at(volts))).toEqual(wanted(volts));
      }),
    );
  });

  it('announces overload instead of a high current', () => {
    expect(at(228, 225)).toEqual({});
    expect(at(228, 240)).toEqual({ 'current-high-l1': 3 });
    expect(at(228, 250)).toEqual({ 'current-high-l1': 3 });
    expect(at(228, 251)).toEqual({ 'overload-l1': 2 });
  });
});
