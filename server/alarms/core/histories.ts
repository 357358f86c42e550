// Random histories of one rule for tests: readings, gaps, people, and the gateway that comes and goes.
import fc from 'fast-check';
import { gatewayConnection } from './connection.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import type { Transition } from './transition.ts';

type Step =
  | { readonly do: 'value'; readonly value: number }
  | { readonly do: 'bad' | 'wait' | 'reset' | 'unshelve' | 'gateway-off' | 'gateway-on' | 'oos-on' | 'oos-off' }
  | { readonly do: 'ack'; readonly seen: number | null }
  | { readonly do: 'shelve'; readonly minutes: number; readonly oneShot: boolean };

const step: fc.Arbitrary<{ step: Step; after: number }> = fc.record({
  step: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('value' as const), value: fc.integer({ min: 120, max: 140 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('bad' as const, 'wait' as const, 'reset' as const, 'unshelve' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('gateway-off' as const, 'gateway-on' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('oos-on' as const, 'oos-off' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('ack' as const), seen: fc.option(fc.integer({ min: 1, max: 4 })) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('shelve' as const),
        minutes: fc.integer({ min: 0, max: 300 }),
        oneShot: fc.boolean(),
      }),
    },
  ),
  after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30_000 }), fc.constant(10_000)),
});

const definitions = fc.record({
  latching: fc.boolean(),
  onDelayS: fc.constantFrom(0, 10),
  offDelayS: fc.constantFrom(0, 10),
  commLoss: fc.boolean(),
});

/** Value over the comm-loss rule's 0 and 1 too: 120-129 even is lost. */
export const played = fc.tuple(definitions, fc.array(step, { maxLength: 40 }));

export function play(
  [{ commLoss, ...timing }, steps]: [
    { commLoss: boolean; latching: boolean; onDelayS: number; offDelayS: number },
    { step: Step; after: number }[],
  ],
  check: (
    hand: ReturnType<typeof handDriven>,
    step: Step,
    before: ReturnType<typeof handDriven>['record'],
    new_: readonly Transition[],
  ) => void,
): ReturnType<typeof handDriven> {
  const definition = definitionOf({ ...timing, ...(commLoss ? { rule: { kind: 'comm-loss' } as const } : {}) });
  const hand = handDriven(definition);
  let atMs = 0;
  for (const { step, after } of steps) {
    atMs += after;
    const { record } = hand;
    const length = hand.journal.length;
    if (step.do === 'value') hand.at(atMs, commLoss ? step.value % 2 : step.value);
    else if (step.do === 'bad') hand.bad(atMs);
    else if (step.do === 'wait') hand.wait(atMs);
    else if (step.do === 'reset') hand.reset(atMs);
    else if (step.do === 'unshelve') hand.unshelve(atMs);
    else if (step.do === 'ack') hand.ack(atMs, step.seen ?? undefined);
    else if (step.do === 'shelve') hand.shelve(atMs, step.minutes, step.oneShot);
    else if (step.do === 'oos-on') hand.outOfService(atMs);
    else if (step.do === 'oos-off') hand.inService(atMs);
    else {
      const online = step.do === 'gateway-on';
      hand.take(
        gatewayConnection(definition, hand.state, {
          online,
          deviceOnline: true,
          cause: 'gateway:g',
          sourceMs: atMs,
          atMs,
        }),
      );
    }
    check(hand, step, record, hand.journal.slice(length));
  }
  return hand;
}
