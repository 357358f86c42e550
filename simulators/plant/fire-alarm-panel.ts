// Fire alarm panel as a monitoring system sees it: states only. A fire stays until a person resets the panel ("clear").
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

/** A second detector joins after a while: smoke spreads. */
const SECOND_FIRE_S = 30;

interface State {
  readonly zone: string;
  /** Seconds since the first fire signal; null without fire. */
  readonly fireS: number | null;
  readonly active: ReadonlySet<string>;
}

export const fireAlarmPanel: Plant<State> = {
  class: 'fire-alarm-panel',
  faults: {
    fire: 'a smoke detector reports fire',
    'manual-call-point': 'somebody breaks a manual call point',
    'detector-fault': 'a detector reports a fault',
    supervisory: 'a monitored valve is closed',
    isolated: 'a detector is isolated',
    'mains-fault': 'the panel runs on its battery',
    'battery-fault': 'the stand-by battery fails',
    'manual-mode': 'the panel is switched to manual',
  },
  create: (seed) => {
    const [, [chance = 0]] = draws(seed, 1);
    const floor = 1 + Math.floor(chance * 16);
    return { zone: `${floor}F`, fireS: null, active: new Set() };
  },
  step: (state, dtS, _nowMs, faults) => {
    const burning = faults.has('fire') || faults.has('manual-call-point');
    return { zone: state.zone, fireS: burning ? (state.fireS ?? 0) + dtS : null, active: new Set(faults) };
  },
  points: ({ zone, fireS, active }) => ({
    fire: fireS !== null,
    fault: active.has('detector-fault'),
    supervisory: active.has('supervisory'),
    isolated: active.has('isolated'),
    manualCallPoint: active.has('manual-call-point'),
    mainsFault: active.has('mains-fault'),
    batteryFault: active.has('battery-fault'),
    manualMode: active.has('manual-mode'),
    activeFireCount: fireS === null ? 0 : active.has('fire') && fireS > SECOND_FIRE_S ? 2 : 1,
    // Empty without a fire, as the panel sends it.
    firstFireZone: fireS === null ? '' : `${zone} ${active.has('fire') ? 'smoke detector' : 'manual call point'}`,
  }),
};
