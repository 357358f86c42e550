// Garage fan: cars bring carbon monoxide, the fan follows it; in fire mode it runs at full speed whatever the command.
import { peopleAbout } from './daily-curve.ts';
import { type Drive, driveInService, drivePoints, faultKind, type Rating, stepDrive } from './drive.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const RATING: Rating = { currentA: 11.3, powerKw: 5.5, speedPerMin: 960 };
const RATED_AIRFLOW_M3H = 11_000;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly drive: Drive;
  readonly airflowM3h: number;
  readonly coPpm: number;
  readonly active: ReadonlySet<string>;
  /** Commanded from afar. */
  readonly runCommand: boolean;
  /** null: follows the carbon monoxide. */
  readonly setpointHz: number | null;
}

function create(seed: number): State {
  const [random, [hours = 0]] = draws(seed, 1);
  const drive = driveInService(RATING, 1000 + Math.round(6000 * hours), 42);
  return {
    random,
    noise: 0,
    drive,
    airflowM3h: 9200,
    coPpm: 10,
    active: new Set(),
    runCommand: true,
    setpointHz: null,
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 4, dtS, 90);
  const fire = faults.has('fire-mode');
  const on = !faults.has('fan-fault') && !faults.has('not-running') && (state.runCommand || fire);
  const wantedHz = fire ? 50 : (state.setpointHz ?? clamp(40 + (state.coPpm - 10) / 2, 40, 50));
  const duty = { on, wantedHz, stiff: faults.has('overload'), hot: faults.has('overheating') };
  const drive = stepDrive(state.drive, duty, RATING, dtS);
  const airflowM3h = ((RATED_AIRFLOW_M3H * drive.frequencyHz) / 50) * (faults.has('damper-shut') ? 0.3 : 1);
  const coPpm = faults.has('co-high') ? 110 : 8 + 16 * peopleAbout(nowMs) + noise;
  return {
    ...state,
    random,
    noise,
    drive,
    airflowM3h: approach(state.airflowM3h, airflowM3h, dtS, 2),
    coPpm: approach(state.coPpm, clamp(coPpm, 0, 400), dtS, 8),
    active: new Set(faults),
  };
}

function command(state: State, point: string, value: number): State {
  if (point === 'runCommand') return { ...state, runCommand: value !== 0 };
  return point === 'frequencySetpoint' ? { ...state, setpointHz: value } : state;
}

function points({ drive, active, airflowM3h, coPpm, runCommand }: State) {
  const broken = active.has('fan-fault');
  return {
    running: drive.on,
    runCommand,
    fault: broken,
    faultCode: faultKind(broken),
    warning: active.has('warning'),
    autoMode: !active.has('manual-mode'),
    fireMode: active.has('fire-mode'),
    ...drivePoints(drive, RATING),
    airflow: airflowM3h,
    differentialPressure: 0.45 * (drive.frequencyHz / 50) ** 2,
    coConcentration: active.has('sensor-open') ? null : coPpm,
  };
}

export const exhaustFan: Plant<State> = {
  class: 'exhaust-fan',
  faults: {
    'fan-fault': 'the fan trips on overload',
    'not-running': 'the contactor does not pull in: commanded, but not running',
    'damper-shut': 'a fire damper has shut: the airflow falls to a third',
    'co-high': 'cars queue in the garage: 110 ppm carbon monoxide',
    overload: 'the bearing is stiff: 112 % of the rated current',
    overheating: 'the cooling fans stand still: drive 95 °C, motor 135 °C',
    'fire-mode': 'the fire system takes the fan over',
    warning: 'the fan asks for service',
    'manual-mode': 'the selector is left on manual',
    'sensor-open': 'the carbon monoxide sensor is disconnected',
  },
  create,
  step,
  command,
  points,
};
