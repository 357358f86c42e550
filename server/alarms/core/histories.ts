// Plays a history of one rule for tests: readings, gaps, people, and the gateway that comes and goes.
import { gatewayConnection } from './connection.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import type { Transition } from './transition.ts';

export type Step =
  | { readonly do: 'value'; readonly value: number }
  | { readonly do: 'bad' | 'wait' | 'reset' | 'unshelve' | 'gateway-off' | 'gateway-on' | 'oos-on' | 'oos-off' }
  | { readonly do: 'ack'; readonly seen: number | null }
  | { readonly do: 'shelve'; readonly minutes: number; readonly oneShot: boolean };

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
