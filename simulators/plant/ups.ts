// UPS of 20 kVA behind the transfer switch: it carries its load from 16 blocks of 12 V until the generator or the mains are
// back, and discharges as fast as its load wants.
import { powerUse } from './daily-curve.ts';
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';
import { AT_REST, type StandbySupply, stepSupply } from './standby-supply.ts';

const RATED_KW = 18;
const OUTPUT_V = 220;
const BLOCKS = 16;
/** How long a full battery carries the full load; Peukert's exponent of lead-acid at these rates. */
const FULL_LOAD_MIN = 12;
const PEUKERT = 1.15;
const CHARGE_PERCENT_H = 25;
/** The rectifier trusts a returned input after this time. */
const WALK_IN_S = 6;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly supply: StandbySupply;
  readonly inputV: number;
  /** Seconds since the input is good. */
  readonly goodS: number;
  readonly onBattery: boolean;
  readonly chargePercent: number;
  readonly batteryC: number;
  readonly loadPercent: number;
  readonly energyKwh: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [energy = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    supply: AT_REST,
    inputV: 226,
    goodS: WALK_IN_S,
    onBattery: false,
    chargePercent: 100,
    batteryC: 24,
    loadPercent: 45,
    energyKwh: 20_000 + 60_000 * energy,
    active: new Set(),
  };
}

/** Minutes that the battery lasts; an aged one has lost most of its capacity. */
function runtimeMin({ chargePercent, loadPercent, active }: State): number {
  const share = active.has('battery-aged') ? 0.12 : 1;
  const left = active.has('battery-disconnected') ? 0 : active.has('battery-drained') ? 15 : chargePercent;
  return FULL_LOAD_MIN * share * (100 / Math.max(5, loadPercent)) ** PEUKERT * (left / 100);
}

const isEmpty = ({ onBattery, chargePercent }: Pick<State, 'onBattery' | 'chargePercent'>): boolean =>
  onBattery && chargePercent <= 0;
/** On bypass the load has only what comes in. */
const hasOutput = (state: State): boolean =>
  !isEmpty(state) && !state.active.has('output-off') && !(onBypass(state) && state.inputV < 150);

function step(state: State, dtS: number, nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 60);
  const supply = stepSupply(state.supply, dtS, {
    mains: !faults.has('mains-failure'),
    generator: true,
    movable: true,
  });
  const goodS = suppliedV(supply, faults) > 160 ? state.goodS + dtS : 0;
  const onBattery = goodS < WALK_IN_S || faults.has('self-test');
  return {
    random,
    noise,
    supply,
    inputV: Math.max(0, approach(state.inputV, suppliedV(supply, faults) + noise, dtS, 0.2)),
    goodS: Math.min(goodS, 3600),
    onBattery,
    chargePercent: chargeAfter(state, dtS, onBattery),
    batteryC: approach(state.batteryC, batteryTemperatureOf(onBattery, noise, faults), dtS, 40),
    loadPercent: approach(state.loadPercent, loadOf(nowMs, noise, faults), dtS, 1),
    energyKwh: state.energyKwh + (hasOutput(state) ? (state.loadPercent / 100) * RATED_KW * (dtS / 3600) : 0),
    active: new Set(faults),
  };
}

function suppliedV({ transfer }: StandbySupply, faults: ReadonlySet<string>): number {
  if (faults.has('input-lost')) return 0;
  if (transfer.position === 2) return 230;
  if (transfer.position === 0 || faults.has('mains-failure')) return 0;
  return faults.has('input-low') ? 170 : faults.has('input-high') ? 268 : 226;
}

function chargeAfter(state: State, dtS: number, onBattery: boolean): number {
  const { chargePercent, active } = state;
  if (onBattery) {
    const fullMin = runtimeMin({ ...state, chargePercent: 100 });
    const drawn = fullMin <= 0 ? 100 : (dtS / 60 / fullMin) * 100;
    return isEmpty(state) ? 0 : Math.max(0, chargePercent - drawn);
  }
  const charging = !active.has('charger-fault') && !active.has('battery-disconnected');
  return Math.min(100, chargePercent + (charging ? (CHARGE_PERCENT_H * dtS) / 3600 : 0));
}

function batteryTemperatureOf(onBattery: boolean, noise: number, faults: ReadonlySet<string>): number {
  if (faults.has('battery-hot')) return 49;
  if (faults.has('battery-warm')) return 38;
  return faults.has('battery-cold') ? 2 : 24 + 0.5 * noise + (onBattery ? 4 : 0);
}

function loadOf(nowMs: number, noise: number, faults: ReadonlySet<string>): number {
  if (faults.has('overload')) return 112;
  return faults.has('load-high') ? 88 : clamp(30 + 30 * powerUse(nowMs) + 1.5 * noise, 20, 75);
}

/** Volts of a block: floating, or sinking with the charge while it is discharged. */
function blockV({ onBattery, chargePercent, loadPercent, active }: State): number {
  if (active.has('battery-disconnected')) return 0;
  if (onBattery) return 10.6 + (1.9 * chargePercent) / 100 - (0.3 * loadPercent) / 100;
  return active.has('charger-fault') ? 12.6 : chargePercent < 99 ? 14.1 : 13.6;
}

function outputV(state: State): number {
  const { active, noise } = state;
  if (!hasOutput(state)) return 0;
  if (active.has('output-voltage-high')) return 238;
  if (active.has('output-voltage-low')) return 203;
  return onBypass(state) ? state.inputV : OUTPUT_V + 0.4 * noise;
}

function outputHz(state: State): number {
  const { active, noise } = state;
  if (!hasOutput(state)) return 0;
  return active.has('output-frequency-high') ? 51 : active.has('output-frequency-low') ? 49 : 50 + 0.02 * noise;
}

const onBypass = ({ active }: State): boolean => active.has('bypass') || active.has('inverter-fault');

function points(state: State) {
  const { active, onBattery, chargePercent } = state;
  const output = hasOutput(state);
  const volts = outputV(state);
  const shown = active.has('battery-drained') ? Math.min(15, chargePercent) : chargePercent;
  return {
    onBattery,
    onBypass: onBypass(state),
    outputOff: !output,
    batteryLow: onBattery && runtimeMin(state) < 2,
    selfTest: active.has('self-test'),
    runtimeLeft: runtimeMin(state),
    charge: shown,
    batteryVoltage: BLOCKS * blockV(state),
    batteryTemperature: active.has('sensor-open') ? null : state.batteryC,
    load: output ? state.loadPercent : 0,
    outputVoltage: volts,
    outputFrequency: outputHz(state),
    outputCurrent: output && volts > 0 ? ((state.loadPercent / 100) * RATED_KW * 1000) / (3 * volts * 0.9) : 0,
    inputVoltage: state.inputV,
    generalFault: active.has('general-fault') || active.has('inverter-fault'),
    inverterFault: active.has('inverter-fault'),
    overload: output && state.loadPercent > 105,
    overTemperature: active.has('over-temperature'),
    batteryDisconnected: active.has('battery-disconnected'),
    chargerFault: active.has('charger-fault'),
    replaceBattery: active.has('battery-aged'),
    batteryTestFailed: active.has('battery-test-failed'),
    energy: state.energyKwh,
  };
}

export const ups: Plant<State> = {
  class: 'ups',
  faults: {
    'mains-failure': 'the mains fail: on battery until the generator takes over, and for a moment when they return',
    'input-lost': 'the input breaker trips: the battery discharges until it is empty',
    'self-test': 'the battery test runs',
    'battery-aged': 'the battery has 12 % of its capacity left',
    'battery-test-failed': 'the battery test fails',
    'battery-drained': 'the battery has just been discharged to 15 %',
    'battery-disconnected': 'the battery breaker is open',
    'battery-warm': 'the room is warm: battery 38 °C',
    'battery-hot': 'the battery heats itself: 49 °C',
    'battery-cold': 'the room is not heated: battery 2 °C',
    'charger-fault': 'the charger fails',
    'load-high': 'more equipment: 88 % load',
    overload: '112 % load',
    bypass: 'switched to bypass by hand',
    'inverter-fault': 'the inverter fails: on bypass',
    'general-fault': 'a fan or board fails',
    'over-temperature': 'the filter is blocked',
    'output-off': 'switched off by somebody',
    'output-voltage-high': 'the inverter gives 238 V',
    'output-voltage-low': 'the inverter gives 203 V',
    'output-frequency-high': 'the inverter gives 51 Hz',
    'output-frequency-low': 'the inverter gives 49 Hz',
    'input-low': 'the mains sink to 170 V',
    'input-high': 'the mains rise to 268 V',
    'sensor-open': 'the battery temperature sensor is disconnected',
  },
  create,
  step,
  points,
};
