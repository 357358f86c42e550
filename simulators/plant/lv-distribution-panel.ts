// Low-voltage panel: the busbar follows the transformer, joints heat with the square of their current, the neutral carries
// what the phases do not share; without voltage the incomer's undervoltage release opens.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const NOMINAL_V = 228;
const RATED_A = 1000;
const ROOM_C = 27;
/** Joint above the room at rated current, K. */
const JOINT_RISE_K = 36;
const JOINT_TAU_S = 1200;

type Triple = readonly [number, number, number];
const triple = (make: (phase: 0 | 1 | 2) => number): Triple => [make(0), make(1), make(2)];

/** What a bad neutral does to the three phases. */
const STAR_POINT_V: Triple = [-10, 0, 6];

interface State {
  readonly random: number;
  readonly noise: Triple;
  /** Share of the rated current that the busiest hour takes. */
  readonly size: number;
  readonly share: Triple;
  readonly voltageV: Triple;
  readonly currentA: Triple;
  readonly jointC: Triple;
  /** Heat of a loose joint on L2, K. */
  readonly looseK: number;
  readonly residualMa: number;
  readonly cabinetC: number;
  readonly started: boolean;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [size = 0, a = 0, b = 0, c = 0]] = draws(seed, 4);
  return {
    random,
    noise: [0, 0, 0],
    size: 0.55 + 0.2 * size,
    share: [0.98 + 0.04 * a, 0.98 + 0.04 * b, 0.98 + 0.04 * c],
    voltageV: [NOMINAL_V, NOMINAL_V, NOMINAL_V],
    currentA: [0, 0, 0],
    jointC: [ROOM_C, ROOM_C, ROOM_C],
    looseK: 0,
    residualMa: 90,
    cabinetC: 34,
    started: false,
    active: new Set(),
  };
}

const isDead = (faults: ReadonlySet<string>): boolean => faults.has('supply-lost') || faults.has('incomer-trip');

function supplyV(faults: ReadonlySet<string>, phase: 0 | 1 | 2): number {
  if (isDead(faults) || (faults.has('phase-loss') && phase === 1)) return 0;
  if (faults.has('undervoltage-severe')) return 182;
  if (faults.has('undervoltage')) return 196;
  if (faults.has('overvoltage')) return 250;
  // A bad neutral lets the star point move: one phase down, one up, each still within its limits.
  if (faults.has('voltage-unbalance')) return NOMINAL_V + STAR_POINT_V[phase];
  return NOMINAL_V;
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, chances] = draws(state.random, 3);
  const noise = triple((index) => wander(state.noise[index], chances[index] ?? 0.5, 1, dtS, 60));
  const lagS = state.started ? dtS : 1e6;
  const forced = faults.has('overload') ? 1.06 : faults.has('high-load') ? 0.95 : null;
  const use = forced ?? state.size * clamp(powerUse(nowMs) + 0.02 * noise[0], 0.05, 1);
  const voltageV = triple((phase) => {
    const wanted = supplyV(faults, phase);
    return approach(state.voltageV[phase], wanted === 0 ? 0 : wanted - 3 * use + 0.5 * noise[phase], dtS, 0.4);
  });
  const currentA = triple((phase) => {
    const unequal = faults.has('unbalanced-load') ? [1.2, 0.75, 0.8][phase] : undefined;
    const live = voltageV[phase] > 100 ? 1 : 0;
    const wanted = RATED_A * use * (unequal ?? state.share[phase]) * (1 + 0.005 * noise[phase]) * live;
    return approach(state.currentA[phase], wanted, lagS, live === 1 ? 2 : 0.1);
  });
  const looseK = faults.has('joint-hot') ? 62 : faults.has('joint-warm') ? 40 : 0;
  const leakMa = faults.has('leakage-severe') ? 640 : faults.has('leakage') ? 380 : 70 + 40 * use;
  return {
    ...state,
    random,
    noise,
    voltageV,
    currentA,
    jointC: triple((phase) =>
      approach(state.jointC[phase], ROOM_C + JOINT_RISE_K * (currentA[phase] / RATED_A) ** 2, lagS, JOINT_TAU_S),
    ),
    looseK: approach(state.looseK, looseK, dtS, 60),
    residualMa: approach(state.residualMa, isDead(faults) ? 0 : leakMa, dtS, 3),
    cabinetC: approach(state.cabinetC, faults.has('cooling-off') ? 62 : 30 + 8 * use, dtS, 120),
    started: true,
    active: new Set(faults),
  };
}

/** Greatest distance from the mean, in % of the mean. */
function unbalance(values: Triple): number {
  const mean = (values[0] + values[1] + values[2]) / 3;
  return mean <= 0 ? 0 : Math.min(100, (100 * Math.max(...values.map((value) => Math.abs(value - mean)))) / mean);
}

function points(state: State) {
  const { active, voltageV, currentA } = state;
  const [a, b, c] = currentA;
  const jointC = triple((phase) => state.jointC[phase] + (phase === 1 ? state.looseK : 0));
  const dead = isDead(active);
  return {
    incomerClosed: !dead && !active.has('incomer-stuck'),
    incomerCloseCommand: true,
    incomerTrip: active.has('incomer-trip'),
    feederTrip: active.has('feeder-trip'),
    busVoltageLost: Math.max(...voltageV) < 60,
    phaseLoss: Math.min(...voltageV) < 110,
    onSecondSource: active.has('on-second-source'),
    transferFault: active.has('transfer-fault'),
    fuseBlown: active.has('fuse-blown'),
    currentTransformerOpen: active.has('current-transformer-open'),
    surgeArresterFault: active.has('surge-arrester-failed'),
    doorOpen: active.has('door-open'),
    voltageL1: voltageV[0],
    voltageL2: voltageV[1],
    voltageL3: voltageV[2],
    currentL1: a,
    currentL2: b,
    // An open secondary delivers nothing to the meter.
    currentL3: active.has('current-transformer-open') ? null : c,
    loadRate: (100 * (a + b + c)) / (3 * RATED_A),
    neutralCurrent: Math.sqrt(Math.max(0, a * a + b * b + c * c - a * b - b * c - c * a)),
    currentUnbalance: unbalance(currentA),
    voltageUnbalance: unbalance(voltageV),
    jointTemperatureL1: jointC[0],
    jointTemperatureL2: jointC[1],
    jointTemperatureL3: active.has('sensor-open') ? null : jointC[2],
    jointTemperatureMax: active.has('sensor-open') ? Math.max(jointC[0], jointC[1]) : Math.max(...jointC),
    residualCurrent: state.residualMa,
    cabinetTemperature: state.cabinetC,
  };
}

export const lvDistributionPanel: Plant<State> = {
  class: 'lv-distribution-panel',
  faults: {
    'incomer-trip': 'the incomer breaker trips',
    'supply-lost': 'the transformer gives no voltage',
    'phase-loss': 'phase L2 has no voltage',
    'incomer-stuck': 'the breaker stays open against its command',
    'feeder-trip': 'a feeder breaker trips',
    'on-second-source': 'the transfer switch has changed over',
    'transfer-fault': 'the transfer switch is stuck',
    'fuse-blown': 'a fuse of a feeder blows',
    'current-transformer-open': 'the secondary of L3 is open',
    'surge-arrester-failed': 'the surge arrester is spent',
    'door-open': 'the door is left open',
    undervoltage: 'the supply falls to about 194 V',
    'undervoltage-severe': 'the supply falls to about 180 V',
    overvoltage: 'the supply rises to about 248 V',
    'voltage-unbalance': 'a bad neutral: one phase low, one high',
    'unbalanced-load': 'single-phase loads on one phase',
    'high-load': 'the panel carries 95 %',
    overload: 'the panel carries 106 %',
    'joint-warm': 'a loose joint on L2',
    'joint-hot': 'a very loose joint on L2',
    leakage: 'a damp circuit leaks 380 mA',
    'leakage-severe': 'a wet circuit leaks 640 mA',
    'cooling-off': 'the cubicle fan is off',
    'sensor-open': 'the sensor of joint L3 is disconnected',
  },
  create,
  step,
  points,
};
