// Oil-immersed transformer: the oil heats slowly with the load, the winding above it quickly; the fans start at 55 °C and
// stop at 45 °C; the gas relay and the pressure relief act on faults inside the tank.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const AMBIENT_C = 28;
/** At full load without fans: oil above the air, winding above the oil, K; and what the fans leave of the oil's rise. */
const OIL_RISE_K = 44;
const WINDING_RISE_K = 20;
const FAN_SHARE = 0.75;
/** Time constants; the oil of a small distribution transformer. */
const OIL_TAU_S = 7200;
const WINDING_TAU_S = 360;
const FAN_ON_C = 55;
const FAN_OFF_C = 45;
const TRIP_C = 97;
/** Oil heated from inside: 18 K in ten minutes, at most so much above the rest of the tank. */
const INTERNAL_K_PER_S = 0.03;
const INTERNAL_MAX_K = 22;

interface State {
  readonly random: number;
  readonly noise: number;
  /** Every machine is loaded a little differently. */
  readonly size: number;
  readonly loadPercent: number;
  readonly oilC: number;
  /** Heat of a fault above the oil's own temperature, K. */
  readonly faultK: number;
  /** The shown oil temperature, following with ten minutes: what the oil was then. */
  readonly oilThenC: number;
  readonly windingRiseK: number;
  readonly levelPercent: number;
  readonly fanRunning: boolean;
  readonly tripped: boolean;
  readonly started: boolean;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [size = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    size: 0.68 + 0.2 * size,
    loadPercent: 0,
    oilC: AMBIENT_C,
    faultK: 0,
    oilThenC: AMBIENT_C,
    windingRiseK: 0,
    levelPercent: 58,
    fanRunning: false,
    tripped: false,
    started: false,
    active: new Set(),
  };
}

function faultHeat(faultK: number, oilC: number, dtS: number, faults: ReadonlySet<string>): number {
  if (faults.has('oil-temperature-trip')) return approach(faultK, 98 - oilC, dtS, 20);
  if (faults.has('oil-overtemperature')) return approach(faultK, 89 - oilC, dtS, 20);
  if (faults.has('internal-heating')) return Math.min(INTERNAL_MAX_K, faultK + INTERNAL_K_PER_S * dtS);
  return approach(faultK, 0, dtS, 60);
}

const levelTarget = (faults: ReadonlySet<string>): number =>
  faults.has('oil-leak') ? 8 : faults.has('oil-overfilled') ? 97 : 58;

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 0.03, dtS, 60);
  const tripped = state.tripped || faults.has('heavy-gas');
  const wanted = faults.has('overload')
    ? 1.12
    : faults.has('fan-control-failed')
      ? 0.98
      : clamp(powerUse(nowMs) * state.size + noise, 0.05, 0.95);
  // The first step starts a machine that has been in service for hours, not a cold one.
  const lagS = state.started ? dtS : 1e6;
  const loadPercent = approach(state.loadPercent, tripped ? 0 : wanted * 100, lagS, 2);
  const heat = (loadPercent / 100) ** 1.6;
  const oilC = approach(
    state.oilC,
    AMBIENT_C + OIL_RISE_K * heat * (state.fanRunning ? FAN_SHARE : 1),
    lagS,
    OIL_TAU_S,
  );
  const faultK = faultHeat(state.faultK, oilC, dtS, faults);
  const shownC = oilC + faultK;
  const called = shownC > FAN_ON_C || (state.fanRunning && shownC > FAN_OFF_C);
  return {
    ...state,
    random,
    noise,
    loadPercent,
    oilC,
    faultK,
    oilThenC: approach(state.oilThenC, shownC, lagS, 600),
    windingRiseK: approach(state.windingRiseK, WINDING_RISE_K * heat, lagS, WINDING_TAU_S),
    levelPercent: approach(state.levelPercent, levelTarget(faults), dtS, 10),
    fanRunning: called && !faults.has('fan-fault') && !faults.has('fan-control-failed'),
    tripped: shownC > TRIP_C || faults.has('heavy-gas'),
    started: true,
    active: new Set(faults),
  };
}

function points(state: State) {
  const { active, levelPercent, loadPercent } = state;
  const oilC = state.oilC + state.faultK;
  return {
    topOilTemperature: active.has('sensor-open') ? null : oilC,
    topOilRise: active.has('sensor-open') ? null : oilC - state.oilThenC,
    windingTemperature: oilC + state.windingRiseK + (active.has('winding-overtemperature') ? 48 : 0),
    oilLevel: levelPercent,
    loadRate: loadPercent,
    fanRunning: state.fanRunning,
    fanFault: active.has('fan-fault'),
    lightGas: active.has('light-gas') || active.has('heavy-gas'),
    heavyGas: active.has('heavy-gas'),
    pressureRelief: active.has('pressure-relief'),
    oilLevelLow: levelPercent < 15,
    oilLevelHigh: levelPercent > 92,
    overTemperatureTrip: state.tripped && !active.has('heavy-gas'),
  };
}

export const oilTransformer: Plant<State> = {
  class: 'oil-transformer',
  faults: {
    'light-gas': 'gas gathers in the relay',
    'heavy-gas': 'a fault inside the tank: the gas relay trips',
    'pressure-relief': 'the pressure relief opens',
    'oil-overtemperature': 'the radiators are shut off: 89 °C oil within a minute or two',
    'oil-temperature-trip': 'the radiators are shut off: 98 °C oil, the thermometer trips',
    'winding-overtemperature': 'a hot winding under cooler oil',
    'internal-heating': 'the oil heats 18 K in ten minutes at the same load',
    'fan-control-failed': 'high load and the fans are not started',
    'fan-fault': 'the fans are blocked',
    'oil-leak': 'the oil runs out',
    'oil-overfilled': 'too much oil',
    overload: 'the load rises to 112 %',
    'sensor-open': 'the oil thermometer is disconnected',
  },
  create,
  step,
  points,
};
