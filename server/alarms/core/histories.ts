// Plays a history of one rule for tests: readings, gaps, people, and the gateway that comes and goes.
import type { AlarmDefinition } from '@louwei/device-profiles';
import { gatewayConnection } from './connection.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import type { Transition } from './transition.ts';

export type Step =
  | { readonly do: 'value'; readonly value: number }
  | {
      readonly do: 'flap' | 'bad' | 'wait' | 'reset' | 'unshelve' | 'gateway-off' | 'gateway-on' | 'oos-on' | 'oos-off';
    }
  | { readonly do: 'ack'; readonly seen: number | null }
  | { readonly do: 'shelve'; readonly minutes: number; readonly oneShot: boolean };

const RULES: Readonly<Record<'limit' | 'comm-loss' | 'over-time', AlarmDefinition['rule']>> = {
  limit: { kind: 'limit', point: 'temperature', above: 130, deadband: 5 },
  'comm-loss': { kind: 'comm-loss' },
  'over-time': {
    kind: 'any',
    of: [
      {
        kind: 'all',
        of: [
          { kind: 'limit', point: 'temperature', above: 130, deadband: 5 },
          { kind: 'not', of: { kind: 'rate-of-change', point: 'temperature', fall: 6, windowS: 20, deadband: 0 } },
        ],
      },
      { kind: 'duration', point: 'temperature', equals: [131, 132, 133, 134, 135, 136], forS: 15 },
    ],
  },
};

export function play(
  [{ kind, ...timing }, steps]: [
    { kind: 'limit' | 'comm-loss' | 'over-time'; latching: boolean; onDelayS: number; offDelayS: number },
    { step: Step; after: number }[],
  ],
  check: (
    hand: ReturnType<typeof handDriven>,
    step: Step,
    before: ReturnType<typeof handDriven>['record'],
    new_: readonly Transition[],
  ) => void,
): ReturnType<typeof handDriven> {
  const definition = definitionOf({ ...timing, rule: RULES[kind] });
  const hand = handDriven(definition);
  let atMs = 0;
  for (const { step, after } of steps) {
    atMs += after;
    // What falls due by then is due to the readings before.
    if (step.do === 'bad') hand.wait(atMs);
    const { record } = hand;
    const length = hand.journal.length;
    if (step.do === 'value') hand.at(atMs, kind === 'comm-loss' ? step.value % 2 : step.value);
    else if (step.do === 'flap')
      for (let count = 0; count < 3; count++) {
        hand.at(atMs, kind === 'comm-loss' ? 0 : 136);
        hand.at(atMs + 500, kind === 'comm-loss' ? 1 : 120);
        atMs += 1000;
      }
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
