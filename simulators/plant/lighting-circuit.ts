// Public lighting: a contactor follows the schedule, the lamps warm up, and some of them stay dark on request.
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

/** The corridor is lit from 06:30 to 23:30 in China Standard Time; what is lit later is the emergency lighting's. */
const FROM_H = 6.5;
const TO_H = 23.5;
const FULL_LX = 120;
const FULL_KW = 4.2;
const IDLE_MA = 35;

interface State {
  readonly random: number;
  readonly scheduleOn: boolean;
  /** What was commanded from afar; holds until the schedule's next change. */
  readonly override: boolean | null;
  /** What the schedule said last. */
  readonly scheduled: boolean | null;
  readonly lightsOn: boolean;
  readonly manual: boolean;
  readonly supplyLost: boolean;
  readonly tripped: boolean;
  /** Share of the lamps that light when the circuit is healthy, and now, 0..1. */
  readonly ownShare: number;
  readonly share: number;
  readonly weak: boolean;
  /** Light of the lamps that burn, 0..1; drivers need a second to come up. */
  readonly glow: number;
  readonly leakMa: number;
  readonly noise: number;
  readonly runS: number;
}

function scheduled(nowMs: number): boolean {
  const hour = (((nowMs / 3_600_000 + 8) % 24) + 24) % 24;
  return hour >= FROM_H && hour < TO_H;
}

const shareWith = (faults: ReadonlySet<string>, own: number): number =>
  faults.has('half-dark') ? 0.55 : faults.has('lamps-failed') ? 0.9 : own;

export const lightingCircuit: Plant<State> = {
  class: 'lighting-circuit',
  faults: {
    'supply-lost': 'the circuit has no supply',
    'breaker-tripped': 'the breaker of the circuit trips',
    'contactor-fault': 'the contactor stands the other way round than commanded',
    'lamps-failed': 'every tenth lamp is dark',
    'half-dark': 'nearly half of the lamps are dark',
    'lamps-weak': 'all lamps burn with a fifth of their light',
    'insulation-low': 'water in a lamp leaks 380 mA to earth',
    'earth-fault': 'a damaged cable leaks 650 mA to earth',
    'left-in-manual': 'the switch is left in manual',
  },
  create(seed) {
    const [random, [a = 0, b = 0]] = draws(seed, 2);
    const ownShare = 0.975 + 0.025 * a;
    return {
      random,
      scheduleOn: false,
      override: null,
      scheduled: null,
      lightsOn: false,
      manual: false,
      supplyLost: false,
      tripped: false,
      ownShare,
      share: ownShare,
      weak: false,
      glow: 0,
      leakMa: IDLE_MA,
      noise: 0,
      runS: (2000 + 9000 * b) * 3600,
    };
  },
  step(state, dtS, nowMs, faults) {
    const [random, [chance = 0]] = draws(state.random, 1);
    const schedule = scheduled(nowMs);
    const override = state.scheduled === null || state.scheduled === schedule ? state.override : null;
    const scheduleOn = override ?? schedule;
    const supplyLost = faults.has('supply-lost');
    const tripped = faults.has('breaker-tripped');
    const closed = scheduleOn !== faults.has('contactor-fault');
    const lightsOn = closed && !supplyLost && !tripped;
    const leak = faults.has('earth-fault') ? 650 : faults.has('insulation-low') ? 380 : IDLE_MA;
    return {
      ...state,
      random,
      scheduleOn,
      override,
      scheduled: schedule,
      lightsOn,
      manual: faults.has('left-in-manual'),
      supplyLost,
      tripped,
      share: shareWith(faults, state.ownShare),
      weak: faults.has('lamps-weak'),
      glow: approach(state.glow, lightsOn ? 1 : 0, dtS, lightsOn ? 2 : 0.3),
      leakMa: approach(state.leakMa, supplyLost || tripped ? 0 : leak, dtS, 3),
      noise: wander(state.noise, chance, 0.02, dtS, 60),
      runS: state.runS + (lightsOn ? dtS : 0),
    };
  },
  command: (state, point, value) => (point === 'scheduleOn' ? { ...state, override: value !== 0 } : state),
  points: (state) => {
    const light = state.glow * state.share * (1 + state.noise);
    return {
      scheduleOn: state.scheduleOn,
      lightsOn: state.lightsOn,
      autoMode: !state.manual,
      supplyLost: state.supplyLost,
      breakerTripped: state.tripped,
      litShare: state.lightsOn ? 100 * state.share : 0,
      illuminance: FULL_LX * light * (state.weak ? 0.2 : 1),
      power: FULL_KW * light * (state.weak ? 0.8 : 1),
      residualCurrent: clamp(state.leakMa * (1 + state.noise), 0, 3000),
      runHours: state.runS / 3600,
    };
  },
};
