// Circulation pump of a heating circuit: differential pressure follows the square of the speed, the flow the speed, the
// speed the heat demand.
import { powerUse } from './daily-curve.ts';
import { type Drive, driveInService, drivePoints, faultKind, type Rating, stepDrive } from './drive.ts';
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const RATING: Rating = { currentA: 15.4, powerKw: 7.5, speedPerMin: 1450 };
const SHUT_OFF_KPA = 210;
const RATED_FLOW_M3H = 60;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly drive: Drive;
  readonly pressureKpa: number;
  readonly supplyC: number;
  readonly returnC: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [hours = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    drive: driveInService(RATING, 2000 + Math.round(9000 * hours), 40),
    pressureKpa: 130,
    supplyC: 48,
    returnC: 40,
    active: new Set(),
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1.5, dtS, 60);
  const on = !faults.has('pump-fault') && !faults.has('not-running');
  const wantedHz = faults.has('manual-mode') ? 50 : 36 + 8 * powerUse(nowMs) + noise;
  const duty = { on, wantedHz, stiff: faults.has('overload'), hot: faults.has('overheating') };
  const drive = stepDrive(state.drive, duty, RATING, dtS);
  const headKpa = faults.has('low-water') ? 8 : SHUT_OFF_KPA * (drive.frequencyHz / 50) ** 2;
  const supplyC = approach(state.supplyC, on ? 48 + noise : 25, dtS, on ? 60 : 1800);
  return {
    random,
    noise,
    drive,
    pressureKpa: approach(state.pressureKpa, headKpa, dtS, 2),
    supplyC,
    returnC: approach(state.returnC, supplyC - 8, dtS, 300),
    active: new Set(faults),
  };
}

function points({ drive, active, pressureKpa, supplyC, returnC }: State) {
  const broken = active.has('pump-fault');
  return {
    running: drive.on,
    runCommand: true,
    fault: broken,
    faultCode: faultKind(broken),
    warning: active.has('warning'),
    autoMode: !active.has('manual-mode'),
    ...drivePoints(drive, RATING),
    mediumTemperature: supplyC,
    differentialPressure: active.has('sensor-open') ? null : pressureKpa,
    head: pressureKpa / 9.81,
    flow: active.has('low-water') ? 0 : (RATED_FLOW_M3H * drive.frequencyHz) / 50,
    supplyTemperature: supplyC,
    returnTemperature: returnC,
  };
}

export const heatingCirculationPump: Plant<State> = {
  class: 'heating-circulation-pump',
  faults: {
    'pump-fault': 'the pump trips on overload',
    'not-running': 'the contactor does not pull in: commanded, but not running',
    'low-water': 'the circuit has lost its water: no differential pressure',
    overload: 'the shaft is stiff: 112 % of the rated current',
    overheating: 'the cooling fans stand still: drive 95 °C, motor 135 °C',
    warning: 'the pump asks for grease',
    'manual-mode': 'the selector is left on manual at full speed',
    'sensor-open': 'the differential-pressure sensor is disconnected',
  },
  create,
  step,
  points,
};
