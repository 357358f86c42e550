// Emergency lighting on a central battery: it discharges when the mains go, charges afterwards, and tests itself monthly.
import { approach, clamp, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

/** Three 12 V blocks: floating, at the start and at the end of a discharge, and where the unit cuts off. */
const FLOAT_V = 40.6;
const LOADED_V = 37.8;
const EMPTY_V = 31.5;
/** A healthy battery carries the lamps for 95 minutes, a weak one for 20. */
const LASTS_S = 5700;
const WEAK_LASTS_S = 1200;
const CHARGE_S = 8 * 3600;
const TEST_EVERY_H = 720;
const TEST_S = 60;
const RESULT = { notRun: 0, passed: 1, failed: 2, running: 3 } as const;

interface State {
  readonly random: number;
  /** What is left in the battery, 0..1. */
  readonly charge: number;
  readonly voltage: number;
  readonly temperature: number;
  readonly noise: number;
  readonly sinceFunctionTestS: number;
  readonly sinceDurationTestS: number;
  /** Seconds that the monthly test still takes. */
  readonly testS: number;
  readonly duration: number;
  readonly active: ReadonlySet<string>;
}

const isLit = ({ active, testS }: State): boolean =>
  active.has('mains-lost') || active.has('fire-linkage') || testS > 0;

/** The battery alone carries the lamps only while the mains are away or in a test; fire linkage lights them from the mains. */
function batteryVoltage(state: State): number {
  if (state.active.has('battery-disconnected')) return 0;
  const weak = state.active.has('battery-weak') ? 3.2 : 0;
  const discharging = state.active.has('mains-lost') || state.testS > 0;
  const idle = state.active.has('charger-fault') ? 38.2 : FLOAT_V;
  const loaded = EMPTY_V + (LOADED_V - EMPTY_V) * state.charge ** 0.6;
  return discharging ? loaded - weak : Math.min(idle, loaded + (idle - LOADED_V)) - weak * 2;
}

export const emergencyLight: Plant<State> = {
  class: 'emergency-light',
  faults: {
    'mains-lost': 'the mains of the unit are lost',
    'fire-linkage': 'the fire panel starts the emergency lighting',
    'charger-fault': 'the charger fails',
    'battery-disconnected': 'the battery is disconnected',
    'battery-weak': 'the battery has aged',
    'battery-hot': 'the battery reaches 40 °C',
    'battery-overheated': 'the battery runs away to 52 °C',
    'lamps-failed': 'three lamps stay dark',
    'function-test-failed': 'the last monthly test failed',
    'duration-test-failed': 'the last yearly test failed',
    'duration-short': 'the last yearly test lasted 22 minutes only',
    'function-test-overdue': 'the automatic monthly test is switched off',
    'duration-test-overdue': 'the yearly test was forgotten',
  },
  create(seed) {
    const [random, [a = 0, b = 0, c = 0]] = draws(seed, 3);
    return {
      random,
      charge: 1,
      voltage: FLOAT_V,
      temperature: 24,
      noise: 0,
      sinceFunctionTestS: (24 + 660 * a) * 3600,
      sinceDurationTestS: (500 + 6500 * b) * 3600,
      testS: 0,
      duration: 84 + Math.round(10 * c),
      active: new Set(),
    };
  },
  step(state, dtS, _nowMs, faults) {
    const [random, [chance = 0]] = draws(state.random, 1);
    const active = new Set(faults);
    const due = state.sinceFunctionTestS >= TEST_EVERY_H * 3600 && !active.has('mains-lost');
    const testS = due ? TEST_S : Math.max(0, state.testS - dtS);
    const discharging = active.has('mains-lost') || testS > 0;
    const flow = discharging
      ? -1 / (active.has('battery-weak') ? WEAK_LASTS_S : LASTS_S)
      : active.has('charger-fault') || active.has('battery-disconnected')
        ? 0
        : 1 / CHARGE_S;
    const wanted = active.has('battery-overheated') ? 52 : active.has('battery-hot') ? 40 : 24;
    const next: State = {
      ...state,
      random,
      active,
      testS,
      charge: clamp(state.charge + flow * dtS, 0, 1),
      temperature: approach(state.temperature, wanted, dtS, 12),
      noise: wander(state.noise, chance, 0.15, dtS, 120),
      sinceFunctionTestS: due ? 0 : state.sinceFunctionTestS + dtS,
      sinceDurationTestS: state.sinceDurationTestS + dtS,
    };
    return { ...next, voltage: approach(state.voltage, batteryVoltage(next), dtS, 2) };
  },
  points: (state) => {
    const { active, testS } = state;
    const h = (seconds: number, overdue: string, atLeast: number): number =>
      Math.max(seconds / 3600, active.has(overdue) ? atLeast : 0);
    return {
      mainsLost: active.has('mains-lost'),
      emergencyOn:
        isLit(state) && (active.has('fire-linkage') || (state.charge > 0 && !active.has('battery-disconnected'))),
      chargerFault: active.has('charger-fault'),
      batteryDisconnected: active.has('battery-disconnected'),
      functionTest: testS > 0 ? RESULT.running : active.has('function-test-failed') ? RESULT.failed : RESULT.passed,
      durationTest: active.has('duration-test-failed') ? RESULT.failed : RESULT.passed,
      batteryVoltage: clamp(state.voltage + state.noise, 0, 60),
      batteryTemperature: state.temperature + state.noise,
      failedLampCount: active.has('lamps-failed') ? 3 : 0,
      testedDuration: active.has('duration-test-failed') || active.has('duration-short') ? 22 : state.duration,
      timeSinceFunctionTest: h(state.sinceFunctionTestS, 'function-test-overdue', 800),
      timeSinceDurationTest: h(state.sinceDurationTestS, 'duration-test-overdue', 9000),
    };
  },
};
