// Plant room: the climate follows the day and the ventilation; smoke, water and gas come with faults.
import { powerUse } from './daily-curve.ts';
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

interface State {
  readonly random: number;
  readonly noise: number;
  readonly temperatureC: number;
  readonly humidityPercent: number;
  readonly oxygenPercent: number;
  readonly sf6Ppm: number;
  readonly dustUgM3: number;
  readonly active: ReadonlySet<string>;
  readonly ventilate: boolean;
}

function create(seed: number): State {
  const [random, [warmth = 0, damp = 0]] = draws(seed, 2);
  return {
    random,
    noise: 0,
    temperatureC: 23 + 3 * warmth,
    humidityPercent: 45 + 10 * damp,
    oxygenPercent: 20.9,
    sf6Ppm: 0,
    dustUgM3: 25,
    active: new Set(),
    ventilate: true,
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 180);
  const targetC = faults.has('smoke') ? 52 : faults.has('overheating') ? 44 : faults.has('frost') ? 2 : undefined;
  const gas = faults.has('sf6-leak');
  return {
    random,
    noise,
    temperatureC: approach(state.temperatureC, targetC ?? 22 + 5 * powerUse(nowMs) + noise, dtS, 15),
    humidityPercent: approach(state.humidityPercent, faults.has('damp') ? 90 : 50 + 4 * noise, dtS, 15),
    oxygenPercent: approach(state.oxygenPercent, gas || faults.has('oxygen-low') ? 18.2 : 20.9, dtS, 10),
    sf6Ppm: approach(state.sf6Ppm, gas ? 1600 : 0, dtS, 10),
    dustUgM3: approach(state.dustUgM3, faults.has('smoke') ? 600 : faults.has('dust') ? 140 : 25 + 5 * noise, dtS, 10),
    active: new Set(faults),
    ventilate: state.ventilate,
  };
}

export const roomEnvironment: Plant<State> = {
  class: 'room-environment',
  faults: {
    smoke: 'a cable smoulders: smoke, and the room warms',
    'water-on-floor': 'water on the floor',
    'sf6-leak': 'the switchgear loses its gas: 1600 ppm SF6, 18.2 % oxygen',
    'oxygen-low': 'too little oxygen: 18.2 %',
    overheating: 'the air conditioning fails: 44 °C',
    frost: 'the heating fails in winter: 2 °C',
    damp: 'the dehumidifier fails: 90 %',
    dust: 'smog outside: 140 µg/m³',
    'ventilation-fault': 'the ventilation does not start',
    'door-open': 'the door is left open',
    'sensor-open': 'the temperature sensor is disconnected',
  },
  create,
  step,
  command: (state, point, value) => (point === 'ventilationCommand' ? { ...state, ventilate: value !== 0 } : state),
  points: (state) => {
    const { active } = state;
    return {
      temperature: active.has('sensor-open') ? null : state.temperatureC,
      humidity: state.humidityPercent,
      pm25: state.dustUgM3,
      oxygen: state.oxygenPercent,
      sf6: state.sf6Ppm,
      smoke: active.has('smoke'),
      waterOnFloor: active.has('water-on-floor'),
      doorOpen: active.has('door-open'),
      ventilationCommand: state.ventilate,
      ventilationRunning: state.ventilate && !active.has('ventilation-fault'),
    };
  },
};
