// Drinking-water analyser: chlorine, turbidity and pH wander about good values; every fault moves one of them.
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

interface State {
  readonly random: number;
  readonly noise: number;
  readonly chlorineMgL: number;
  readonly turbidityNtu: number;
  readonly ph: number;
  readonly waterC: number;
  readonly active: ReadonlySet<string>;
}

export const waterQuality: Plant<State> = {
  class: 'water-quality',
  faults: {
    'chlorine-low': 'the disinfection fails: 0.02 mg/L residual chlorine',
    'turbidity-high': 'sediment is stirred up: 2.4 NTU',
    'ph-low': 'wrong dosing: pH 5.8',
    'ph-high': 'wrong dosing: pH 9.1',
    'sample-flow-lost': 'no sample water reaches the analyser',
    'sensor-fault': 'the chlorine electrode is broken',
  },
  create: (seed) => {
    const [random, [chlorine = 0, ph = 0]] = draws(seed, 2);
    const [chlorineMgL, waterC] = [0.3 + 0.1 * chlorine, 14 + 2 * ph];
    return { random, noise: 0, chlorineMgL, turbidityNtu: 0.3, ph: 7.2 + 0.3 * ph, waterC, active: new Set() };
  },
  step: (state, dtS, _nowMs, faults) => {
    const [random, [chance = 0]] = draws(state.random, 1);
    const noise = wander(state.noise, chance, 1, dtS, 120);
    const ph = faults.has('ph-low') ? 5.8 : faults.has('ph-high') ? 9.1 : 7.3 + 0.1 * noise;
    return {
      random,
      noise,
      chlorineMgL: approach(state.chlorineMgL, faults.has('chlorine-low') ? 0.02 : 0.35 + 0.05 * noise, dtS, 6),
      turbidityNtu: approach(state.turbidityNtu, faults.has('turbidity-high') ? 2.4 : 0.3 + 0.05 * noise, dtS, 6),
      ph: approach(state.ph, ph, dtS, 6),
      waterC: state.waterC,
      active: new Set(faults),
    };
  },
  points: ({ chlorineMgL, turbidityNtu, ph, waterC, active }) => ({
    residualChlorine: active.has('sensor-fault') ? null : chlorineMgL,
    turbidity: turbidityNtu,
    ph,
    waterTemperature: waterC,
    sampleFlowLost: active.has('sample-flow-lost'),
    sensorFault: active.has('sensor-fault'),
  }),
};
