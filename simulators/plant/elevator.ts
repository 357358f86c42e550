// A lift that serves calls: doors, travel from floor to floor, passengers - and gets stuck between floors on request.
import { peopleAbout } from './daily-curve.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const LOWEST = -2;
const HIGHEST = 20;
const FLOORS_PER_S = 0.5;
const DOOR_S = 6;
/** Passengers look for the alarm button after a few seconds. */
const BUTTON_AFTER_S = 4;
/** Service modes of the city platforms for lift monitoring. */
const MODE = { stop: 0, normal: 1, inspection: 2, fireReturn: 3 } as const;
const DIRECTION = { none: 0, up: 1, down: 2 } as const;

interface State {
  readonly random: number;
  readonly position: number;
  readonly target: number;
  readonly phase: 'waiting' | 'doors' | 'travelling';
  readonly phaseS: number;
  readonly passengers: boolean;
  readonly stuckS: number | null;
  readonly mode: number;
  readonly alarmButton: boolean;
  readonly overspeed: boolean;
  readonly powerOff: boolean;
  readonly safetyOpen: boolean;
  readonly doorFault: boolean;
}

function create(seed: number): State {
  const [random, [a = 0]] = draws(seed, 1);
  return {
    random,
    position: LOWEST + Math.floor(a * (HIGHEST - LOWEST + 1)),
    target: 1,
    phase: 'waiting',
    phaseS: 0,
    passengers: false,
    stuckS: null,
    mode: MODE.normal,
    alarmButton: false,
    overspeed: false,
    powerOff: false,
    safetyOpen: false,
    doorFault: false,
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [call = 0, where = 0, who = 0]] = draws(state.random, 3);
  const powerOff = faults.has('main-power-off');
  const safetyOpen = faults.has('safety-circuit-open');
  const overspeed = faults.has('overspeed');
  const entrapped = faults.has('entrapment');
  const fireReturn = faults.has('fire-return');
  const common = {
    random,
    powerOff,
    safetyOpen,
    overspeed,
    doorFault: faults.has('door-fault'),
    mode:
      powerOff || overspeed
        ? MODE.stop
        : fireReturn
          ? MODE.fireReturn
          : faults.has('inspection')
            ? MODE.inspection
            : MODE.normal,
    alarmButton: faults.has('alarm-button'),
  };
  if (entrapped) {
    const stuckS = (state.stuckS ?? 0) + dtS;
    const position = state.stuckS === null ? betweenFloors(state.position) : state.position;
    const alarmButton = stuckS > BUTTON_AFTER_S;
    return { ...state, ...common, position, stuckS, alarmButton, phase: 'travelling', passengers: true };
  }
  if (powerOff || safetyOpen || overspeed || common.doorFault) {
    return { ...state, ...common, stuckS: null, phase: common.doorFault ? 'doors' : state.phase, phaseS: 0 };
  }
  const calls = call < dtS * (0.02 + 0.12 * peopleAbout(nowMs));
  return serve({ ...state, ...common, stuckS: null }, dtS, {
    target: fireReturn ? 1 : calls ? LOWEST + Math.floor(where * (HIGHEST - LOWEST + 1)) : null,
    passenger: who < 0.7 && !fireReturn,
  });
}

/** Halfway between the floor the car is at and the next one. */
const betweenFloors = (position: number): number => Math.min(HIGHEST - 1, Math.max(LOWEST, Math.floor(position))) + 0.5;

function serve(state: State, dtS: number, next: { target: number | null; passenger: boolean }): State {
  const phaseS = state.phaseS + dtS;
  if (state.phase === 'doors') {
    return phaseS < DOOR_S
      ? { ...state, phaseS }
      : { ...state, phase: 'waiting', phaseS: 0, passengers: next.passenger && state.target !== 1 };
  }
  if (state.phase === 'waiting') {
    if (next.target === null || next.target === Math.round(state.position))
      return { ...state, phaseS, passengers: false };
    return { ...state, phase: 'travelling', phaseS: 0, target: next.target, passengers: next.passenger };
  }
  const way = state.target - state.position;
  const stride = FLOORS_PER_S * dtS;
  if (Math.abs(way) <= stride) return { ...state, position: state.target, phase: 'doors', phaseS: 0 };
  return { ...state, phaseS, position: state.position + Math.sign(way) * stride };
}

export const elevator: Plant<State> = {
  class: 'elevator',
  faults: {
    entrapment: 'the car stops between floors with people in it',
    'alarm-button': 'the alarm button in the car is pressed',
    overspeed: 'the overspeed governor trips',
    'main-power-off': 'the main switch is off',
    'safety-circuit-open': 'the safety circuit opens',
    'door-fault': 'the door stays open',
    inspection: 'the lift is on inspection',
    'fire-return': 'the lift is recalled to the main floor',
  },
  create,
  step,
  points: (state) => {
    const stuck = state.stuckS !== null;
    const halted = stuck || state.powerOff || state.safetyOpen || state.overspeed || state.doorFault;
    const moving = state.phase === 'travelling' && !halted;
    return {
      serviceMode: state.mode,
      floor: Math.round(state.position),
      direction: !moving ? DIRECTION.none : state.target > state.position ? DIRECTION.up : DIRECTION.down,
      doorOpen: state.phase === 'doors' && !stuck,
      moving,
      passengerPresent: state.passengers,
      entrapment: stuck,
      alarmButton: state.alarmButton,
      overspeed: state.overspeed,
      outOfDoorZone: !moving && Math.abs(state.position - Math.round(state.position)) > 0.1,
      mainPowerOff: state.powerOff,
      safetyCircuitOpen: state.safetyOpen,
    };
  },
};
