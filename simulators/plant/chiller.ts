// Water-cooled chiller: the load follows the building, the supply temperature its set-point; without water it trips.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const SETPOINT_C = 7;
const RATED_KW = 320;
const RATED_A = 560;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly on: boolean;
  readonly loadPercent: number;
  readonly supplyC: number;
  readonly condenserMpa: number;
  readonly runS: number;
  readonly energyKwh: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [hours = 0]] = draws(seed, 1);
  const runHours = Math.round(4000 + 12_000 * hours);
  return {
    random,
    noise: 0,
    on: true,
    loadPercent: 60,
    supplyC: SETPOINT_C,
    condenserMpa: 0.82,
    runS: runHours * 3600,
    energyKwh: runHours * 190,
    active: new Set(),
  };
}

const STOPPING = ['chiller-fault', 'chilled-water-flow-lost', 'cooling-water-flow-lost', 'not-running'];

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 0.4, dtS, 120);
  const on = !STOPPING.some((fault) => faults.has(fault));
  const load = faults.has('overload') ? 100 : clamp(20 + 70 * powerUse(nowMs) + 4 * noise, 15, 98);
  const runningC = faults.has('overload') ? 11 : faults.has('supply-frost') ? 2 : SETPOINT_C + 0.3 * noise;
  const condenserMpa = on ? (faults.has('condenser-dirty') ? 1.3 : 0.82 + 0.05 * noise) : 0.6;
  return {
    random,
    noise,
    on,
    loadPercent: approach(state.loadPercent, on ? load : 0, dtS, on ? 20 : 2),
    supplyC: approach(state.supplyC, on ? runningC : 14, dtS, on ? 10 : 60),
    condenserMpa: approach(state.condenserMpa, condenserMpa, dtS, 5),
    runS: state.runS + (on ? dtS : 0),
    energyKwh: state.energyKwh + (powerKw(state) * dtS) / 3600,
    active: new Set(faults),
  };
}

const powerKw = ({ loadPercent, on }: State): number => (on ? RATED_KW * (0.1 + (0.9 * loadPercent) / 100) : 0);

function points(state: State) {
  const { active, on, loadPercent, noise } = state;
  const share = loadPercent / 100;
  return {
    runCommand: true,
    running: on,
    fault: active.has('chiller-fault'),
    warning: active.has('warning'),
    autoMode: !active.has('manual-mode'),
    supplyTemperature: active.has('sensor-open') ? null : state.supplyC,
    returnTemperature: state.supplyC + 5 * share,
    supplySetpoint: SETPOINT_C,
    condenserInletTemperature: 28 + noise,
    condenserOutletTemperature: 28 + noise + 5 * share,
    evaporatorPressure: 0.26,
    condenserPressure: state.condenserMpa,
    load: loadPercent,
    motorCurrent: on ? RATED_A * (0.2 + 0.8 * share) : 0,
    power: powerKw(state),
    chilledWaterFlowLost: active.has('chilled-water-flow-lost'),
    coolingWaterFlowLost: active.has('cooling-water-flow-lost'),
    towerLevelLow: active.has('tower-level-low'),
    refrigerantLeak: active.has('refrigerant-leak'),
    runHours: state.runS / 3600,
    energy: state.energyKwh,
  };
}

export const chiller: Plant<State> = {
  class: 'chiller',
  faults: {
    'chiller-fault': 'the machine trips',
    'chilled-water-flow-lost': 'the chilled-water pump stops',
    'cooling-water-flow-lost': 'the cooling-water pump stops',
    'not-running': 'commanded, but the start conditions are not met',
    overload: 'more load than the machine can carry: 11 °C supply',
    'supply-frost': 'the set-point sensor is wrong: 2 °C supply',
    'condenser-dirty': 'the condenser is scaled: 1.3 MPa',
    'tower-level-low': 'the cooling tower has no make-up water',
    'refrigerant-leak': 'the refrigerant detector trips',
    warning: 'the machine asks for service',
    'manual-mode': 'the selector is left on local',
    'sensor-open': 'the supply sensor is disconnected',
  },
  create,
  step,
  points,
};
