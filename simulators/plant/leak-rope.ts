// Leak rope: dry, or wet at a place that the seed chooses. Without a leak the controller gives no place.
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

interface State {
  readonly lengthM: number;
  readonly placeM: number;
  readonly active: ReadonlySet<string>;
}

export const leakRope: Plant<State> = {
  class: 'leak-rope',
  faults: {
    leak: 'water reaches the rope',
    'rope-broken': 'the rope is cut',
    'controller-fault': 'the controller reports a fault of its own',
  },
  create: (seed) => {
    const [, [length = 0, place = 0]] = draws(seed, 2);
    const lengthM = 20 + Math.round(60 * length);
    return { lengthM, placeM: lengthM * place, active: new Set() };
  },
  step: (state, _dtS, _nowMs, faults) => ({ ...state, active: new Set(faults) }),
  points: ({ lengthM, placeM, active }) => ({
    leak: active.has('leak'),
    ropeBroken: active.has('rope-broken'),
    controllerFault: active.has('controller-fault'),
    leakPosition: active.has('leak') ? placeM : null,
    ropeLength: lengthM,
  }),
};
