// Fan coil of a room: its valve holds the room at the set-point as long as there is hot or cold water.
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const HEATING = 2;
const MEDIUM = 2;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly setpointC: number;
  readonly roomC: number;
  readonly active: ReadonlySet<string>;
}

/** Where the room drifts to under each fault, °C. */
const DRIFT: Readonly<Record<string, number>> = { frost: 3, 'room-cold': 15, 'window-open': 16, 'room-hot': 29 };

export const fanCoil: Plant<State> = {
  class: 'fan-coil',
  faults: {
    'room-cold': 'no hot water: the room cools to 15 °C',
    'room-hot': 'the valve sticks open: the room warms to 29 °C',
    frost: 'no heat and an open window in frost: 3 °C',
    'window-open': 'somebody leaves the window open',
    'drain-overflow': 'the condensate drain is blocked',
    'sensor-open': 'the room sensor is disconnected',
    off: 'somebody switches the fan coil off',
  },
  create: (seed) => {
    const [random, [wish = 0]] = draws(seed, 1);
    const setpointC = 20 + Math.round(4 * wish);
    return { random, noise: 0, setpointC, roomC: setpointC, active: new Set() };
  },
  step: (state, dtS, _nowMs, faults) => {
    const [random, [chance = 0]] = draws(state.random, 1);
    const noise = wander(state.noise, chance, 0.4, dtS, 180);
    const drift = Object.keys(DRIFT).find((fault) => faults.has(fault));
    const targetC = drift === undefined ? state.setpointC + noise : (DRIFT[drift] ?? state.setpointC);
    return { ...state, random, noise, roomC: approach(state.roomC, targetC, dtS, 15), active: new Set(faults) };
  },
  points: ({ active, roomC, setpointC }) => {
    const running = !active.has('off');
    return {
      running,
      mode: HEATING,
      fanSpeed: running ? MEDIUM : 0,
      roomTemperature: active.has('sensor-open') ? null : roomC,
      roomSetpoint: setpointC,
      valvePosition: running ? clamp(40 + 30 * (setpointC - roomC), 0, 100) : 0,
      windowOpen: active.has('window-open') || active.has('frost'),
      drainOverflow: active.has('drain-overflow'),
      sensorFault: active.has('sensor-open'),
    };
  },
};
