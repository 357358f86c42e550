// A patrol point in a key area: a guard comes by every hour and a half or so, around the clock - or does not.
import { wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';

const ROUND_S = 90 * 60;
const SPREAD_S = 15 * 60;
const DUE_S = 120 * 60;
const CELL_V = 3.6;
const CST_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

interface State {
  readonly random: number;
  readonly sinceVisitS: number;
  /** When the guard is here next, in s after the visit before. */
  readonly nextS: number;
  readonly missed: number;
  readonly day: number;
  readonly visits: number;
  readonly noise: number;
  readonly active: ReadonlySet<string>;
}

const dayOf = (nowMs: number): number => Math.floor((nowMs + CST_MS) / DAY_MS);
const nobody = (active: ReadonlySet<string>): boolean => active.has('guard-late') || active.has('guard-absent');

function batteryVoltage({ active, noise }: State): number {
  if (active.has('battery-empty')) return 2.9;
  return (active.has('battery-weak') ? 3.2 : CELL_V) + noise;
}

/** A fault shows at once what it would show hours later. */
function missedAtLeast(active: ReadonlySet<string>): number {
  if (active.has('guard-absent')) return 3;
  return active.has('rounds-left-out') ? 2 : 0;
}

export const patrolPoint: Plant<State> = {
  class: 'patrol-point',
  faults: {
    'guard-late': 'the guard is ten minutes late',
    'guard-absent': 'nobody has walked the last rounds',
    'rounds-left-out': 'the point was left out of two rounds today',
    incident: 'the guard reports an incident',
    'wrong-order': 'the round is walked in the wrong order',
    'reader-fault': 'the reader fails and visits are not counted',
    'lamp-fault': 'the signal lamp fails',
    tamper: 'the point is opened',
    'battery-weak': 'the battery falls to 3.2 V',
    'battery-empty': 'the battery falls to 2.9 V',
  },
  create(seed) {
    const [random, [a = 0, b = 0, c = 0]] = draws(seed, 3);
    return {
      random,
      sinceVisitS: a * (ROUND_S - SPREAD_S),
      nextS: ROUND_S + (b * 2 - 1) * SPREAD_S,
      missed: 0,
      day: 0,
      visits: Math.round(9000 * c),
      noise: 0,
      active: new Set(),
    };
  },
  step(state, dtS, nowMs, faults) {
    const [random, [round = 0, chance = 0]] = draws(state.random, 2);
    const active = new Set(faults);
    const day = dayOf(nowMs);
    const sinceVisitS = state.sinceVisitS + dtS;
    const visit = sinceVisitS >= state.nextS && !nobody(active) && !active.has('reader-fault');
    const due = Math.floor(sinceVisitS / DUE_S) > Math.floor(state.sinceVisitS / DUE_S);
    const another = due && !active.has('reader-fault') ? 1 : 0;
    return {
      random,
      active,
      day,
      sinceVisitS: visit ? 0 : sinceVisitS,
      nextS: visit ? ROUND_S + (round * 2 - 1) * SPREAD_S : state.nextS,
      missed: day === state.day ? state.missed + another : 0,
      visits: state.visits + (visit ? 1 : 0),
      noise: wander(state.noise, chance, 0.02, dtS, 300),
    };
  },
  points: (state) => {
    const { active } = state;
    const atLeastMin = active.has('guard-absent') ? 165 : active.has('guard-late') ? 130 : 0;
    return {
      incidentReported: active.has('incident'),
      outOfOrder: active.has('wrong-order'),
      readerFault: active.has('reader-fault'),
      lampFault: active.has('lamp-fault'),
      tamper: active.has('tamper'),
      timeSinceVisit: Math.min(100_000, Math.max(state.sinceVisitS / 60, atLeastMin)),
      missedRoundCount: Math.min(100, Math.max(state.missed, missedAtLeast(active))),
      batteryVoltage: batteryVoltage(state),
      visitCount: state.visits,
    };
  },
};
