// Gas detector with shut-off valve and fan: at the high step (50 %LEL) it shuts the valve, at the low step (20 %LEL) it
// starts the fan. With valve and fan acting the gas falls again; a stuck valve keeps it high.
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const LOW_LEL = 20;
const HIGH_LEL = 50;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly gasLel: number;
  readonly coPpm: number;
  /** The controller holds the valve shut until the leak has been found. */
  readonly shut: boolean;
  readonly fan: boolean;
  readonly active: ReadonlySet<string>;
}

function gasTarget(faults: ReadonlySet<string>, noise: number): number {
  if (faults.has('gas-high') || faults.has('valve-stuck')) return 68;
  return faults.has('gas-low') ? 32 : 1 + noise;
}

export const gasDetector: Plant<State> = {
  class: 'gas-detector',
  faults: {
    'gas-low': 'a joint leaks: 32 %LEL',
    'gas-high': 'a pipe breaks: 68 %LEL, the valve shuts, the fan starts',
    'valve-stuck': 'a pipe breaks and the shut-off valve does not close',
    'fan-stuck': 'the emergency fan does not start when it is needed',
    'co-high': 'the flue is blocked: 120 ppm carbon monoxide',
    'detector-fault': 'the sensor is disconnected',
    'end-of-life': 'the detector has reached its years of service',
  },
  create: (seed) => ({ random: seed, noise: 0, gasLel: 1, coPpm: 3, shut: false, fan: false, active: new Set() }),
  step: (state, dtS, _nowMs, faults) => {
    const [random, [chance = 0]] = draws(state.random, 1);
    const noise = wander(state.noise, chance, 0.8, dtS, 60);
    const gasLel = approach(state.gasLel, gasTarget(faults, noise), dtS, 4);
    return {
      random,
      noise,
      gasLel: clamp(gasLel, 0, 100),
      coPpm: approach(state.coPpm, faults.has('co-high') ? 120 : 4 + noise, dtS, 8),
      shut: gasLel > HIGH_LEL || (state.shut && gasLel > LOW_LEL / 2),
      fan: gasLel > LOW_LEL || (state.fan && gasLel > LOW_LEL / 2) || faults.has('fan-stuck') || faults.has('co-high'),
      active: new Set(faults),
    };
  },
  points: ({ active, gasLel, coPpm, shut, fan }) => ({
    methane: active.has('detector-fault') ? null : gasLel,
    carbonMonoxide: coPpm,
    valveCommand: shut,
    valveClosed: shut && !active.has('valve-stuck'),
    fanCommand: fan,
    fanRunning: fan && !active.has('fan-stuck'),
    detectorFault: active.has('detector-fault'),
    endOfLife: active.has('end-of-life'),
  }),
};
