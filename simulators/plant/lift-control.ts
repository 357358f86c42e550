// Lift access control: people show their cards in the car; a fire signal opens every floor, unless the line is broken.
import { peopleAbout } from './daily-curve.ts';
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const FLOAT_V = 13.6;
const LOADED_V = 12.4;
const MODE = { permission: 0, open: 1, locked: 2 } as const;
/** The lobby and the garage are open to everybody. */
const PUBLIC_FLOORS = 2;
const FLOORS = 22;
/** Cards are admitted all day; a few are refused because they are for other floors. */
const CARDS_PER_S = 0.05;
const RELEASE_S = 2;

interface State {
  readonly random: number;
  readonly fireS: number;
  readonly voltage: number;
  readonly noise: number;
  readonly accessCount: number;
  readonly active: ReadonlySet<string>;
}

export const liftControl: Plant<State> = {
  class: 'lift-control',
  faults: {
    fire: 'the fire panel gives its signal and the floors are released',
    'release-failed': 'the fire panel gives its signal and the floors stay restricted',
    'released-without-fire': 'the floors are released although there is no fire signal',
    'all-floors-locked': 'every floor is locked by mistake',
    'left-open': 'every floor was left open after a move',
    'reader-fault': 'the reader in the car fails',
    'output-fault': 'a relay of the floor outputs is welded',
    tamper: 'the housing is opened',
    'mains-lost': 'the controller runs on its battery',
    'battery-weak': 'the battery has aged',
    'battery-empty': 'the battery is nearly empty',
    'cards-tried': 'somebody tries one card after the other',
    'clock-wrong': 'the clock has drifted by three minutes',
  },
  create(seed) {
    const [random, [a = 0]] = draws(seed, 1);
    return {
      random,
      fireS: 0,
      voltage: FLOAT_V,
      noise: 0,
      accessCount: Math.round(100_000 * a),
      active: new Set(),
    };
  },
  step(state, dtS, nowMs, faults) {
    const [random, [card = 0, chance = 0]] = draws(state.random, 2);
    const active = new Set(faults);
    const admitted = !active.has('reader-fault') && card < dtS * CARDS_PER_S * peopleAbout(nowMs);
    const wanted = active.has('battery-empty')
      ? 10.6
      : active.has('battery-weak')
        ? 11.2
        : active.has('mains-lost')
          ? LOADED_V
          : FLOAT_V;
    return {
      random,
      active,
      fireS: active.has('fire') || active.has('release-failed') ? state.fireS + dtS : 0,
      voltage: approach(state.voltage, wanted, dtS, 6),
      noise: wander(state.noise, chance, 0.05, dtS, 60),
      accessCount: state.accessCount + (admitted ? 1 : 0),
    };
  },
  points: ({ active, fireS, voltage, noise, accessCount }) => {
    const released = (fireS >= RELEASE_S && !active.has('release-failed')) || active.has('released-without-fire');
    const mode = active.has('all-floors-locked') ? MODE.locked : active.has('left-open') ? MODE.open : MODE.permission;
    return {
      controlMode: mode,
      fireInput: fireS > 0,
      fireReleased: released,
      readerFault: active.has('reader-fault'),
      outputFault: active.has('output-fault'),
      tamper: active.has('tamper'),
      mainsLost: active.has('mains-lost'),
      batteryVoltage: voltage + noise,
      deniedPerHour: active.has('cards-tried') ? 34 : Math.round(3 + 20 * noise),
      clockDeviation: active.has('clock-wrong') ? 185 : Math.round(2 + 10 * noise),
      openFloorCount: released || mode === MODE.open ? FLOORS : mode === MODE.locked ? 0 : PUBLIC_FLOORS,
      accessCount,
    };
  },
};
