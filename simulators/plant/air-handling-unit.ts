// Air handling unit on a winter day: the heating valve holds the supply air at its set-point, the rooms breathe, the
// frost thermostat stops the fan below 3 °C.
import { peopleAbout, powerUse } from './daily-curve.ts';
import { type Drive, driveCounters, driveInService, type Rating, stepDrive } from './drive.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const RATING: Rating = { currentA: 22, powerKw: 11, speedPerMin: 1450 };
const SETPOINT_C = 20;
const RATED_AIRFLOW_M3H = 18_000;
const FROST_C = 3;
const MODE = { off: 0, heating: 4, frost: 5, fire: 7 };

interface State {
  readonly random: number;
  readonly noise: number;
  readonly drive: Drive;
  readonly supplyC: number;
  readonly outsideC: number;
  readonly co2Ppm: number;
  readonly filterKpa: number;
  readonly frost: boolean;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [hours = 0, filter = 0]] = draws(seed, 2);
  return {
    random,
    noise: 0,
    drive: driveInService(RATING, 3000 + Math.round(12_000 * hours), 40),
    supplyC: SETPOINT_C,
    outsideC: 4,
    co2Ppm: 600,
    filterKpa: 0.09 + 0.06 * filter,
    frost: false,
    active: new Set(),
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 0.4, dtS, 120);
  const supplyC = approach(state.supplyC, supplyTarget(faults, noise), dtS, 10);
  // Someone on site resets it: here the end of the fault, once the coil is warm.
  const tripped = supplyC < FROST_C && !faults.has('frost-thermostat-stuck');
  const frost = tripped || (state.frost && (faults.has('freeze') || supplyC < 8));
  const on = !['fan-fault', 'not-running', 'fire-stop'].some((fault) => faults.has(fault)) && !frost;
  const duty = { on, wantedHz: 38 + 6 * powerUse(nowMs), stiff: false, hot: false };
  return {
    random,
    noise,
    drive: stepDrive(state.drive, duty, RATING, dtS),
    supplyC,
    outsideC: 4 + 3 * powerUse(nowMs) + noise,
    co2Ppm: approach(
      state.co2Ppm,
      faults.has('co2-high') ? 1500 : 450 + 400 * peopleAbout(nowMs) + 40 * noise,
      dtS,
      20,
    ),
    filterKpa: state.filterKpa,
    frost,
    active: new Set(faults),
  };
}

function supplyTarget(faults: ReadonlySet<string>, noise: number): number {
  if (faults.has('freeze') || faults.has('frost-thermostat-stuck')) return 1;
  if (faults.has('heating-valve-stuck')) return 9;
  return faults.has('valve-leaking') ? 31 : SETPOINT_C + noise;
}

function points(state: State) {
  const { drive, active } = state;
  const fanPercent = clamp(drive.frequencyHz * 2, 0, 100);
  const fireStop = active.has('fire-stop');
  const fanFault = active.has('fan-fault');
  const filterKpa = active.has('filter-dirty') ? 0.31 : state.filterKpa;
  const mode = fireStop ? MODE.fire : state.frost ? MODE.frost : fanFault ? MODE.off : MODE.heating;
  return {
    mode,
    fanCommand: !fireStop && !state.frost,
    fanRunning: drive.on,
    fanFault,
    fault: fanFault || active.has('unit-fault'),
    warning: active.has('warning'),
    autoMode: !active.has('manual-mode'),
    supplyAirTemperature: active.has('sensor-open') ? null : state.supplyC,
    supplyAirSetpoint: SETPOINT_C,
    extractAirTemperature: 22.5 + state.noise,
    outsideAirTemperature: state.outsideC,
    exhaustAirTemperature: state.outsideC + 5,
    extractHumidity: 38 + 5 * state.noise,
    co2: state.co2Ppm,
    co2Setpoint: 1000,
    supplyFanSpeed: fanPercent,
    extractFanSpeed: fanPercent * 0.95,
    supplyAirflow: (RATED_AIRFLOW_M3H * fanPercent) / 100,
    supplyAirPressure: 0.3 * (fanPercent / 100) ** 2,
    filterDifferentialPressure: filterKpa * (fanPercent / 84) ** 2,
    filterDirty: active.has('filter-dirty') || active.has('filter-due'),
    freeze: state.frost,
    fireStop,
    heatingValve: state.frost ? 100 : clamp(55 - 4 * (state.outsideC - 5), 0, 100),
    coolingValve: 0,
    outsideDamper: state.frost || fireStop ? 0 : 35,
    heatingWaterTemperature: active.has('freeze') ? 6 : 42 + state.noise,
    heatRecovery: drive.on ? 75 : 0,
    ...driveCounters(drive),
  };
}

export const airHandlingUnit: Plant<State> = {
  class: 'air-handling-unit',
  faults: {
    freeze: 'the heating water fails: the frost thermostat trips',
    'frost-thermostat-stuck': 'the heating water fails, and the frost thermostat does not trip',
    'fan-fault': 'the supply fan trips',
    'not-running': 'the fan is commanded, but does not run',
    'unit-fault': 'the controller reports a fault of its own',
    'heating-valve-stuck': 'the heating valve sticks: the supply air falls to 9 °C',
    'valve-leaking': 'the heating valve leaks: the supply air rises to 31 °C',
    'filter-dirty': 'the filter is full',
    'filter-due': 'the service interval of the filter has run out',
    'co2-high': 'too little outside air: 1500 ppm carbon dioxide',
    'fire-stop': 'the fire system stops the unit',
    warning: 'the unit asks for service',
    'manual-mode': 'the selector is left on manual',
    'sensor-open': 'the supply-air sensor is disconnected',
  },
  create,
  step,
  points,
};
