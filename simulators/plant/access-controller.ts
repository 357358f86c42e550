// Door controller: people badge and pass; the door closes behind them - unless it is forced, wedged or released.
import { peopleAbout } from './daily-curve.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const OPEN_S = 5;

interface State {
  readonly random: number;
  /** Seconds the door still stands open after somebody passed. */
  readonly openS: number;
  readonly active: ReadonlySet<string>;
}

export const accessController: Plant<State> = {
  class: 'access-controller',
  faults: {
    'door-forced': 'the door is opened without a permission',
    'door-held-open': 'the door is wedged open',
    tamper: 'the housing of the controller is opened',
    duress: 'somebody enters the duress code',
    'fire-release': 'the fire panel has released the door',
    'lock-fault': 'the lock does not answer',
    'mains-lost': 'the controller runs on its battery',
  },
  create: (seed) => ({ random: seed, openS: 0, active: new Set() }),
  step: (state, dtS, nowMs, faults) => {
    const [random, [chance = 0]] = draws(state.random, 1);
    const passes = state.openS === 0 && !faults.has('lock-fault') && chance < dtS * 0.06 * peopleAbout(nowMs);
    return {
      random,
      openS: passes ? OPEN_S : Math.max(0, state.openS - dtS),
      active: new Set(faults),
    };
  },
  points: ({ openS, active }) => ({
    doorOpen: openS > 0 || active.has('door-forced') || active.has('door-held-open') || active.has('fire-release'),
    doorForced: active.has('door-forced'),
    doorHeldOpen: active.has('door-held-open'),
    tamper: active.has('tamper'),
    duress: active.has('duress'),
    fireRelease: active.has('fire-release'),
    lockFault: active.has('lock-fault'),
    mainsLost: active.has('mains-lost'),
  }),
};
