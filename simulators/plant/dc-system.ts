// Direct-current system: the charger floats the battery and feeds the busbar through its dropper; without AC the battery
// carries the load, its charge falls by the hour and its blocks sink towards the end of discharge.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const BLOCKS = 18;
const CAPACITY_AH = 100;
const FLOAT_V = 243;
const EQUALIZE_V = 254;
const BUS_V = 221;
const CHARGE_A = 10;
/** The ten-hour rate. */
const TEST_A = 10;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly loadA: number;
  /** Share of the capacity that is in the battery, 0..1. */
  readonly charge: number;
  readonly batteryA: number;
  readonly batteryV: number;
  readonly busV: number;
  readonly temperatureC: number;
  /** Internal resistance against its value when new. */
  readonly resistance: number;
  readonly insulationMohm: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [load = 0, age = 0]] = draws(seed, 2);
  return {
    random,
    noise: 0,
    loadA: 5 + 2 * load,
    charge: 1,
    batteryA: 0.1,
    batteryV: FLOAT_V,
    busV: BUS_V,
    temperatureC: 25,
    resistance: 1.02 + 0.1 * age,
    insulationMohm: 2.4,
    active: new Set(),
  };
}

const DISCHARGING = ['ac-input-lost', 'charger-fault', 'outage-too-long', 'discharge-test'];
const isDischarging = (faults: ReadonlySet<string>): boolean => DISCHARGING.some((fault) => faults.has(fault));

/** What is left of the battery, as its monitor reckons. */
function usableShare(faults: ReadonlySet<string>): number {
  if (faults.has('outage-too-long')) return 0.001;
  if (faults.has('battery-worn')) return 0.12;
  return faults.has('battery-weak') ? 0.4 : 1;
}

/** A block under load: a plain that falls off at its end. */
const dischargeV = (charge: number): number => BLOCKS * (10.5 + 2.3 * charge ** 0.35);

function chargerV(faults: ReadonlySet<string>): number {
  if (faults.has('equalizing')) return EQUALIZE_V;
  if (faults.has('charger-drift-low')) return FLOAT_V - 8;
  return faults.has('charger-drift-high') ? FLOAT_V + 8 : FLOAT_V;
}

function batteryAmperes(state: State, faults: ReadonlySet<string>): number {
  if (faults.has('battery-fuse')) return 0;
  if (faults.has('discharge-test')) return -TEST_A;
  if (isDischarging(faults)) return -state.loadA;
  return 0.1 + Math.min(CHARGE_A, 300 * (1 - state.charge));
}

function batteryTarget(state: State, faults: ReadonlySet<string>): number {
  if (faults.has('battery-fuse')) return BLOCKS * 13;
  return isDischarging(faults) ? dischargeV(state.charge * usableShare(faults)) : chargerV(faults) + 0.4 * state.noise;
}

function busTarget(state: State, batteryV: number, faults: ReadonlySet<string>): number {
  if (faults.has('dropper-open')) return 181;
  if (faults.has('dropper-shorted')) return batteryV + 6;
  // The charger feeds the busbar while there is AC; on the battery the dropper is bridged as it sinks.
  return (isDischarging(faults) ? Math.min(BUS_V, batteryV) : BUS_V) + 0.4 * state.noise;
}

function temperatureTarget(noise: number, faults: ReadonlySet<string>): number {
  if (faults.has('thermal-runaway')) return 54;
  if (faults.has('room-hot')) return 39;
  return faults.has('room-cold') ? 1 : 25 + noise;
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0.5]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 120);
  const batteryA = approach(state.batteryA, batteryAmperes(state, faults), dtS, 1);
  const now = { ...state, noise };
  const batteryV = approach(state.batteryV, batteryTarget(now, faults), dtS, 15);
  return {
    ...state,
    random,
    noise,
    // A busier building switches more; the trip circuits themselves take nothing.
    loadA: approach(state.loadA, clamp(5.2 + 1.2 * powerUse(nowMs) + 0.2 * noise, 4, 9), dtS, 60),
    charge: clamp(state.charge + (batteryA * dtS) / 3600 / CAPACITY_AH, 0, 1),
    batteryA,
    batteryV,
    busV: approach(state.busV, busTarget(now, batteryV, faults), dtS, 1),
    temperatureC: approach(state.temperatureC, temperatureTarget(noise, faults), dtS, 60),
    insulationMohm: approach(state.insulationMohm, faults.has('earth-fault') ? 0.008 : 2.4 + 0.2 * noise, dtS, 2),
    active: new Set(faults),
  };
}

function points(state: State) {
  const { active, batteryV, noise } = state;
  const blockV = batteryV / BLOCKS;
  return {
    acInputLost: active.has('ac-input-lost') || active.has('outage-too-long'),
    // A charger without input reports its fault as well.
    chargerFault: active.has('charger-fault') || active.has('ac-input-lost') || active.has('outage-too-long'),
    batteryFuseBlown: active.has('battery-fuse'),
    feederTrip: active.has('feeder-trip'),
    monitorFault: active.has('monitor-fault'),
    equalizing: active.has('equalizing'),
    testRunning: active.has('discharge-test'),
    controlBusVoltage: state.busV,
    batteryVoltage: batteryV,
    floatVoltageSetpoint: FLOAT_V,
    batteryCurrent: state.batteryA,
    loadCurrent: state.loadA,
    batteryCharge: 100 * state.charge * usableShare(active),
    batteryTemperature: active.has('sensor-open') ? null : state.temperatureC,
    blockVoltageAverage: blockV,
    blockVoltageMin: blockV - (active.has('weak-block') ? 0.6 : 0.06) - 0.02 * Math.abs(noise),
    blockVoltageMax: blockV + (active.has('dry-block') ? 0.6 : 0.06) + 0.02 * Math.abs(noise),
    internalResistanceRatio: state.resistance + (active.has('worn-block') ? 0.6 : active.has('ageing') ? 0.33 : 0),
    insulationResistance: state.insulationMohm,
  };
}

export const dcSystem: Plant<State> = {
  class: 'dc-system',
  faults: {
    'ac-input-lost': 'no AC input: the battery carries the load',
    'outage-too-long': 'no AC input and the battery is empty',
    'charger-fault': 'the charger stops',
    'charger-drift-low': 'the charger floats 8 V too low',
    'charger-drift-high': 'the charger floats 8 V too high',
    'battery-fuse': 'the battery fuse blows',
    'battery-weak': 'the battery has 40 % of its capacity',
    'battery-worn': 'the battery has 12 % of its capacity',
    'weak-block': 'one block 0.6 V below the others',
    'dry-block': 'one block 0.6 V above the others',
    ageing: 'internal resistance up by a third',
    'worn-block': 'internal resistance up by 60 %',
    'dropper-open': 'the dropper diodes fail: 181 V on the busbar',
    'dropper-shorted': 'the dropper diodes are shorted: the battery voltage on the busbar',
    'room-hot': 'the room is not cooled: 39 °C',
    'thermal-runaway': 'the battery heats itself: 54 °C',
    'room-cold': 'the room is not heated: 1 °C',
    'earth-fault': 'a wet terminal box: 8 kΩ to earth',
    'feeder-trip': 'a DC feeder trips',
    'monitor-fault': 'the monitor unit fails',
    equalizing: 'equalizing charge',
    'discharge-test': 'the yearly discharge test runs',
    'sensor-open': 'the battery thermometer is disconnected',
  },
  create,
  step,
  points,
};
