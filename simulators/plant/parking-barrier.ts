// A garage entrance: cars arrive, the plate is read, the arm rises and falls - and the queue grows when something fails.
import { peopleAbout } from './daily-curve.ts';
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const READ_S = 4;
const PASS_S = 7;
const MODE = { manual: 0, automatic: 1, keptOpen: 2 } as const;
/** No car gets through by itself while one of these lasts. */
const BLOCKING = ['mains-lost', 'drive-fault', 'camera-fault', 'plate-unreadable', 'help-button'] as const;

interface State {
  readonly random: number;
  readonly phase: 'free' | 'waiting' | 'passing';
  readonly phaseS: number;
  readonly recognition: number;
  readonly cabinetC: number;
  readonly noise: number;
  readonly openingCount: number;
  readonly active: ReadonlySet<string>;
}

const standsOpen = (active: ReadonlySet<string>): boolean =>
  active.has('fire-release') || active.has('arm-held-open') || active.has('left-open');

function traffic(state: State, dtS: number, arrives: boolean): State {
  const phaseS = state.phaseS + dtS;
  const blocked = BLOCKING.some((fault) => state.active.has(fault));
  switch (state.phase) {
    case 'free':
      return arrives || blocked ? { ...state, phase: 'waiting', phaseS: 0 } : { ...state, phaseS };
    case 'waiting': {
      if (blocked || phaseS < READ_S) return { ...state, phaseS };
      const opens = standsOpen(state.active) ? 0 : 1;
      return { ...state, phase: 'passing', phaseS: 0, openingCount: state.openingCount + opens };
    }
    case 'passing':
      return phaseS < PASS_S ? { ...state, phaseS } : { ...state, phase: 'free', phaseS: 0 };
  }
}

function recognitionTarget(active: ReadonlySet<string>): number {
  if (active.has('lens-covered')) return 66;
  return active.has('lens-dirty') ? 89 : 98.6;
}

function cabinetTarget(active: ReadonlySet<string>): number {
  if (active.has('cabinet-overheated')) return 80;
  return active.has('cabinet-hot') ? 66 : 38;
}

export const parkingBarrier: Plant<State> = {
  class: 'parking-barrier',
  faults: {
    'arm-broken': 'a car knocks the arm off',
    'help-button': 'a driver presses the help button',
    'fire-release': 'the fire panel keeps the barrier open',
    'mains-lost': 'the barrier has no supply',
    'drive-fault': 'the drive fails',
    'loop-fault': 'the loop in the road is broken',
    'camera-fault': 'the plate camera fails',
    'plate-unreadable': 'a car with a covered plate stands at the barrier',
    'arm-held-open': 'the arm does not come down',
    'lens-dirty': 'a dirty lens misses one plate in nine',
    'lens-covered': 'a covered lens misses one plate in three',
    'cabinet-hot': 'the cabinet reaches 66 °C',
    'cabinet-overheated': 'the cabinet reaches 80 °C',
    'left-open': 'the barrier was left open after the rush hour',
  },
  create(seed) {
    const [random, [a = 0]] = draws(seed, 1);
    return {
      random,
      phase: 'free',
      phaseS: 0,
      recognition: 98.6,
      cabinetC: 38,
      noise: 0,
      openingCount: Math.round(400_000 * a),
      active: new Set(),
    };
  },
  step(state, dtS, nowMs, faults) {
    const [random, [arrives = 0, chance = 0]] = draws(state.random, 2);
    const active = new Set(faults);
    return {
      ...traffic({ ...state, active }, dtS, arrives < dtS * (0.001 + 0.03 * peopleAbout(nowMs))),
      random,
      recognition: approach(state.recognition, recognitionTarget(active), dtS, 10),
      cabinetC: approach(state.cabinetC, cabinetTarget(active), dtS, 15),
      noise: wander(state.noise, chance, 0.8, dtS, 600),
    };
  },
  points: (state) => {
    const { active, phase, phaseS } = state;
    return {
      operatingMode: active.has('left-open') ? MODE.keptOpen : MODE.automatic,
      armUp: phase === 'passing' || standsOpen(active),
      vehiclePresent: phase !== 'free' && !active.has('loop-fault'),
      armOff: active.has('arm-broken'),
      armHeldOpen: active.has('arm-held-open') || active.has('fire-release') || active.has('left-open'),
      driveFault: active.has('drive-fault'),
      loopFault: active.has('loop-fault'),
      cameraFault: active.has('camera-fault'),
      helpButton: active.has('help-button'),
      fireRelease: active.has('fire-release'),
      mainsLost: active.has('mains-lost'),
      waitingTime: phase === 'waiting' ? Math.min(7200, Math.floor(phaseS)) : 0,
      recognitionShare: Math.min(100, state.recognition + state.noise),
      cabinetTemperature: state.cabinetC + state.noise,
      openingCount: state.openingCount,
    };
  },
};
