// An escalator that carries people up: full speed with passengers, a crawl without, and a stop for every safety device.
import { peopleAbout } from './daily-curve.ts';
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const RATED_M_S = 0.5;
const CRAWL_M_S = 0.2;
/** How long the escalator keeps its speed after the last passenger. */
const RIDE_S = 35;
const MODE = { stop: 0, normal: 1, inspection: 2 } as const;
const DIRECTION = { none: 0, up: 1, down: 2 } as const;

/** What stops the steps at once; the key and the mains do so too. */
const STOPS = [
  'emergency-stop',
  'safety-circuit-open',
  'unintended-reversal',
  'missing-step',
  'restart-prevented',
  'main-power-off',
  'key-stopped',
] as const;

interface State {
  readonly random: number;
  readonly speed: number;
  readonly passengersS: number;
  readonly handrail: number;
  readonly noise: number;
  readonly brakingMm: number;
  readonly motorC: number;
  readonly runS: number;
  readonly active: ReadonlySet<string>;
}

const stopped = ({ active }: State): boolean => STOPS.some((fault) => active.has(fault));

function wantedSpeed(state: State): number {
  if (stopped(state)) return 0;
  if (state.active.has('overspeed')) return RATED_M_S * 1.25;
  return state.passengersS > 0 ? RATED_M_S : CRAWL_M_S;
}

function motorTarget({ active, speed }: State): number {
  if (active.has('motor-overheated')) return 142;
  if (active.has('motor-hot')) return 120;
  return 28 + 60 * speed;
}

export const escalator: Plant<State> = {
  class: 'escalator',
  faults: {
    'emergency-stop': 'somebody presses the emergency stop',
    'safety-circuit-open': 'the comb plate switch opens the safety circuit',
    overspeed: 'the steps run a quarter too fast',
    'unintended-reversal': 'the steps reverse under load and are stopped',
    'missing-step': 'a step is missing',
    'restart-prevented': 'the brake monitoring prevents a restart',
    'handrail-slips': 'a handrail lags by 8 %',
    'handrail-stuck': 'a handrail lags by 20 %',
    'brake-worn': 'the last stop took more than a metre',
    'motor-hot': 'the motor reaches 120 °C',
    'motor-overheated': 'the motor reaches 142 °C',
    'pit-flooded': 'water stands in the pit',
    'main-power-off': 'the main switch is off',
    'key-stopped': 'the escalator is stopped by key',
    inspection: 'the escalator is on inspection',
  },
  create(seed) {
    const [random, [a = 0, b = 0]] = draws(seed, 2);
    return {
      random,
      speed: CRAWL_M_S,
      passengersS: 0,
      handrail: 0.5,
      noise: 0,
      brakingMm: 360 + Math.round(90 * a),
      motorC: 40,
      runS: (4000 + 20_000 * b) * 3600,
      active: new Set(),
    };
  },
  step(state, dtS, nowMs, faults) {
    const [random, [arrives = 0, chance = 0]] = draws(state.random, 2);
    const steps = arrives < dtS * (0.002 + 0.15 * peopleAbout(nowMs)) && !faults.has('inspection');
    const next: State = {
      ...state,
      random,
      active: new Set(faults),
      passengersS: steps ? RIDE_S : Math.max(0, state.passengersS - dtS),
      noise: wander(state.noise, chance, 0.4, dtS, 30),
    };
    const lag = faults.has('handrail-stuck') ? -20 : faults.has('handrail-slips') ? -8 : 0.5;
    const heats = faults.has('motor-hot') || faults.has('motor-overheated');
    return {
      ...next,
      speed: approach(state.speed, wantedSpeed(next), dtS, stopped(next) ? 0.5 : 2),
      handrail: approach(state.handrail, lag, dtS, 5),
      motorC: approach(state.motorC, motorTarget(next), dtS, heats || state.motorC > 100 ? 15 : 400),
      runS: state.runS + (stopped(next) ? 0 : dtS),
    };
  },
  points: (state) => {
    const { active } = state;
    const still = stopped(state);
    return {
      serviceMode: still ? MODE.stop : active.has('inspection') ? MODE.inspection : MODE.normal,
      running: !still,
      direction: still ? DIRECTION.none : DIRECTION.up,
      passengerPresent: state.passengersS > 0,
      emergencyStop: active.has('emergency-stop'),
      safetyCircuitOpen: active.has('safety-circuit-open'),
      overspeed: active.has('overspeed'),
      unintendedReversal: active.has('unintended-reversal'),
      missingStep: active.has('missing-step'),
      restartPrevented: active.has('restart-prevented'),
      mainPowerOff: active.has('main-power-off'),
      pitFlooded: active.has('pit-flooded'),
      speed: Math.max(0, state.speed),
      handrailDeviation: still ? 0 : state.handrail + state.noise,
      brakingDistance: active.has('brake-worn') ? 1180 : state.brakingMm,
      motorTemperature: state.motorC,
      runHours: state.runS / 3600,
    };
  },
};
