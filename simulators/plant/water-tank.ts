// Domestic-water tank: people draw from it, an inlet valve fills it between two levels, floats back the level sensor.
import { waterUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const FILL_BELOW_PERCENT = 65;
const FILL_TO_PERCENT = 88;
const IN_PERCENT_S = 0.03;
const MOST_OUT_PERCENT_S = 0.018;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly levelPercent: number;
  readonly filling: boolean;
  readonly waterC: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [level = 0, warmth = 0]] = draws(seed, 2);
  const levelPercent = 62 + 24 * level;
  return { random, noise: 0, levelPercent, filling: false, waterC: 12 + 4 * warmth, active: new Set() };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 0.1, dtS, 40);
  const filling = state.levelPercent < (state.filling ? FILL_TO_PERCENT : FILL_BELOW_PERCENT);
  const outPercentS = MOST_OUT_PERCENT_S * clamp(waterUse(nowMs) + noise, 0, 1);
  // A nearly empty tank is filled through the wide bypass as soon as the fault has gone.
  const inPercentS = filling ? (state.levelPercent < 35 ? 1 : IN_PERCENT_S) : 0;
  const level = faults.has('tank-empty')
    ? approach(state.levelPercent, 3, dtS, 2)
    : faults.has('overflow')
      ? approach(state.levelPercent, 99, dtS, 3)
      : state.levelPercent + (inPercentS - outPercentS) * dtS;
  return {
    random,
    noise,
    // After an overflow the surplus runs off through the overflow pipe.
    levelPercent: clamp(!faults.has('overflow') && level > 92 ? approach(level, 90, dtS, 5) : level, 0, 100),
    filling,
    waterC: approach(state.waterC, faults.has('frost') ? 1.5 : 14, dtS, faults.has('frost') ? 10 : 600),
    active: new Set(faults),
  };
}

function points({ levelPercent, filling, waterC, active }: State) {
  const overflow = levelPercent > 97;
  const commanded = active.has('inlet-valve-stuck') ? true : filling;
  return {
    level: active.has('sensor-open') ? null : levelPercent,
    waterTemperature: waterC,
    highLevelFloat: overflow,
    lowLevelFloat: levelPercent < 8,
    inletValveCommand: commanded,
    inletValveOpen: active.has('inlet-valve-stuck') ? false : filling || overflow,
    hatchOpen: active.has('hatch-open'),
    disinfectorFault: active.has('disinfector-fault'),
  };
}

export const waterTank: Plant<State> = {
  class: 'water-tank',
  faults: {
    'tank-empty': 'the mains are off: the tank runs empty',
    overflow: 'the inlet valve does not close',
    'inlet-valve-stuck': 'the inlet valve stays shut against its command',
    'hatch-open': 'somebody opens the hatch',
    frost: 'the water cools to 1.5 °C',
    'disinfector-fault': 'the UV lamp has failed',
    'sensor-open': 'the level sensor is disconnected',
  },
  create,
  step,
  points,
};
