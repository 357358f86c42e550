// Heating network of a site: pressures, make-up water and the coldest sampled room. A burst riser shows as make-up flow
// and falling pressure.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const CIRCULATION_MPA = 0.14;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly supplyC: number;
  readonly returnC: number;
  readonly returnMpa: number;
  readonly makeUpM3h: number;
  readonly makeUpRunS: number;
  readonly makeUpM3: number;
  readonly roomC: number;
  readonly outsideC: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [room = 0, volume = 0]] = draws(seed, 2);
  return {
    random,
    noise: 0,
    supplyC: 48,
    returnC: 40,
    returnMpa: 0.32,
    makeUpM3h: 0,
    makeUpRunS: 0,
    makeUpM3: Math.round(200 + 800 * volume),
    roomC: 19.5 + room,
    outsideC: 4,
    active: new Set(),
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 0.5, dtS, 120);
  const burst = faults.has('burst-riser');
  const pumping = !faults.has('make-up-pump-fault') && (burst || faults.has('slow-leak'));
  const makeUpM3h = approach(state.makeUpM3h, pumping ? (burst ? 6 : 0.6) : 0, dtS, 2);
  const falling = burst || faults.has('make-up-pump-fault') || faults.has('mains-off');
  const returnMpa = faults.has('pressure-high') ? 0.6 : 0.32 + 0.004 * noise - (falling ? 0.2 : 0);
  const supplyC = approach(
    state.supplyC,
    faults.has('heat-lost') ? 4 : 48 + noise,
    dtS,
    faults.has('heat-lost') ? 12 : 60,
  );
  const cold = faults.has('cold-room');
  return {
    random,
    noise,
    supplyC,
    returnC: approach(state.returnC, faults.has('heat-lost') ? 4 : supplyC - 8, dtS, faults.has('heat-lost') ? 12 : 60),
    returnMpa: approach(state.returnMpa, returnMpa, dtS, 6),
    makeUpM3h,
    // A leak has been there for a while when somebody sees it.
    makeUpRunS: pumping ? Math.max(state.makeUpRunS, faults.has('slow-leak') ? 2400 : 0) + dtS : 0,
    makeUpM3: state.makeUpM3 + (makeUpM3h * dtS) / 3600,
    roomC: approach(state.roomC, cold ? 14 : 20 + noise, dtS, cold ? 15 : 300),
    outsideC: 2 + 4 * powerUse(nowMs) + noise,
    active: new Set(faults),
  };
}

function points(state: State) {
  const { active } = state;
  return {
    supplyTemperature: state.supplyC,
    returnTemperature: state.returnC,
    supplyPressure: state.returnMpa + CIRCULATION_MPA,
    returnPressure: active.has('sensor-open') ? null : state.returnMpa,
    makeUpFlow: state.makeUpM3h,
    makeUpRunTime: clamp(state.makeUpRunS / 60, 0, 1440),
    makeUpPumpRunning: state.makeUpRunS > 0,
    makeUpPumpFault: active.has('make-up-pump-fault'),
    roomTemperature: state.roomC,
    outsideTemperature: state.outsideC,
    leakDetected: active.has('burst-riser'),
    makeUpVolume: state.makeUpM3,
  };
}

export const heatNetwork: Plant<State> = {
  class: 'heat-network',
  faults: {
    'burst-riser': 'a riser bursts: 6 m³/h make-up, the pressure falls',
    'slow-leak': 'a joint leaks: the make-up pump does not stop',
    'make-up-pump-fault': 'the make-up pump trips, the pressure falls',
    'mains-off': 'the make-up pump has no water, the pressure falls',
    'pressure-high': 'the make-up does not stop: 0.6 MPa',
    'heat-lost': 'the heat source fails in hard frost',
    'cold-room': 'a flat at the far end cools to 14 °C',
    'sensor-open': 'the static-pressure sensor is disconnected',
  },
  create,
  step,
  points,
};
