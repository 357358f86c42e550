// Booster pump set with one frequency converter: pressure follows speed and demand, a PI controller sets the speed,
// the second pump joins when one is not enough, and an empty tank stops both (dry-run protection).
import { waterUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const SETPOINT_MPA = 0.45;
/** Head of a pump at 50 Hz without flow, and its fall with the square of the flow, MPa and MPa/(m³/h)². */
const SHUT_OFF_MPA = 0.85;
const FALL = 0.0012;
const MAX_DEMAND_M3H = 20;
const TANK_M3 = 30;
const DRY_RUN_STOP_PERCENT = 5;
const DRY_RUN_RESET_PERCENT = 12;
const RATED_CURRENT_A = 15;

interface State {
  readonly random: number;
  readonly demandNoise: number;
  readonly inletNoise: number;
  readonly flowM3h: number;
  readonly outletMpa: number;
  readonly integralHz: number;
  readonly frequencyHz: number;
  readonly inletMpa: number;
  readonly tankPercent: number;
  readonly filling: boolean;
  readonly dryRun: boolean;
  /** Pump that runs first; changes when both have stood or every hour of running. */
  readonly lead: 0 | 1;
  readonly leadS: number;
  readonly helper: boolean;
  readonly stageS: number;
  readonly running: readonly [boolean, boolean];
  readonly broken: readonly [boolean, boolean];
  readonly auto: boolean;
  readonly sensorOpen: boolean;
  readonly flood: boolean;
  readonly setpointMpa: number;
}

function create(seed: number): State {
  const [random, [a = 0, b = 0]] = draws(seed, 2);
  return {
    random,
    demandNoise: 0,
    inletNoise: 0,
    flowM3h: 4,
    outletMpa: 0.44 + 0.02 * a,
    integralHz: 38,
    frequencyHz: 38,
    inletMpa: 0.25,
    tankPercent: 60 + 25 * b,
    filling: false,
    dryRun: false,
    lead: a < 0.5 ? 0 : 1,
    leadS: 3600 * b,
    helper: false,
    stageS: 0,
    running: [false, false],
    broken: [false, false],
    auto: true,
    sensorOpen: false,
    flood: false,
    setpointMpa: SETPOINT_MPA,
  };
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [first = 0, second = 0]] = draws(state.random, 2);
  const demandNoise = wander(state.demandNoise, first, 0.1, dtS, 40);
  const inletNoise = wander(state.inletNoise, second, 0.02, dtS, 60);
  const demandM3h = MAX_DEMAND_M3H * clamp(waterUse(nowMs) * 0.8 + demandNoise, 0.02, 1);

  const phaseLoss = faults.has('phase-loss');
  const broken = [faults.has('pump1-fault') || phaseLoss, faults.has('pump2-fault') || phaseLoss] as const;
  const tank = stepTank(state, dtS, faults);
  const available = ([0, 1] as const).filter((pump) => !broken[pump] && !tank.dryRun);
  const turn = stepTurn(state, dtS, available);
  const running = [0, 1].map((pump) => pump === turn.first || pump === turn.second) as unknown as readonly [
    boolean,
    boolean,
  ];
  const count = running.filter(Boolean).length;

  const speed = stepSpeed(state, dtS, count, faults);
  const flowM3h = approach(state.flowM3h, count === 0 ? 0 : demandM3h, dtS, 1);
  const head = SHUT_OFF_MPA * (speed.frequencyHz / 50) ** 2 - FALL * (count === 0 ? 0 : flowM3h / count) ** 2;
  // Without a pump the demand empties the riser; the membrane tank makes that a matter of seconds, not of an instant.
  const outletMpa =
    count === 0 ? approach(state.outletMpa, 0.05, dtS, 6) : approach(state.outletMpa, Math.max(0, head), dtS, 1.5);
  return {
    random,
    demandNoise,
    inletNoise,
    flowM3h,
    outletMpa: clamp(outletMpa, 0, 1.6),
    ...speed,
    inletMpa: faults.has('inlet-pressure-low') ? 0.05 : 0.25 + inletNoise,
    ...tank,
    lead: turn.lead,
    leadS: turn.leadS,
    helper: turn.helper,
    stageS: turn.stageS,
    running,
    broken,
    auto: !faults.has('manual-mode'),
    sensorOpen: faults.has('sensor-open'),
    flood: faults.has('room-flood'),
    setpointMpa: state.setpointMpa,
  };
}

function stepTank(
  state: State,
  dtS: number,
  faults: ReadonlySet<string>,
): Pick<State, 'tankPercent' | 'filling' | 'dryRun'> {
  const drained = faults.has('dry-run');
  const filling = !drained && (state.tankPercent < 70 || (state.filling && state.tankPercent < 88));
  // The float valve fills a nearly empty tank through the wide bypass, so that supply is back within a minute.
  const inPercentS = filling ? (state.tankPercent < 25 ? 1 : 0.03) : 0;
  const outPercentS = (state.flowM3h / 3600 / TANK_M3) * 100;
  const overflow = faults.has('tank-overflow');
  const level = overflow
    ? approach(state.tankPercent, 99, dtS, 3)
    : drained
      ? approach(state.tankPercent, 1, dtS, 1.5)
      : state.tankPercent + (inPercentS - outPercentS) * dtS;
  const tankPercent = clamp(level, 0, 100);
  const dryRun = tankPercent < DRY_RUN_STOP_PERCENT || (state.dryRun && tankPercent < DRY_RUN_RESET_PERCENT);
  return { tankPercent, filling, dryRun };
}

interface Turn extends Pick<State, 'lead' | 'leadS' | 'helper' | 'stageS'> {
  readonly first: 0 | 1 | undefined;
  readonly second: 0 | 1 | undefined;
}

/** Which pumps run: the lead changes every hour, a broken lead is replaced at once, the other joins at full speed. */
function stepTurn(state: State, dtS: number, available: readonly (0 | 1)[]): Turn {
  const due = state.leadS > 3600;
  const wanted = due ? (state.lead === 0 ? 1 : 0) : state.lead;
  const lead = available.includes(wanted) ? wanted : (available[0] ?? wanted);
  const leadS = lead === state.lead ? state.leadS + dtS : 0;
  const wants = state.helper ? state.frequencyHz > 32 : state.frequencyHz > 49.4;
  const stageS = wants === state.helper ? 0 : state.stageS + dtS;
  const helper = stageS > 10 ? wants : state.helper;
  const other = lead === 0 ? 1 : 0;
  return {
    lead,
    leadS: due && lead === state.lead ? 0 : leadS,
    helper,
    stageS: stageS > 10 ? 0 : stageS,
    first: available.includes(lead) ? lead : undefined,
    second: helper && available.includes(other) ? other : undefined,
  };
}

function stepSpeed(
  state: State,
  dtS: number,
  count: number,
  faults: ReadonlySet<string>,
): Pick<State, 'frequencyHz' | 'integralHz'> {
  if (count === 0) return { frequencyHz: approach(state.frequencyHz, 0, dtS, 1), integralHz: 35 };
  // Without its pressure the controller holds a safe fixed speed.
  if (faults.has('sensor-open')) return { frequencyHz: approach(state.frequencyHz, 40, dtS, 3), integralHz: 40 };
  const errorMpa = state.setpointMpa - state.outletMpa;
  const integralHz = clamp(state.integralHz + errorMpa * 20 * dtS, 20, 50);
  return { frequencyHz: approach(state.frequencyHz, clamp(integralHz + errorMpa * 40, 0, 50), dtS, 1), integralHz };
}

export const boosterPumpSet: Plant<State> = {
  class: 'booster-pump-set',
  faults: {
    'dry-run': 'the tank runs empty, dry-run protection stops the pumps',
    'pump1-fault': 'pump 1 trips',
    'pump2-fault': 'pump 2 trips',
    'phase-loss': 'a phase of the supply is lost, both pumps trip',
    'sensor-open': 'the pressure transmitter is disconnected',
    'inlet-pressure-low': 'the mains pressure falls to 0.05 MPa',
    'tank-overflow': 'the float valve sticks open',
    'room-flood': 'water on the plant-room floor',
    'manual-mode': 'the selector is left on manual',
  },
  create,
  step,
  command: (state, point, value) => (point === 'pressureSetpoint' ? { ...state, setpointMpa: value } : state),
  points: (state) => ({
    outletPressure: state.sensorOpen ? null : state.outletMpa,
    pressureSetpoint: state.setpointMpa,
    inletPressure: state.inletMpa,
    tankLevel: state.tankPercent,
    pump1Running: state.running[0],
    pump2Running: state.running[1],
    pump1Fault: state.broken[0],
    pump2Fault: state.broken[1],
    outputFrequency: state.frequencyHz,
    motorCurrent: state.running.includes(true) ? RATED_CURRENT_A * (0.3 + 0.6 * (state.frequencyHz / 50) ** 3) : 0,
    autoMode: state.auto,
    dryRun: state.dryRun,
    roomFlood: state.flood,
  }),
};
