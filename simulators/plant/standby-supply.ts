// How a building gets from the mains to its generator and back. Generator, transfer switch and UPS each live through the
// same sequence on the same clock, so that one `mains-failure` injected into all of them tells one story.

/** From the loss of the mains until the generator's voltage is good: start delay, preheating, cranking, safe run. */
const GENERATOR_READY_S = 16;
const TRANSFER_DELAY_S = 5;
/** How long the mains must be back before anybody trusts them again. */
const RETURN_DELAY_S = 60;
/** Neither source is connected while the switch moves. */
const OPEN_S = 1;
/** The engine runs off load so long before it stops. */
export const COOLING_S = 120;

/** 0 open, 1 mains, 2 generator. */
export type Position = 0 | 1 | 2;

export interface Transfer {
  readonly position: Position;
  readonly target: 1 | 2;
  readonly waitedS: number;
}
export const ON_MAINS: Transfer = { position: 1, target: 1, waitedS: 0 };

/** The transfer switch: to the generator when the mains fail, back when they have been there for a while. */
export function transfer(state: Transfer, dtS: number, mains: boolean, generator: boolean): Transfer {
  const waitedS = state.waitedS + dtS;
  if (state.position === 0)
    return waitedS >= OPEN_S ? { ...state, position: state.target, waitedS: 0 } : { ...state, waitedS };
  const target = mains ? 1 : generator ? 2 : state.position;
  if (target === state.position) return { position: target, target, waitedS: 0 };
  const delayS = target === 2 ? TRANSFER_DELAY_S : generator ? RETURN_DELAY_S : OPEN_S;
  return waitedS >= delayS ? { position: 0, target, waitedS: 0 } : { ...state, target: state.target, waitedS };
}

export interface StandbySupply {
  readonly transfer: Transfer;
  /** Seconds since the generator was ordered to start; 0 while it rests. */
  readonly orderedS: number;
  readonly coolingS: number;
}
export const AT_REST: StandbySupply = { transfer: ON_MAINS, orderedS: 0, coolingS: 0 };

export interface Circumstances {
  readonly mains: boolean;
  /** The generator can run. */
  readonly generator: boolean;
  /** The switch can move. */
  readonly movable: boolean;
}

/** Mains, generator and transfer switch as those see them who stand behind. */
export function stepSupply(
  state: StandbySupply,
  dtS: number,
  { mains, generator, movable }: Circumstances,
): StandbySupply {
  const ready = generatorReady(state) && generator;
  const moved = movable ? transfer(state.transfer, dtS, mains, ready) : state.transfer;
  const needed = !mains || moved.position !== 1;
  const coolingS = needed || state.orderedS === 0 ? 0 : state.coolingS + dtS;
  const resting = !generator || coolingS >= COOLING_S || (!needed && state.orderedS === 0);
  return { transfer: moved, orderedS: resting ? 0 : state.orderedS + dtS, coolingS: resting ? 0 : coolingS };
}

export const generatorReady = ({ orderedS }: StandbySupply): boolean => orderedS >= GENERATOR_READY_S;
