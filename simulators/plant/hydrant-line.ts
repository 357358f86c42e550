// Far end of a hydrant and sprinkler line: pressure at rest, and what opens, shuts or freezes.
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

interface State {
  readonly random: number;
  readonly noise: number;
  readonly pressureMpa: number;
  readonly pipeC: number;
  readonly batteryPercent: number;
  readonly active: ReadonlySet<string>;
}

/** Pressure at the far end under each fault, MPa. */
const PRESSURE: Readonly<Record<string, number>> = {
  'pressure-low': 0.04,
  'valve-closed': 0.06,
  'sprinkler-flow': 0.16,
  'hydrant-opened': 0.15,
  'pressure-high': 0.82,
};

export const hydrantLine: Plant<State> = {
  class: 'hydrant-line',
  faults: {
    'sprinkler-flow': 'a sprinkler head opens: the flow switch trips',
    'valve-closed': 'the zone valve is shut',
    'pressure-low': 'the line leaks: 0.04 MPa at the far end',
    'pressure-high': 'the reducing valve fails: 0.82 MPa',
    'hydrant-opened': 'somebody opens a hydrant',
    'cabinet-open': 'a hydrant cabinet is left open',
    frost: 'the trace heating fails: 1 °C',
    'battery-low': 'the battery is at 12 %',
    'sensor-open': 'the pressure sensor is disconnected',
  },
  create: (seed) => {
    const [random, [battery = 0]] = draws(seed, 1);
    return { random, noise: 0, pressureMpa: 0.28, pipeC: 12, batteryPercent: 60 + 38 * battery, active: new Set() };
  },
  step: (state, dtS, _nowMs, faults) => {
    const [random, [chance = 0]] = draws(state.random, 1);
    const noise = wander(state.noise, chance, 1, dtS, 120);
    const cause = Object.keys(PRESSURE).find((fault) => faults.has(fault));
    const targetMpa = (cause === undefined ? undefined : PRESSURE[cause]) ?? 0.28 + 0.005 * noise;
    return {
      ...state,
      random,
      noise,
      pressureMpa: approach(state.pressureMpa, targetMpa, dtS, 6),
      pipeC: approach(state.pipeC, faults.has('frost') ? 1 : 12 + noise, dtS, 15),
      active: new Set(faults),
    };
  },
  points: ({ active, pressureMpa, pipeC, batteryPercent }) => ({
    pressure: active.has('sensor-open') ? null : pressureMpa,
    temperature: pipeC,
    batteryLevel: active.has('battery-low') ? 12 : batteryPercent,
    valveClosed: active.has('valve-closed'),
    flowSwitch: active.has('sprinkler-flow'),
    hydrantOpened: active.has('hydrant-opened'),
    cabinetOpen: active.has('cabinet-open') || active.has('hydrant-opened'),
  }),
};
