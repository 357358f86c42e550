// A 10 kV cubicle with its relay: currents follow the building's load, the busbar the grid; a protection trip opens the
// breaker, and the spring charges again when there is control supply.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const NOMINAL_V = 10_050;
const RATED_A = 200;
const AMBIENT_C = 26;
/** Cable joint above the air at rated current, K. */
const JOINT_RISE_K = 32;
const JOINT_TAU_S = 900;
const TRIPS = ['arc', 'short-circuit', 'overcurrent', 'earth-fault'];
const OPENING = [...TRIPS, 'breaker-opened', 'cubicle-earthed'];

interface State {
  readonly random: number;
  readonly noise: readonly [number, number];
  /** Share of the rated current that the busiest hour takes. */
  readonly size: number;
  readonly busV: number;
  readonly currentA: number;
  readonly jointC: number;
  /** Heat of a loose joint, K. */
  readonly looseK: number;
  readonly humidityPercent: number;
  readonly started: boolean;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [size = 0]] = draws(seed, 1);
  return {
    random,
    noise: [0, 0],
    size: 0.45 + 0.3 * size,
    busV: NOMINAL_V,
    currentA: 0,
    jointC: AMBIENT_C,
    looseK: 0,
    humidityPercent: 52,
    started: false,
    active: new Set(),
  };
}

function gridVoltage(faults: ReadonlySet<string>): number {
  if (faults.has('supply-lost')) return 0;
  if (faults.has('undervoltage-severe')) return 8200;
  if (faults.has('undervoltage')) return 9050;
  return faults.has('overvoltage') ? 11_200 : NOMINAL_V;
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [first = 0.5, second = 0.5]] = draws(state.random, 2);
  const noise = [wander(state.noise[0], first, 1, dtS, 90), wander(state.noise[1], second, 1, dtS, 90)] as const;
  const gridV = gridVoltage(faults);
  const lagS = state.started ? dtS : 1e6;
  const busV = approach(state.busV, gridV === 0 ? 0 : gridV + 80 * noise[0], dtS, 0.4);
  const use = faults.has('overload')
    ? 1.08
    : faults.has('high-load')
      ? 0.94
      : state.size * clamp(powerUse(nowMs) + 0.03 * noise[1], 0.05, 1);
  const live = busV > 4000 && !OPENING.some((fault) => faults.has(fault));
  const currentA = approach(state.currentA, live ? RATED_A * use : 0, lagS, live ? 2 : 0.05);
  const loose = faults.has('joint-hot') ? 72 : faults.has('joint-warm') ? 50 : 0;
  const joint = AMBIENT_C + JOINT_RISE_K * (currentA / RATED_A) ** 2;
  return {
    ...state,
    random,
    noise,
    busV: Math.max(0, busV),
    currentA,
    jointC: approach(state.jointC, joint, lagS, JOINT_TAU_S),
    looseK: approach(state.looseK, loose, dtS, 60),
    humidityPercent: approach(state.humidityPercent, faults.has('heater-failed') ? 90 : 52 + 4 * noise[1], dtS, 60),
    started: true,
    active: new Set(faults),
  };
}

function points(state: State) {
  const { active, busV, currentA, noise } = state;
  // The relay does not see the voltage behind a blown fuse.
  const seenV = active.has('voltage-fuse') ? 3400 : busV;
  const currents = [currentA * (1 + 0.01 * noise[0]), currentA, currentA * (1 - 0.01 * noise[0])] as const;
  const grounded = active.has('grid-earth-fault') ? 96 : active.has('voltage-fuse') ? 34 : 1.2 + 0.6 * noise[1];
  return {
    breakerClosed: !OPENING.some((fault) => active.has(fault)),
    inServicePosition: !active.has('cubicle-earthed'),
    earthSwitchClosed: active.has('cubicle-earthed'),
    springCharged: !active.has('spring-motor') && !active.has('control-power-lost'),
    remoteMode: !active.has('local-mode'),
    arcTrip: active.has('arc'),
    // An arc is a short circuit to the relay as well.
    shortCircuitTrip: active.has('short-circuit') || active.has('arc'),
    overcurrentTrip: active.has('overcurrent'),
    earthFaultTrip: active.has('earth-fault'),
    voltageFuseBlown: active.has('voltage-fuse'),
    controlPowerLost: active.has('control-power-lost'),
    tripCircuitFault: active.has('trip-circuit') || active.has('control-power-lost'),
    relayFault: active.has('relay-fault'),
    doorOpen: active.has('door-open') || active.has('cubicle-earthed'),
    busVoltage: seenV,
    zeroSequenceVoltage: busV < 1000 ? 0 : Math.max(0, grounded),
    currentL1: currents[0],
    currentL2: currents[1],
    currentL3: currents[2],
    currentMax: Math.max(...currents),
    cableTemperature: active.has('sensor-open') ? null : state.jointC + state.looseK,
    cabinetHumidity: state.humidityPercent,
  };
}

export const hvSwitchgear: Plant<State> = {
  class: 'hv-switchgear',
  faults: {
    arc: 'an arc in the cubicle',
    'short-circuit': 'short circuit on the feeder: the relay trips',
    overcurrent: 'lasting overload: the relay trips',
    'earth-fault': 'earth fault on the feeder: the relay trips',
    'breaker-opened': 'somebody opens the breaker',
    'cubicle-earthed': 'withdrawn and earthed for maintenance',
    'supply-lost': 'the grid is off',
    undervoltage: 'the grid falls to about 9050 V',
    'undervoltage-severe': 'the grid falls to about 8200 V',
    overvoltage: 'the grid rises to about 11200 V',
    'grid-earth-fault': 'one phase of the grid to earth',
    'voltage-fuse': 'a fuse of the voltage transformer blows',
    'control-power-lost': 'the DC control supply is off',
    'trip-circuit': 'the trip coil is burnt',
    'relay-fault': 'the relay fails its self-test',
    'spring-motor': 'the charging motor is broken',
    'local-mode': 'the selector is left on local',
    'high-load': 'the feeder carries 94 % of its rated current',
    overload: 'the feeder carries 108 % of its rated current',
    'joint-warm': 'a loose cable joint',
    'joint-hot': 'a very loose cable joint',
    'heater-failed': 'the heater in the cubicle is broken',
    'door-open': 'the door is opened under voltage',
    'sensor-open': 'the sensor of the cable joint is disconnected',
  },
  create,
  step,
  points,
};
