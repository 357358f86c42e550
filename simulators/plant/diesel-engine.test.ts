// The start sequence keeps its laws under any orders: it cranks before it runs, gives up after three attempts, and stays
// locked out until it is reset.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENGINE, type Engine, isFiring, isRunning, type Orders, stepEngine } from './diesel-engine.ts';

const REST: Engine = { state: ENGINE.atRest, heldS: 0, attempts: 0, starts: 0, trip: null };
const START: Orders = { wanted: true, able: true, trip: null, reset: true };

/** Every state the engine went through, the first included. */
function follow(phases: readonly { readonly orders: Orders; readonly seconds: number }[], dtS = 0.5): Engine[] {
  const seen = [REST];
  for (const { orders, seconds } of phases)
    for (let index = 0; index < seconds / dtS; index++) seen.push(stepEngine(seen.at(-1) ?? REST, dtS, orders));
  return seen;
}

const orders = fc.record({
  wanted: fc.boolean(),
  able: fc.boolean(),
  trip: fc.option(fc.constantFrom('overspeed', 'emergency-stop')),
  reset: fc.boolean(),
});
const history = fc.array(fc.record({ orders, seconds: fc.integer({ min: 1, max: 200 }) }), {
  minLength: 1,
  maxLength: 8,
});
/** Where each state may come from, besides itself. */
const BEFORE: Readonly<Record<number, readonly number[]>> = {
  [ENGINE.preStart]: [ENGINE.atRest],
  [ENGINE.cranking]: [ENGINE.preStart, ENGINE.crankRest],
  [ENGINE.crankRest]: [ENGINE.cranking],
  [ENGINE.starting]: [ENGINE.cranking],
  [ENGINE.warmingUp]: [ENGINE.starting],
  [ENGINE.running]: [ENGINE.warmingUp, ENGINE.coolingDown],
  [ENGINE.coolingDown]: [ENGINE.running],
  [ENGINE.stopping]: [ENGINE.coolingDown],
};

describe('the start sequence', () => {
  it('reaches each state only from the one before it', () => {
    fc.assert(
      fc.property(history, (phases) => {
        const seen = follow(phases);
        for (const [index, { state }] of seen.entries()) {
          const from = seen[index - 1]?.state ?? ENGINE.atRest;
          const allowed = BEFORE[state];
          if (from !== state && allowed !== undefined) expect(allowed).toContain(from);
        }
      }),
    );
  });

  it('leaves the lock-out only by a reset, and is locked out only with a reason', () => {
    fc.assert(
      fc.property(history, (phases) => {
        let engine = REST;
        for (const { orders: given, seconds } of phases)
          for (let second = 0; second < seconds; second++) {
            const next = stepEngine(engine, 1, given);
            expect(next.trip !== null).toBe(next.state === ENGINE.lockedOut);
            if (engine.state === ENGINE.lockedOut && next.state !== ENGINE.lockedOut) expect(given.reset).toBe(true);
            expect(next.starts - engine.starts).toBe(
              engine.state === ENGINE.cranking && next.state === ENGINE.starting ? 1 : 0,
            );
            engine = next;
          }
      }),
    );
  });

  it('comes up within 20 s, and gives up after three attempts when it does not fire', () => {
    const up = follow([{ orders: START, seconds: 20 }]).at(-1);
    expect(up).toMatchObject({ state: ENGINE.running, starts: 1 });
    expect(up && isFiring(up) && isRunning(up)).toBe(true);
    const dead = follow([{ orders: { ...START, able: false, reset: false }, seconds: 60 }]);
    const cranks = dead.filter(
      ({ state }, index) => state === ENGINE.cranking && dead[index - 1]?.state !== ENGINE.cranking,
    );
    expect(cranks).toHaveLength(3);
    expect(dead.at(-1)).toMatchObject({ state: ENGINE.lockedOut, trip: 'failed-start', starts: 0 });
  });

  it('cools down before it stops, and takes the load again when it is wanted meanwhile', () => {
    const stop = { ...START, wanted: false };
    const cooling = follow([
      { orders: START, seconds: 30 },
      { orders: stop, seconds: 60 },
    ]);
    expect(cooling.at(-1)).toMatchObject({ state: ENGINE.coolingDown });
    expect(stepEngine(cooling.at(-1) ?? REST, 1, START)).toMatchObject({ state: ENGINE.running });
    const stopped = follow([
      { orders: START, seconds: 30 },
      { orders: stop, seconds: 200 },
    ]);
    expect(stopped.at(-1)).toMatchObject({ state: ENGINE.atRest });
  });
});
