// Standby diesel generator of 200 kW at rest on automatic. Without mains it cranks, runs up, takes the load, and gives it
// back when the mains return.
import { powerUse } from './daily-curve.ts';
import { ENGINE, type Engine, isFiring, isRunning, stepEngine } from './diesel-engine.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';
import { ON_MAINS, type Transfer, transfer } from './standby-supply.ts';

const RATED_KW = 200;
const RATED_SPEED = 1500;
const NOMINAL_V = 230;
const POWER_FACTOR = 0.85;
/** Share of the tank that an hour at full load takes. */
const FULL_LOAD_PERCENT_H = 9;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly engine: Engine;
  readonly transfer: Transfer;
  readonly speed: number;
  readonly oilKpa: number;
  readonly coolantC: number;
  readonly fuelPercent: number;
  readonly batteryV: number;
  readonly voltageV: number;
  readonly loadPercent: number;
  readonly mainsV: number;
  readonly runS: number;
  readonly energyKwh: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [fuel = 0, hours = 0]] = draws(seed, 2);
  const runHours = Math.round(40 + 160 * hours);
  return {
    random,
    noise: 0,
    engine: { state: ENGINE.atRest, heldS: 0, attempts: 0, starts: Math.round(runHours * 0.8), trip: null },
    transfer: ON_MAINS,
    speed: 0,
    oilKpa: 0,
    coolantC: 42,
    fuelPercent: 78 + 12 * fuel,
    batteryV: 27.2,
    voltageV: 0,
    loadPercent: 0,
    mainsV: 229,
    runS: runHours * 3600,
    energyKwh: runHours * 70,
    active: new Set(),
  };
}

/** Faults that only a running engine can show: somebody starts it for a test. */
const SEEN_RUNNING: readonly string[] = [
  'test-run',
  'overspeed',
  'overspeed-mild',
  'underspeed',
  'low-oil-pressure',
  'oil-pressure-weak',
  'high-coolant-temperature',
  'coolant-warm',
  'voltage-high',
  'voltage-low',
  'overload',
];
/** Protections that stay until their reason is gone. */
const LATCHED: readonly string[] = [
  'failed-start',
  'emergency-stop',
  'overspeed',
  'low-oil-pressure',
  'high-coolant-temperature',
  'other-shutdown',
];

const mainsFail = (faults: ReadonlySet<string>): boolean => faults.has('mains-failure') || faults.has('failed-start');

function tripOf({ engine, speed, oilKpa, coolantC }: State, faults: ReadonlySet<string>): string | null {
  const running = isRunning(engine);
  if (faults.has('emergency-stop')) return 'emergency-stop';
  if (faults.has('other-shutdown')) return 'other-shutdown';
  if (speed > 1.14 * RATED_SPEED) return 'overspeed';
  if (running && faults.has('low-oil-pressure') && oilKpa < 103) return 'low-oil-pressure';
  return running && faults.has('high-coolant-temperature') && coolantC > 98 ? 'high-coolant-temperature' : null;
}

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 30);
  const mains = !mainsFail(faults);
  const tested = SEEN_RUNNING.some((fault) => faults.has(fault));
  const engine = stepEngine(state.engine, dtS, {
    wanted: !faults.has('manual-mode') && (!mains || tested || state.transfer.position !== 1),
    able: !faults.has('failed-start') && !faults.has('battery-low') && state.fuelPercent > 0.5,
    trip: tripOf(state, faults),
    reset: !LATCHED.some((fault) => faults.has(fault)) && (state.engine.trip !== 'failed-start' || mains),
  });
  const good = engine.state === ENGINE.running && state.voltageV > 150;
  const moved = transfer(state.transfer, dtS, mains && !faults.has('overload'), good);
  const onLoad = moved.position === 2 && isRunning(engine);
  const speed = approach(state.speed, speedOf(engine, faults), dtS, isFiring(engine) ? 1 : 2.5);
  const demand = faults.has('overload') ? 108 : clamp(25 + 40 * powerUse(nowMs) + 2 * noise, 15, 80);
  const loadPercent = approach(state.loadPercent, onLoad ? demand : 0, dtS, 1.5);
  return {
    random,
    noise,
    engine,
    transfer: moved,
    speed,
    oilKpa: approach(state.oilKpa, oilOf(speed, noise, faults), dtS, 1),
    coolantC: coolantOf(state, dtS, engine, faults),
    fuelPercent: Math.max(0, state.fuelPercent - burntPercent(engine, loadPercent, dtS)),
    batteryV: approach(state.batteryV, batteryOf(engine, mains, noise, faults), dtS, 0.6),
    voltageV: approach(state.voltageV, speed > 0.8 * RATED_SPEED ? excitedV(noise, faults) : 0, dtS, 0.5),
    loadPercent,
    mainsV: approach(state.mainsV, mains ? 229 + noise : 0, dtS, 0.3),
    runS: state.runS + (isFiring(engine) ? dtS : 0),
    energyKwh: state.energyKwh + (loadPercent / 100) * RATED_KW * (dtS / 3600),
    active: new Set(faults),
  };
}

function speedOf(engine: Engine, faults: ReadonlySet<string>): number {
  if (faults.has('failed-stop')) return RATED_SPEED;
  if (engine.state === ENGINE.cranking) return 180;
  if (!isFiring(engine)) return 0;
  if (faults.has('overspeed')) return 1.2 * RATED_SPEED;
  if (faults.has('overspeed-mild')) return 1.115 * RATED_SPEED;
  return faults.has('underspeed') && isRunning(engine) ? 0.83 * RATED_SPEED : RATED_SPEED;
}

function oilOf(speed: number, noise: number, faults: ReadonlySet<string>): number {
  if (speed < 400) return speed / 4;
  return faults.has('low-oil-pressure') ? 70 : faults.has('oil-pressure-weak') ? 115 : 400 + 10 * noise;
}

/** A cold jacket, or a hot engine; faults act faster than nature so that they can be shown. */
function coolantOf(state: State, dtS: number, engine: Engine, faults: ReadonlySet<string>): number {
  const { coolantC } = state;
  if (!isFiring(engine))
    return approach(coolantC, faults.has('heater-failed') ? 12 : 42, dtS, faults.has('heater-failed') ? 12 : 900);
  if (faults.has('high-coolant-temperature')) return approach(coolantC, 108, dtS, 12);
  if (faults.has('coolant-warm')) return approach(coolantC, 96.5, dtS, 8);
  return approach(coolantC, 76 + 0.1 * state.loadPercent, dtS, 240);
}

const burntPercent = (engine: Engine, loadPercent: number, dtS: number): number =>
  isFiring(engine) ? (FULL_LOAD_PERCENT_H * (0.15 + (0.85 * loadPercent) / 100) * dtS) / 3600 : 0;

function batteryOf(engine: Engine, mains: boolean, noise: number, faults: ReadonlySet<string>): number {
  if (faults.has('battery-low')) return 19.5;
  if (faults.has('battery-high')) return 34.5;
  if (engine.state === ENGINE.cranking) return 20;
  if (faults.has('charge-failure')) return 24.8;
  return isFiring(engine) ? 28.2 : mains ? 27.2 + 0.1 * noise : 25.4;
}

const excitedV = (noise: number, faults: ReadonlySet<string>): number =>
  faults.has('voltage-high') ? 272 : faults.has('voltage-low') ? 190 : NOMINAL_V + 0.5 * noise;

function points(state: State) {
  const { active, engine, voltageV, loadPercent } = state;
  const ampere = (loadPercent / 100) * ((RATED_KW * 1000) / (3 * NOMINAL_V * POWER_FACTOR));
  return {
    mode: active.has('manual-mode') ? 0 : active.has('test-run') ? 3 : 1,
    engineState: active.has('failed-stop') && engine.state === ENGINE.atRest ? ENGINE.stopping : engine.state,
    engineSpeed: state.speed,
    oilPressure: active.has('sensor-open') ? null : state.oilKpa,
    coolantTemperature: state.coolantC,
    fuelLevel: active.has('fuel-low') ? 8 : active.has('fuel-half') ? 40 : state.fuelPercent,
    batteryVoltage: state.batteryV,
    generatorVoltageL1: voltageV,
    generatorVoltageL2: voltageV * 1.003,
    generatorVoltageL3: voltageV * 0.998,
    generatorCurrentL1: ampere,
    generatorCurrentL2: ampere * 0.97,
    generatorCurrentL3: ampere * 1.02,
    generatorFrequency: voltageV > 20 ? (state.speed / RATED_SPEED) * 50 : 0,
    activePower: (loadPercent / 100) * RATED_KW,
    load: loadPercent,
    mainsVoltageL1: Math.max(0, state.mainsV),
    mainsFault: mainsFail(active),
    running: isRunning(engine),
    onLoad: state.transfer.position === 2 && isRunning(engine),
    failedToStart: engine.trip === 'failed-start',
    failedToStop: active.has('failed-stop'),
    emergencyStop: active.has('emergency-stop'),
    overspeed: engine.trip === 'overspeed',
    lowOilPressure: engine.trip === 'low-oil-pressure',
    highCoolantTemperature: engine.trip === 'high-coolant-temperature',
    lowCoolantLevel: active.has('coolant-level-low'),
    chargeFailure: active.has('charge-failure'),
    warning: active.has('warning'),
    shutdown: engine.trip !== null,
    maintenanceDue: active.has('maintenance-due'),
    startCount: engine.starts,
    runHours: state.runS / 3600,
    energy: state.energyKwh,
  };
}

export const dieselGenerator: Plant<State> = {
  class: 'diesel-generator',
  faults: {
    'mains-failure': 'the mains fail: the set starts, takes the load, and gives it back when they return',
    'failed-start': 'the mains fail and the engine does not fire in three attempts',
    'failed-stop': 'the stop solenoid sticks: the engine turns on',
    'emergency-stop': 'somebody presses the emergency button',
    'test-run': 'a test run off load',
    overspeed: 'the governor sticks on a test run: trip at 1710 1/min',
    'overspeed-mild': 'the governor is set too fast: 1672 1/min on a test run',
    underspeed: 'the fuel filter is blocked: 1245 1/min on a test run',
    'low-oil-pressure': 'the oil pump fails on a test run: trip',
    'oil-pressure-weak': '115 kPa oil pressure on a test run',
    'high-coolant-temperature': 'the radiator is blocked on a test run: trip',
    'coolant-warm': '96 °C coolant on a test run',
    'voltage-high': 'the voltage regulator fails high on a test run: 272 V',
    'voltage-low': 'the voltage regulator fails low on a test run: 190 V',
    overload: 'the set carries 108 % of its rating',
    'other-shutdown': 'another protection of the controller trips',
    'manual-mode': 'the controller is left on stop',
    'fuel-half': 'the tank was not refilled: 40 %',
    'fuel-low': 'the tank is nearly empty: 8 %',
    'battery-low': 'the starter battery is flat: 19.5 V, the engine cannot crank',
    'battery-high': 'the charger overcharges: 34.5 V',
    'charge-failure': 'the charger fails: 24.8 V',
    'heater-failed': 'the jacket heater fails: the engine cools to 12 °C',
    'coolant-level-low': 'coolant is lost',
    warning: 'the controller gives a warning',
    'maintenance-due': 'the service counter has run out',
    'sensor-open': 'the oil pressure sensor is disconnected',
  },
  create,
  step,
  points,
};
