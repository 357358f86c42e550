// Transfer switch between mains and generator: a mains failure starts the generator, moves the switch, and moves it back.
import { approach, wander } from './motion.ts';
import type { Plant } from './plant.ts';
import { draws } from './random.ts';
import { AT_REST, generatorReady, type StandbySupply, stepSupply } from './standby-supply.ts';

const MAINS_V = 229;
const GENERATOR_V = 231;
/** A good voltage of a source, after the controllers of this kind: 85 % of 220 V. */
const AVAILABLE_V = 187;
/** The mechanism reports after this time that it did not arrive. */
const FAILURE_SHOWN_S = 5;

interface State {
  readonly random: number;
  readonly noise: number;
  readonly supply: StandbySupply;
  readonly source1V: number;
  readonly source2V: number;
  readonly stuckS: number;
  readonly transfers: number;
  readonly active: ReadonlySet<string>;
}

function create(seed: number): State {
  const [random, [transfers = 0]] = draws(seed, 1);
  return {
    random,
    noise: 0,
    supply: AT_REST,
    source1V: MAINS_V,
    source2V: 0,
    stuckS: 0,
    transfers: Math.round(12 + 60 * transfers),
    active: new Set(),
  };
}

const MAINS_LOST = ['mains-failure', 'both-sources-lost', 'transfer-failed'];
const BLOCKED = [
  'transfer-failed',
  'locked-out',
  'manual-mode',
  'controller-fault',
  'source1-tripped',
  'source2-tripped',
];

function step(state: State, dtS: number, _nowMs: number, faults: ReadonlySet<string>): State {
  const [random, [chance = 0]] = draws(state.random, 1);
  const noise = wander(state.noise, chance, 1, dtS, 30);
  const mains = !MAINS_LOST.some((fault) => faults.has(fault));
  const supply = stepSupply(state.supply, dtS, {
    mains,
    generator: !faults.has('both-sources-lost'),
    movable: !BLOCKED.some((fault) => faults.has(fault)),
  });
  const arrived = supply.transfer.position !== state.supply.transfer.position && supply.transfer.position !== 0;
  return {
    random,
    noise,
    supply,
    source1V: approach(state.source1V, mains ? MAINS_V + 1.5 * noise : 0, dtS, 0.3),
    source2V: approach(state.source2V, supply.orderedS > 12 ? GENERATOR_V + 0.5 * noise : 0, dtS, 0.8),
    stuckS: faults.has('transfer-failed') ? state.stuckS + dtS : 0,
    transfers: state.transfers + (arrived ? 1 : 0),
    active: new Set(faults),
  };
}

/** Where the switch stands: faults of its mechanism stand above its own will. */
function positionOf({ supply, active }: State): 0 | 1 | 2 {
  const opened = ['forced-open', 'jammed-open', 'source1-tripped', 'source2-tripped'].some((fault) =>
    active.has(fault),
  );
  return opened ? 0 : supply.transfer.position;
}

const phases = (name: string, volts: number): Record<string, number> =>
  Object.fromEntries([1, 1.004, 0.997].map((share, phase) => [`${name}L${phase + 1}`, Math.max(0, volts * share)]));

function points(state: State) {
  const { active, source1V, source2V, noise } = state;
  const position = positionOf(state);
  const load = {
    ...phases('loadVoltage', position === 1 ? source1V : position === 2 ? source2V : 0),
    ...(active.has('load-fuse-l2') ? { loadVoltageL2: 4 } : {}),
    ...(active.has('load-fuse-l3') ? { loadVoltageL3: 4 } : {}),
  };
  return {
    position,
    source1Available: source1V > AVAILABLE_V,
    source2Available: source2V > AVAILABLE_V && generatorReady(state.supply),
    autoMode: !active.has('manual-mode'),
    transferFailed: state.stuckS >= FAILURE_SHOWN_S,
    lockedOut: active.has('locked-out'),
    source1Tripped: active.has('source1-tripped'),
    source2Tripped: active.has('source2-tripped'),
    forcedOpen: active.has('forced-open'),
    controllerFault: active.has('controller-fault'),
    generatorStart: state.supply.orderedS > 0,
    ...phases('source1Voltage', source1V),
    ...phases('source2Voltage', source2V),
    ...load,
    loadVoltageMin: Math.min(...Object.values(load)),
    ...(active.has('sensor-open') ? { loadVoltageL1: null } : {}),
    source1Frequency: source1V > 20 ? 50 + 0.03 * noise : 0,
    source2Frequency: source2V > 20 ? 50 + 0.1 * noise : 0,
    transferCount: state.transfers,
  };
}

export const transferSwitch: Plant<State> = {
  class: 'transfer-switch',
  faults: {
    'mains-failure': 'source 1 fails: the generator starts, the switch moves, and moves back when the mains return',
    'both-sources-lost': 'source 1 fails and the generator does not come',
    'transfer-failed': 'source 1 fails and the mechanism does not move',
    'jammed-open': 'the mechanism stops half way: open',
    'source1-tripped': 'a short circuit behind the switch trips side 1',
    'source2-tripped': 'a short circuit behind the switch trips side 2',
    'forced-open': 'the fire system opens the switch',
    'locked-out': 'a padlock is left on the switch',
    'manual-mode': 'the controller is left on manual',
    'controller-fault': 'the controller fails',
    'load-fuse-l2': 'phase L2 behind the switch is lost',
    'load-fuse-l3': 'phase L3 behind the switch is lost',
    'sensor-open': 'the measuring lead of load phase L1 is disconnected',
  },
  create,
  step,
  points,
};
