// Drainage pit with two pumps: water comes in, floats start and stop the pumps in turn, the independent float warns.
import { clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const AREA_M2 = 2;
const DEPTH_M = 2.5;
const STOP_M = 0.4;
const START_M = 1;
const SECOND_START_M = 1.3;
const HIGH_M = 1.6;
const PUMP_M3S = 0.006;
const SEEPAGE_M3S = 0.0008;
/** A burst main: the pit is full within half a minute, faster than both pumps together. */
const BURST_M3S = 0.12;

interface State {
  readonly random: number;
  readonly inflowNoise: number;
  readonly levelM: number;
  readonly lead: 0 | 1;
  readonly leadOn: boolean;
  readonly helperOn: boolean;
  readonly running: readonly [boolean, boolean];
  readonly broken: readonly [boolean, boolean];
  readonly highFloat: boolean;
  readonly auto: boolean;
  readonly powerLost: boolean;
  readonly sensorOpen: boolean;
}

function create(seed: number): State {
  const [random, [a = 0]] = draws(seed, 1);
  return {
    random,
    inflowNoise: 0,
    levelM: STOP_M + 0.5 * a,
    lead: a < 0.5 ? 0 : 1,
    leadOn: false,
    helperOn: false,
    running: [false, false],
    broken: [false, false],
    highFloat: false,
    auto: true,
    powerLost: false,
    sensorOpen: false,
  };
}

function step(state: State, dtS: number, _nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const inflowNoise = wander(state.inflowNoise, chance, SEEPAGE_M3S, dtS, 120);
  const none = faults.has('both-pumps-failed') || faults.has('phase-loss');
  const broken = [faults.has('pump1-fault') || none, faults.has('pump2-fault') || none] as const;
  const powerLost = faults.has('control-power-lost');
  const auto = !faults.has('manual-mode');

  const leadOn = auto && !powerLost && (state.levelM >= START_M || (state.leadOn && state.levelM > STOP_M));
  const helperOn = leadOn && (state.levelM >= SECOND_START_M || state.helperOn);
  // The other pump takes the next start, and at once when the lead cannot run.
  const next = state.leadOn && !leadOn ? other(state.lead) : state.lead;
  const lead = broken[next] && !broken[other(next)] ? other(next) : next;
  const on = (pump: 0 | 1): boolean => !broken[pump] && (pump === lead ? leadOn : helperOn);
  const running = [on(0), on(1)] as const;

  const burst = faults.has('high-level') || none;
  const inflow = burst ? BURST_M3S : SEEPAGE_M3S + inflowNoise;
  const outflow = running.filter(Boolean).length * PUMP_M3S;
  const levelM = clamp(state.levelM + ((inflow - outflow) / AREA_M2) * dtS, 0, DEPTH_M);
  const highFloat = faults.has('float-stuck') || levelM >= HIGH_M || (state.highFloat && levelM > HIGH_M - 0.03);
  return {
    random,
    inflowNoise,
    levelM,
    lead,
    leadOn,
    helperOn,
    running,
    broken,
    highFloat,
    auto,
    powerLost,
    sensorOpen: faults.has('sensor-open'),
  };
}

const other = (pump: 0 | 1): 0 | 1 => (pump === 0 ? 1 : 0);

export const sumpPump: Plant<State> = {
  class: 'sump-pump',
  faults: {
    'both-pumps-failed': 'both pumps trip while a pipe has burst: the pit fills',
    'high-level': 'more water comes than both pumps can lift',
    'pump1-fault': 'pump 1 trips',
    'pump2-fault': 'pump 2 trips',
    'phase-loss': 'a phase of the supply is lost, both pumps trip',
    'control-power-lost': 'the control circuit has no supply',
    'float-stuck': 'the super-high float sticks on',
    'sensor-open': 'the level transmitter is disconnected',
    'manual-mode': 'the selector is left on manual',
  },
  create,
  step,
  points: (state) => ({
    level: state.sensorOpen ? null : state.levelM,
    pump1Running: state.running[0],
    pump2Running: state.running[1],
    pump1Fault: state.broken[0],
    pump2Fault: state.broken[1],
    allPumpsFault: state.broken[0] && state.broken[1],
    highLevelFloat: state.highFloat,
    autoMode: state.auto,
    controlPowerLost: state.powerLost,
  }),
};
