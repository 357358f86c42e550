// Dry-type transformer with its temperature controller: three windings heat with the square of the load, the core with
// the voltage; the fan starts at 90 °C and stops at 80 °C (class F practice).
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const AMBIENT_C = 28;
/** Rise at full load in natural cooling, K, and what the fan leaves of it. */
const RATED_RISE_K = 88;
const FAN_SHARE = 0.7;
const WINDING_TAU_S = 1200;
const CORE_TAU_S = 3000;
const FAN_ON_C = 90;
const FAN_OFF_C = 80;
const ALARM_C = 130;
const TRIP_C = 150;
/** A local hot spot under the sensor: far above the alarm, safely below the trip. */
const HOT_SPOT_C = 139;
const TRIP_SPOT_C = 156;

type Triple = readonly [number, number, number];

interface State {
  readonly random: number;
  readonly loadNoise: number;
  /** Every machine is loaded a little differently. */
  readonly size: number;
  readonly phaseShare: Triple;
  readonly loadPercent: number;
  readonly windingC: Triple;
  /** Temperature of the hot spot on phase B above its winding, K. */
  readonly spotK: number;
  readonly coreC: number;
  readonly fanCalled: boolean;
  readonly fanRunning: boolean;
  readonly fanFault: boolean;
  readonly sensorOpen: boolean;
  readonly tripped: boolean;
  readonly doorOpen: boolean;
  readonly started: boolean;
}

function create(seed: number): State {
  const [random, [a = 0, b = 0, c = 0, d = 0]] = draws(seed, 4);
  return {
    random,
    loadNoise: 0,
    size: 0.62 + 0.2 * a,
    phaseShare: [0.97 + 0.06 * b, 0.97 + 0.06 * c, 0.97 + 0.06 * d],
    loadPercent: 0,
    windingC: [AMBIENT_C, AMBIENT_C, AMBIENT_C],
    spotK: 0,
    coreC: 52,
    fanCalled: false,
    fanRunning: false,
    fanFault: false,
    sensorOpen: false,
    tripped: false,
    doorOpen: false,
    started: false,
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const loadNoise = wander(state.loadNoise, chance, 0.04, dtS, 60);
  const wanted = faults.has('overload') ? 1.08 : clamp(powerUse(nowMs) * state.size + loadNoise, 0.05, 1);
  const lost = faults.has('phase-loss');
  const loadPercent = approach(state.loadPercent, (lost ? wanted * 0.66 : wanted) * 100, state.started ? dtS : 1e6, 2);
  const fanFault = faults.has('fan-fault');
  const rise = RATED_RISE_K * (loadPercent / 100) ** 1.6 * (state.fanRunning ? FAN_SHARE : 1);
  // The first step starts a machine that has been in service for hours, not a cold one.
  const heat = (value: number, phase: 0 | 1 | 2): number =>
    approach(
      value,
      AMBIENT_C + rise * state.phaseShare[phase] * (lost && phase === 1 ? 0.2 : 1),
      state.started ? dtS : 1e6,
      WINDING_TAU_S,
    );
  const windingC: Triple = [heat(state.windingC[0], 0), heat(state.windingC[1], 1), heat(state.windingC[2], 2)];
  const spotTargetC = faults.has('overtemperature-trip')
    ? TRIP_SPOT_C
    : faults.has('winding-overtemperature')
      ? HOT_SPOT_C
      : 0;
  const spotK = approach(state.spotK, Math.max(0, spotTargetC - windingC[1]), dtS, 0.05);
  const hottestC = Math.max(windingC[0], windingC[1] + spotK, windingC[2]);
  const fanCalled = hottestC > FAN_ON_C || (state.fanCalled && hottestC > FAN_OFF_C);
  return {
    ...state,
    random,
    loadNoise,
    loadPercent: clamp(loadPercent, 0, 150),
    windingC,
    spotK,
    coreC: approach(state.coreC, AMBIENT_C + 26 + 8 * (loadPercent / 100), dtS, CORE_TAU_S),
    fanCalled,
    fanRunning: fanCalled && !fanFault,
    fanFault,
    sensorOpen: faults.has('sensor-open'),
    tripped: hottestC > TRIP_C,
    doorOpen: faults.has('door-open'),
    started: true,
  };
}

function points(state: State): Record<string, number | boolean | null> {
  const [a, b, c] = [state.windingC[0], state.windingC[1] + state.spotK, state.windingC[2]];
  // The controller leaves an open sensor out of its maximum.
  const hottestC = state.sensorOpen ? Math.max(a, b) : Math.max(a, b, c);
  return {
    windingTemperatureA: a,
    windingTemperatureB: b,
    windingTemperatureC: state.sensorOpen ? null : c,
    windingTemperatureMax: hottestC,
    coreTemperature: state.coreC,
    loadRate: state.loadPercent,
    fanRunning: state.fanRunning,
    fanFault: state.fanFault,
    sensorFault: state.sensorOpen,
    overTemperatureAlarm: hottestC > ALARM_C,
    overTemperatureTrip: state.tripped,
    doorOpen: state.doorOpen,
  };
}

export const dryTypeTransformer: Plant<State> = {
  class: 'dry-type-transformer',
  faults: {
    'winding-overtemperature': 'a hot spot on winding B: 139 °C at once',
    'overtemperature-trip': 'a hot spot on winding B beyond the trip limit: 156 °C',
    'fan-fault': 'the cooling fan does not run',
    'sensor-open': 'the Pt100 of winding C is disconnected',
    'phase-loss': 'phase B is lost',
    overload: 'the load rises to 108 %',
    'door-open': 'the enclosure door is opened under voltage',
  },
  create,
  step,
  points,
};
