// Three-phase meter of a low-voltage feeder: currents follow the day's load, powers follow from them, energy adds up.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const NOMINAL_V = 228;
const RATED_A = 250;
type Triple = readonly [number, number, number];

interface State {
  readonly random: number;
  /** Share of the feeder's rated current that the busiest hour takes. */
  readonly size: number;
  readonly share: Triple;
  readonly noise: readonly [number, number, number, number];
  readonly voltageV: Triple;
  readonly currentA: Triple;
  readonly powerFactor: number;
  readonly frequencyHz: number;
  readonly importKwh: number;
  readonly sensorOpen: boolean;
}

const triple = (make: (phase: 0 | 1 | 2) => number): Triple => [make(0), make(1), make(2)];
const sum = (values: Triple): number => values[0] + values[1] + values[2];

function create(seed: number): State {
  const [random, [a = 0, b = 0, c = 0, d = 0, e = 0]] = draws(seed, 5);
  return {
    random,
    size: 0.3 + 0.6 * a,
    share: [0.97 + 0.06 * b, 0.97 + 0.06 * c, 0.97 + 0.06 * d],
    noise: [0, 0, 0, 0],
    voltageV: [NOMINAL_V, NOMINAL_V, NOMINAL_V],
    currentA: [0, 0, 0],
    powerFactor: 0.95,
    frequencyHz: 50,
    importKwh: 20_000 + 80_000 * e,
    sensorOpen: false,
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, chances] = draws(state.random, 4);
  const wandered = (index: 0 | 1 | 2 | 3): number => wander(state.noise[index], chances[index] ?? 0.5, 1, dtS, 30);
  const noise = [wandered(0), wandered(1), wandered(2), wandered(3)] as const;
  const use = faults.has('overload') ? 1.12 : state.size * clamp(powerUse(nowMs) + 0.03 * noise[3], 0.05, 1);
  const supplyV = faults.has('undervoltage') ? 185 : faults.has('overvoltage') ? 256 : NOMINAL_V;
  const voltageV = triple((phase) => {
    const lost = faults.has('phase-loss') && phase === 1;
    const wanted = lost ? 3 : supplyV - 4 * use + 1.2 * noise[phase];
    return approach(state.voltageV[phase], wanted, dtS, 0.5);
  });
  const currentA = triple((phase) => {
    const live = voltageV[phase] > 100 ? 1 : 0;
    return approach(
      state.currentA[phase],
      RATED_A * use * state.share[phase] * (1 + 0.02 * noise[phase]) * live,
      dtS,
      1,
    );
  });
  const powerFactor = approach(
    state.powerFactor,
    faults.has('low-power-factor') ? 0.78 : 0.94 + 0.03 * noise[3],
    dtS,
    3,
  );
  const { kw } = powers(voltageV, currentA, powerFactor);
  return {
    ...state,
    random,
    noise,
    voltageV,
    currentA,
    powerFactor: clamp(powerFactor, 0, 1),
    frequencyHz: 50 + 0.03 * noise[3],
    importKwh: state.importKwh + (sum(kw) * dtS) / 3600,
    sensorOpen: faults.has('sensor-open'),
  };
}

function powers(voltageV: Triple, currentA: Triple, powerFactor: number): { kva: Triple; kw: Triple; kvar: Triple } {
  const kva = triple((phase) => (voltageV[phase] * currentA[phase]) / 1000);
  const kw = triple((phase) => kva[phase] * powerFactor);
  return { kva, kw, kvar: triple((phase) => Math.sqrt(Math.max(0, kva[phase] ** 2 - kw[phase] ** 2))) };
}

/** `voltageL1`, `voltageL2`, `voltageL3` */
const phases = (name: string, values: readonly (number | null)[]): Record<string, number | null> =>
  Object.fromEntries(values.map((value, phase) => [`${name}L${phase + 1}`, value]));

function points(state: State): Record<string, number | null> {
  const { voltageV, powerFactor } = state;
  const currentA = state.sensorOpen ? ([state.currentA[0], state.currentA[1], 0] as const) : state.currentA;
  const { kva, kw, kvar } = powers(voltageV, currentA, powerFactor);
  return {
    ...phases('voltage', voltageV),
    // An open current input reads nothing, not zero.
    ...phases('current', state.sensorOpen ? [currentA[0], currentA[1], null] : currentA),
    ...phases('activePower', kw),
    activePower: sum(kw),
    reactivePower: sum(kvar),
    apparentPower: sum(kva),
    powerFactor,
    frequency: state.frequencyHz,
    energyImport: state.importKwh,
    energyExport: 0,
    thdVoltage: 2.2 + 0.3 * state.noise[0],
  };
}

export const lvDistributionMeter: Plant<State> = {
  class: 'lv-distribution-meter',
  faults: {
    'phase-loss': 'phase L2 has no voltage',
    undervoltage: 'the supply falls to about 185 V',
    overvoltage: 'the supply rises to about 256 V',
    overload: 'the feeder carries 112 % of its rated current',
    'low-power-factor': 'the compensation is out: power factor 0.78',
    'sensor-open': 'the current transformer of L3 is disconnected',
  },
  create,
  step,
  points,
};
