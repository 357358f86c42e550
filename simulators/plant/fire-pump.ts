// Fire pump set at rest: the jockey pump holds the pressure. A fire starts pump 1, and pump 2 when pump 1 cannot.
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const JOCKEY_ON_MPA = 0.5;
const JOCKEY_OFF_MPA = 0.58;
const LEAK_MPA_S = 0.0002;
const PUMP_MPA = 0.95;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly pressureMpa: number;
  readonly tankPercent: number;
  readonly roomC: number;
  readonly jockey: boolean;
  readonly running: readonly [boolean, boolean];
  readonly started: boolean;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [pressure = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    pressureMpa: 0.52 + 0.05 * pressure,
    tankPercent: 96,
    roomC: 14,
    jockey: false,
    running: [false, false],
    started: false,
    active: new Set(),
  };
}

const unpowered = (faults: ReadonlySet<string>): boolean =>
  faults.has('power-lost') || faults.has('control-power-lost');

const broken = (faults: ReadonlySet<string>): readonly [boolean, boolean] => {
  const both = faults.has('both-pumps-failed');
  return [both || faults.has('pump1-fault'), both || faults.has('pump2-fault')];
};

function step(state: State, dtS: number, _nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 120);
  const started = faults.has('fire') || faults.has('false-start');
  const able = started && !unpowered(faults) && !faults.has('manual-mode') && !faults.has('start-failure');
  const [broken1, broken2] = broken(faults);
  const running = [able && !broken1, able && broken1 && !broken2] as const;
  const leaking = faults.has('main-leak');
  const below = state.pressureMpa < (state.jockey ? JOCKEY_OFF_MPA : JOCKEY_ON_MPA);
  const jockey = below && !unpowered(faults) && !leaking;
  const holding = state.pressureMpa + (jockey ? 0.01 : -LEAK_MPA_S) * dtS;
  const pressureMpa = running.includes(true)
    ? approach(state.pressureMpa, PUMP_MPA, dtS, 3)
    : leaking
      ? approach(state.pressureMpa, 0.15, dtS, 8)
      : state.pressureMpa > 0.6
        ? approach(state.pressureMpa, 0.57, dtS, 5)
        : holding;
  return {
    random,
    noise,
    pressureMpa: clamp(pressureMpa, 0, 2.5),
    tankPercent: approach(state.tankPercent, faults.has('tank-low') ? 60 : 96 + 0.5 * noise, dtS, 10),
    roomC: approach(state.roomC, faults.has('frost') ? 2 : 14 + noise, dtS, 15),
    jockey,
    running,
    started,
    active: new Set(faults),
  };
}

function points(state: State) {
  const { active, running } = state;
  const [broken1, broken2] = broken(active);
  return {
    pump1Running: running[0],
    pump2Running: running[1],
    pump1Fault: broken1,
    pump2Fault: broken2,
    allPumpsFault: broken1 && broken2,
    startSignal: state.started || active.has('start-failure'),
    flowConfirmed: running.includes(true),
    jockeyRunning: state.jockey,
    autoMode: !active.has('manual-mode'),
    powerLost: active.has('power-lost'),
    controlPowerLost: active.has('control-power-lost'),
    outletPressure: active.has('sensor-open') ? null : state.pressureMpa,
    tankLevel: state.tankPercent,
    jockeyStartsPerHour: active.has('jockey-cycling') ? 24 : 2,
    roomTemperature: state.roomC,
  };
}

export const firePump: Plant<State> = {
  class: 'fire-pump',
  faults: {
    fire: 'the fire system starts the pumps',
    'false-start': 'a hydrant button is pressed without a fire',
    'start-failure': 'the start signal is there, but no pump runs',
    'pump1-fault': 'pump 1 trips',
    'pump2-fault': 'pump 2 trips',
    'both-pumps-failed': 'both pumps trip',
    'power-lost': 'the main supply of the pumps is lost',
    'control-power-lost': 'the control circuit has no supply',
    'manual-mode': 'the selector is left on manual',
    'main-leak': 'the fire main leaks: 0.15 MPa',
    'jockey-cycling': 'a check valve leaks: the jockey pump starts 24 times an hour',
    'tank-low': 'the reservoir falls to 60 %',
    frost: 'the heating of the pump room fails: 2 °C',
    'sensor-open': 'the pressure transmitter is disconnected',
  },
  create,
  step,
  points,
};
