// Heat exchanger of a substation: the valve holds the weather-compensated secondary supply temperature; without
// circulation the water cools, with a stuck valve it boils up until the protection trips.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const TRIP_C = 92;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly primaryC: number;
  readonly supplyC: number;
  readonly returnC: number;
  readonly outsideC: number;
  readonly pressureMpa: number;
  readonly tripped: boolean;
  readonly energyKwh: number;
  readonly active: ReadonlySet<string>;
}

const setpointAt = (outsideC: number): number => clamp(52 - 0.8 * outsideC, 35, 75);

function create(seed: number): State {
  const [random, [energy = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    primaryC: 95,
    supplyC: 49,
    returnC: 40,
    outsideC: 4,
    pressureMpa: 0.35,
    tripped: false,
    energyKwh: Math.round(100_000 + 900_000 * energy),
    active: new Set(),
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 0.5, dtS, 120);
  const outsideC = 2 + 4 * powerUse(nowMs) + noise;
  const lost = faults.has('primary-lost');
  const tripped = state.supplyC > TRIP_C || (state.tripped && faults.has('valve-stuck-open'));
  const circulating = !faults.has('pump-stopped');
  const frozen = faults.has('frost');
  const supplyTarget = frozen
    ? 6
    : faults.has('valve-stuck-open')
      ? 98
      : faults.has('valve-leaking')
        ? 88
        : lost
          ? 30
          : setpointAt(outsideC) + noise;
  const fast =
    frozen || faults.has('valve-stuck-open') || faults.has('valve-leaking') ? 15 : lost || !circulating ? 200 : 20;
  const supplyC = approach(state.supplyC, circulating ? supplyTarget : 30, dtS, fast);
  const pressureMpa = faults.has('pressure-low') ? 0.08 : faults.has('pressure-high') ? 0.72 : 0.35 + 0.004 * noise;
  return {
    random,
    noise,
    outsideC,
    primaryC: approach(state.primaryC, lost ? 40 : 95 + 2 * noise, dtS, lost ? 15 : 30),
    supplyC,
    returnC: approach(state.returnC, frozen ? 5 : Math.max(supplyC - 9, 20), dtS, frozen ? 10 : 120),
    pressureMpa: approach(state.pressureMpa, pressureMpa, dtS, 4),
    tripped,
    energyKwh: state.energyKwh + (heatKw(state) * dtS) / 3600,
    active: new Set(faults),
  };
}

const heatKw = (state: State): number =>
  state.active.has('pump-stopped') || state.tripped ? 0 : 45 * clamp(state.supplyC - state.returnC, 0, 60);

function points(state: State) {
  const { active } = state;
  return {
    primarySupplyTemperature: state.primaryC,
    primaryReturnTemperature: Math.max(state.returnC + 6, 0),
    secondarySupplyTemperature: active.has('sensor-open') ? null : state.supplyC,
    secondaryReturnTemperature: state.returnC,
    secondarySetpoint: setpointAt(state.outsideC),
    outsideTemperature: state.outsideC,
    primaryPressure: 0.8,
    secondaryPressure: state.pressureMpa,
    valvePosition: state.tripped ? 0 : active.has('valve-stuck-open') || active.has('primary-lost') ? 100 : 46,
    heatPower: heatKw(state),
    pumpRunning: !active.has('pump-stopped'),
    safetyStop: state.tripped,
    heatEnergy: state.energyKwh,
  };
}

export const heatExchanger: Plant<State> = {
  class: 'heat-exchanger',
  faults: {
    'valve-stuck-open': 'the valve sticks open: the supply rises until the protection trips',
    'valve-leaking': 'the valve does not close: the supply rises to 88 °C, below the protection',
    'primary-lost': 'the heat supplier stops',
    'pump-stopped': 'no circulation',
    'pressure-low': 'the circuit loses water: 0.08 MPa',
    'pressure-high': 'the make-up does not stop: 0.72 MPa',
    frost: 'the circuit cools to 5 °C',
    'sensor-open': 'the secondary supply sensor is disconnected',
  },
  create,
  step,
  points,
};
