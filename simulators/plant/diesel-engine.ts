// How a generator controller starts, watches and stops its engine: the sequence of states, three attempts to crank, and the
// protections that lock it out.
import { COOLING_S } from './standby-supply.ts';

/** Numbers of `engineState` in the class. */
export const ENGINE = {
  atRest: 0,
  preStart: 1,
  cranking: 2,
  crankRest: 3,
  starting: 4,
  warmingUp: 5,
  running: 6,
  coolingDown: 7,
  stopping: 8,
  lockedOut: 9,
} as const;
export type EngineState = (typeof ENGINE)[keyof typeof ENGINE];

export interface Engine {
  readonly state: EngineState;
  /** Seconds in this state; at rest only while a start is wanted. */
  readonly heldS: number;
  readonly attempts: number;
  readonly starts: number;
  /** Which protection has locked it out. */
  readonly trip: string | null;
}

export interface Orders {
  readonly wanted: boolean;
  /** It has fuel and a battery that turns it. */
  readonly able: boolean;
  /** A protection that has acted now. */
  readonly trip: string | null;
  /** The trip's reason has been removed and somebody has reset it. */
  readonly reset: boolean;
}

const START_DELAY_S = 2;
const PRE_START_S = 2;
const FIRES_AFTER_S = 3;
const CRANK_S = 8;
const CRANK_REST_S = 10;
const ATTEMPTS = 3;
const SAFE_RUN_S = 5;
const WARM_UP_S = 3;
const STOPPING_S = 15;

/** The shaft turns under its own power. */
export const isFiring = ({ state }: Engine): boolean => state >= ENGINE.starting && state <= ENGINE.coolingDown;
/** The controller counts the engine as running: its protections are armed. */
export const isRunning = ({ state }: Engine): boolean => state >= ENGINE.warmingUp && state <= ENGINE.coolingDown;

export function stepEngine(engine: Engine, dtS: number, orders: Orders): Engine {
  if (engine.state === ENGINE.lockedOut) return orders.reset ? enter(engine, ENGINE.atRest) : engine;
  if (orders.trip !== null) return { ...enter(engine, ENGINE.lockedOut), trip: orders.trip };
  const heldS = engine.heldS + dtS;
  const held = { ...engine, heldS };
  const after = (seconds: number, next: EngineState): Engine => (heldS >= seconds ? enter(engine, next) : held);
  const stopped = enter(engine, ENGINE.atRest);
  switch (engine.state) {
    case ENGINE.atRest:
      return orders.wanted ? { ...after(START_DELAY_S, ENGINE.preStart), attempts: 0 } : { ...engine, heldS: 0 };
    case ENGINE.preStart:
      return orders.wanted ? after(PRE_START_S, ENGINE.cranking) : stopped;
    case ENGINE.cranking:
      return orders.wanted ? crank(engine, held, orders.able) : stopped;
    case ENGINE.crankRest:
      return orders.wanted ? after(CRANK_REST_S, ENGINE.cranking) : stopped;
    case ENGINE.starting:
      return after(SAFE_RUN_S, ENGINE.warmingUp);
    case ENGINE.warmingUp:
      return after(WARM_UP_S, ENGINE.running);
    case ENGINE.running:
      return orders.wanted ? held : enter(engine, ENGINE.coolingDown);
    case ENGINE.coolingDown:
      return orders.wanted ? enter(engine, ENGINE.running) : after(COOLING_S, ENGINE.stopping);
    case ENGINE.stopping:
      return after(STOPPING_S, ENGINE.atRest);
  }
}

function crank(engine: Engine, held: Engine, able: boolean): Engine {
  if (able && held.heldS >= FIRES_AFTER_S) return { ...enter(engine, ENGINE.starting), starts: engine.starts + 1 };
  if (held.heldS < CRANK_S) return held;
  const attempts = engine.attempts + 1;
  if (attempts < ATTEMPTS) return { ...enter(engine, ENGINE.crankRest), attempts };
  return { ...enter(engine, ENGINE.lockedOut), attempts, trip: 'failed-start' };
}

const enter = (engine: Engine, state: EngineState): Engine => ({
  ...engine,
  state,
  heldS: 0,
  trip: state === ENGINE.lockedOut ? engine.trip : null,
});
