// Capacitor bank: the load asks for reactive power, the controller switches steps in below 0.95 lagging and out when the
// busbar would lead; one step at a time, so that what it did is seen before it does more.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const RATED_KVA = 1000;
const STEP_KVAR = 90;
const STEPS = 4;
const NOMINAL_V = 229;
/** Reactive power of the load for each kW: power factor 0.8 of motors and drives. */
const LOAD_TAN = 0.75;
/** Least time between two switchings. */
const SETTLE_S = 40;
const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly size: number;
  readonly activeKw: number;
  /** Steps the controller wants in: the first so many. */
  readonly wantedCount: number;
  readonly sinceSwitchS: number;
  readonly switchings: number;
  readonly day: number;
  readonly busV: number;
  readonly cabinetC: number;
  readonly started: boolean;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [size = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    size: 0.6 + 0.15 * size,
    activeKw: 0,
    wantedCount: 0,
    sinceSwitchS: 0,
    switchings: 0,
    day: 0,
    busV: NOMINAL_V,
    cabinetC: 36,
    started: false,
    active: new Set(),
  };
}

/** Reactive power of the load before compensation. */
const loadKvar = ({ activeKw }: State, active: ReadonlySet<string>): number =>
  activeKw * (active.has('heavy-reactive-load') ? 1.25 : active.has('wrong-sensing') ? 0.15 : LOAD_TAN);

/** A broken contactor does the opposite of what it is told: its coil is burnt, or its contacts are welded. */
function isClosed(active: ReadonlySet<string>, wantedCount: number, index: number): boolean {
  if (active.has('overvoltage')) return false;
  return index < wantedCount !== active.has(`step${index + 1}-contactor-failed`);
}

/** How much of its capacitance a step has. */
const capacity = (active: ReadonlySet<string>, index: number): number =>
  active.has(`step${index + 1}-capacitance-lost`) ? 0.55 : 1;

function bankKvar(active: ReadonlySet<string>, wantedCount: number): number {
  const steps = Array.from({ length: STEPS }, (_, index) =>
    isClosed(active, wantedCount, index) ? STEP_KVAR * capacity(active, index) : 0,
  );
  return steps.reduce((sum, kvar) => sum + kvar, 0);
}

/** The controller: a step more when it stays lagging by more than a step, a step less when it leads. */
function decide(state: State, kvar: number, faults: ReadonlySet<string>): number {
  const { wantedCount } = state;
  if (faults.has('overvoltage')) return 0;
  if (faults.has('wrong-sensing')) return STEPS;
  if (!state.started) return clamp(Math.floor(kvar / STEP_KVAR), 0, STEPS);
  if (faults.has('controller-failed') || faults.has('manual-mode') || state.sinceSwitchS < SETTLE_S) return wantedCount;
  const rest = kvar - bankKvar(faults, wantedCount);
  if (rest > STEP_KVAR * 0.9) return Math.min(STEPS, wantedCount + 1);
  return rest < -STEP_KVAR * 0.25 ? Math.max(0, wantedCount - 1) : wantedCount;
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0.5]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 120);
  const use = clamp(powerUse(nowMs) * state.size + 0.004 * noise, 0.05, 1);
  const activeKw = approach(state.activeKw, RATED_KVA * use, state.started ? dtS : 1e6, 5);
  const day = Math.floor((nowMs + CHINA_MS) / DAY_MS);
  const kvar = loadKvar({ ...state, activeKw }, faults);
  const wantedCount = decide(state, kvar, faults);
  const switched = state.started && wantedCount !== state.wantedCount;
  const before = day === state.day ? state.switchings : 0;
  // A hunting controller has done its day's work by now.
  const hunted = faults.has('hunting') ? Math.max(before, 240) : before;
  return {
    ...state,
    random,
    noise,
    activeKw,
    wantedCount,
    sinceSwitchS: switched ? 0 : Math.min(3600, state.sinceSwitchS + dtS),
    switchings: state.active.has('hunting') && !faults.has('hunting') ? 0 : hunted + (switched ? 1 : 0),
    day,
    busV: approach(state.busV, faults.has('overvoltage') ? 250 : NOMINAL_V - 3 * use + 0.5 * noise, dtS, 1),
    cabinetC: approach(state.cabinetC, faults.has('fan-off') ? 64 : 32 + wantedCount * 2.5, dtS, 120),
    started: true,
    active: new Set(faults),
  };
}

function stepPoints({ active, wantedCount, busV }: State): Record<string, number | boolean> {
  const points = Array.from({ length: STEPS }, (_, index) => {
    const closed = isClosed(active, wantedCount, index);
    const harmonic = active.has(`step${index + 1}-overcurrent`) ? 1.45 : 1;
    return {
      [`step${index + 1}Command`]: index < wantedCount,
      [`step${index + 1}Closed`]: closed,
      [`step${index + 1}Current`]: closed ? (100 * capacity(active, index) * harmonic * busV) / 230 : 0,
    };
  });
  return Object.assign({}, ...points);
}

function points(state: State) {
  const { active, activeKw, noise } = state;
  const kvar = loadKvar(state, active) - bankKvar(active, state.wantedCount);
  const kva = Math.hypot(activeKw, kvar);
  return {
    ...stepPoints(state),
    autoMode: !active.has('manual-mode'),
    leading: kvar < 0,
    controllerFault: active.has('controller-failed'),
    overvoltageCutOut: active.has('overvoltage'),
    reactorOvertemperature: active.has('reactor-overtemperature'),
    fuseBlown: active.has('fuse-blown'),
    powerFactor: active.has('sensor-open') ? null : activeKw / kva,
    reactivePower: kvar,
    loadRate: (100 * kva) / RATED_KVA,
    busVoltage: state.busV,
    thdVoltage: (active.has('resonance') ? 7.4 : 2.6) + 0.3 * noise,
    thdCurrent: (active.has('resonance') ? 68 : 18) + 2 * noise,
    cabinetTemperature: state.cabinetC,
    dailySwitchingCount: state.switchings,
  };
}

const each = (make: (number: number) => readonly [string, string]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: STEPS }, (_, index) => make(index + 1)));

export const powerFactorCompensation: Plant<State> = {
  class: 'power-factor-compensation',
  faults: {
    'heavy-reactive-load': 'the load asks for more than all steps give',
    'wrong-sensing': 'the sensing current is wired wrongly: all steps in at a load that needs none',
    overvoltage: 'the busbar rises to 250 V: the controller cuts out',
    'controller-failed': 'the controller fails and leaves the steps as they are',
    'manual-mode': 'left on manual',
    'reactor-overtemperature': 'the temperature switch of a reactor opens',
    'fuse-blown': 'a capacitor fuse blows',
    ...each((step) => [`step${step}-contactor-failed`, `contactor ${step} has a burnt coil or welded contacts`]),
    ...each((step) => [`step${step}-capacitance-lost`, `capacitor ${step} has 55 % of its capacitance`]),
    ...each((step) => [`step${step}-overcurrent`, `harmonics in capacitor ${step}: 145 % current`]),
    resonance: 'harmonics resonate with the bank',
    'fan-off': 'the cubicle fan is off',
    hunting: 'the controller hunts: 240 switchings a day',
    'sensor-open': 'the sensing current is disconnected',
  },
  create,
  step,
  points,
};
