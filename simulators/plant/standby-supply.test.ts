// The transfer keeps its laws whatever the sources do: the two are never connected, and a good source ends up on the load.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT_REST, generatorReady, ON_MAINS, stepSupply, type Transfer, transfer } from './standby-supply.ts';

const sources = fc.array(
  fc.record({ mains: fc.boolean(), generator: fc.boolean(), seconds: fc.integer({ min: 1, max: 90 }) }),
  { minLength: 1, maxLength: 10 },
);

describe('the transfer', () => {
  it('passes through open on every way from one source to the other', () => {
    fc.assert(
      fc.property(sources, fc.constantFrom(0.25, 1, 5), (phases, dtS) => {
        let state: Transfer = ON_MAINS;
        for (const { mains, generator, seconds } of phases)
          for (let second = 0; second < seconds; second += dtS) {
            const next = transfer(state, dtS, mains, generator);
            if (next.position !== state.position) expect([next.position, state.position]).toContain(0);
            state = next;
          }
      }),
    );
  });

  it('ends on the mains when they stay good, else on the generator when that is good, else where it was', () => {
    fc.assert(
      fc.property(sources, fc.boolean(), fc.boolean(), (phases, mains, generator) => {
        let state: Transfer = ON_MAINS;
        for (const phase of phases)
          for (let second = 0; second < phase.seconds; second++)
            state = transfer(state, 1, phase.mains, phase.generator);
        const before = state.position === 0 ? state.target : state.position;
        for (let second = 0; second < 70; second++) state = transfer(state, 1, mains, generator);
        expect(state.position).toBe(mains ? 1 : generator ? 2 : before);
      }),
    );
  });

  it('does not move for a dip of the mains', () => {
    let state: Transfer = ON_MAINS;
    for (let index = 0; index < 100; index++) state = transfer(state, 1, index % 5 !== 0, true);
    expect(state.position).toBe(1);
  });
});

describe('the standby supply', () => {
  it('always comes to rest on good mains, with the generator stopped', () => {
    fc.assert(
      fc.property(sources, (phases) => {
        let supply = AT_REST;
        const run = (mains: boolean, generator: boolean, seconds: number): void => {
          for (let second = 0; second < seconds; second++)
            supply = stepSupply(supply, 1, { mains, generator, movable: true });
        };
        for (const { mains, generator, seconds } of phases) run(mains, generator, seconds);
        run(true, true, 300);
        expect(supply.transfer.position).toBe(1);
        expect(generatorReady(supply)).toBe(false);
        expect(supply).toMatchObject({ orderedS: 0, coolingS: 0 });
      }),
    );
  });
});
