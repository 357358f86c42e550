// The server's wall clock set while rules run: what happens is what would have happened without it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveClock } from './clock-step.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { observePoint } from './observe-point.ts';
import { wakeAt } from './qualification.ts';
import { toReading } from './reading.ts';
import { newRuleState } from './rule-state.ts';
import { replay } from './transition.ts';

const HOUR_MS = 3_600_000;
const DECADES_MS = 73 * 365 * 24 * HOUR_MS;

/** Far enough from 0, which is no time of any clock that was set. */
const BEGIN_MS = 1e14;

/** A rule in the hands of a test whose clock is set now and then. `atMs` is what has really passed. */
function onSetClock(changes: Parameters<typeof definitionOf>[0]) {
  const definition = definitionOf(changes);
  const hand = handDriven(definition, newRuleState(BEGIN_MS));
  let aheadMs = BEGIN_MS;
  return {
    hand,
    set(atMs: number, stepMs: number) {
      hand.wait(atMs + aheadMs);
      aheadMs += stepMs;
      hand.take(moveClock(definition, hand.state, { stepMs, nowMs: atMs + aheadMs }));
    },
    on: (atMs: number): number => atMs + aheadMs,
    wakeAt: () => wakeAt(definition, hand.state),
  };
}

describe('a clock that is set', () => {
  it.each([HOUR_MS, -HOUR_MS, DECADES_MS, -DECADES_MS])('neither ends nor stretches an on-delay (%d ms)', (stepMs) => {
    const { hand, set, on } = onSetClock({ onDelayS: 10 });
    hand.at(on(0), 135);
    set(4_000, stepMs);
    hand.wait(on(9_999));
    expect(hand.events).toEqual([]);
    hand.wait(on(10_000));
    expect(hand.events).toEqual(['ACTIVE']);
  });

  it('lets a shelf last as long as it was asked for, and says in the journal why its end is another', () => {
    const { hand, set, on } = onSetClock({});
    hand.at(on(0), 135);
    hand.ack(on(1));
    hand.shelve(on(1_000), 60);
    set(2_000, DECADES_MS);
    hand.wait(on(HOUR_MS));
    expect(hand.shown).toBe('SHLVD');
    expect(hand.journal.at(-1)).toMatchObject({ event: 'CLOCK_SET', stepMs: DECADES_MS, actor: 'system' });
    hand.wait(on(HOUR_MS + 1_000));
    expect(hand.events.slice(-2)).toEqual(['CLOCK_SET', 'UNSHELVED']);
  });

  it('asks for an acknowledgement when its time is really over', () => {
    const { hand, set, on } = onSetClock({});
    hand.at(on(0), 135);
    set(1_000, -DECADES_MS);
    hand.wait(on(15 * 60_000 - 1));
    expect(hand.events).toEqual(['ACTIVE', 'CLOCK_SET']);
    hand.wait(on(15 * 60_000));
    expect(hand.events.at(-1)).toBe('ACK_OVERDUE');
  });

  it('does not take a silence for longer or shorter than it is', () => {
    const { hand, set, on } = onSetClock({ rule: { kind: 'stale', point: 'temperature', afterS: 60 } });
    hand.at(on(0), 20);
    set(10_000, HOUR_MS);
    hand.wait(on(59_999));
    expect(hand.events).toEqual([]);
    hand.wait(on(60_000));
    expect(hand.events).toEqual(['ACTIVE']);
  });

  it('set and set back leaves everything as it was', () => {
    const { hand, set, on } = onSetClock({ onDelayS: 10 });
    hand.at(on(0), 135);
    const before = hand.state;
    set(1_000, DECADES_MS);
    set(1_000, -DECADES_MS);
    expect(hand.state).toEqual(before);
  });
});

describe('rules that look at time', () => {
  const rule = { kind: 'frozen', point: 'temperature', band: 0, forS: 3_600 } as const;

  it.each([25 * HOUR_MS, -25 * HOUR_MS])(
    'go by the clock of the gateway, which nobody has set, while the server is %d ms off',
    (stepMs) => {
      const definition = definitionOf({ rule });
      const hand = handDriven(definition, newRuleState(BEGIN_MS));
      const read = (atMs: number, value: number, leadMs: number) =>
        hand.take(
          observePoint(
            definition,
            hand.state,
            'temperature',
            toReading(
              { value, text: null, quality: 'good', timeMs: BEGIN_MS + atMs, sentAtMs: BEGIN_MS + atMs },
              BEGIN_MS + atMs + leadMs,
            ),
            hand.mint,
          ),
        );
      read(0, 20, 0);
      read(60_000, 21, 0);
      const set = BEGIN_MS + 120_000 + stepMs;
      hand.take(moveClock(definition, hand.state, { stepMs, nowMs: set }));
      hand.wait(set + 1_000);
      // The same value again, and another one: each tells how far the clocks are apart.
      read(180_000, 21, stepMs);
      hand.wait(BEGIN_MS + 60_000 + HOUR_MS + stepMs - 1);
      expect(hand.events).toEqual([]);
      hand.wait(BEGIN_MS + 60_000 + HOUR_MS + stepMs);
      expect(hand.events).toEqual(['ACTIVE']);
      read(HOUR_MS + 120_000, 22, stepMs);
      expect(hand.events.slice(0, 2)).toEqual(['ACTIVE', 'RTN']);
      for (const { sourceMs, serverMs } of hand.journal) expect(sourceMs).toBeLessThanOrEqual(serverMs);
    },
  );

  it('do not take the time of a sender for a clock that is behind its own readings', () => {
    const sample = { value: 1, text: null, quality: 'good', timeMs: BEGIN_MS } as const;
    expect(toReading({ ...sample, sentAtMs: 0 }, BEGIN_MS).own).toBeUndefined();
    expect(toReading({ ...sample, sentAtMs: BEGIN_MS }, BEGIN_MS + 60_000).own).toBeUndefined();
    expect(toReading({ ...sample, sentAtMs: BEGIN_MS }, BEGIN_MS + HOUR_MS).own).toEqual({
      atMs: BEGIN_MS,
      leadMs: HOUR_MS,
    });
  });
});

type Act =
  | { readonly do: 'value'; readonly value: number }
  | { readonly do: 'ack' | 'bad' | 'wait' }
  | { readonly do: 'shelve'; readonly minutes: number }
  | { readonly do: 'set'; readonly stepMs: number };

const act: fc.Arbitrary<{ readonly act: Act; readonly after: number }> = fc.record({
  act: fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('value' as const), value: fc.constantFrom(120, 135) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('ack' as const, 'bad' as const, 'wait' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('shelve' as const), minutes: fc.integer({ min: 1, max: 60 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('set' as const),
        stepMs: fc.oneof(
          fc.constantFrom(HOUR_MS, -HOUR_MS, 25 * HOUR_MS, -25 * HOUR_MS, DECADES_MS, -DECADES_MS),
          fc.integer({ min: -1e7, max: 1e7 }),
        ),
      }),
    },
  ),
  after: fc.constantFrom(0, 1_000, 39_999, 40_000, 400_000, 4_000_000),
});

/** 40 s each, so that nothing can flap within a minute: that is counted on the clock of the source. */
const definitions = fc.record({
  latching: fc.boolean(),
  onDelayS: fc.constant(40),
  offDelayS: fc.constant(40),
  rule: fc.constantFrom(
    { kind: 'limit', point: 'temperature', above: 130, deadband: 5 } as const,
    { kind: 'stale', point: 'temperature', afterS: 300 } as const,
  ),
  reAlarm: fc.constantFrom(undefined, { afterMin: 5, times: 2 }),
});

function play(
  { reAlarm, ...changes }: typeof definitions extends fc.Arbitrary<infer D> ? D : never,
  acts: readonly { readonly act: Act; readonly after: number }[],
  isSet: boolean,
) {
  const clock = onSetClock({ ...changes, ...(reAlarm === undefined ? {} : { reAlarm }) });
  const { hand } = clock;
  let atMs = 0;
  for (const { act: what, after } of acts) {
    atMs += after;
    const onClock = clock.on(atMs);
    hand.wait(onClock);
    if (what.do === 'value') hand.at(onClock, what.value);
    else if (what.do === 'bad') hand.bad(onClock);
    else if (what.do === 'ack') hand.ack(onClock);
    else if (what.do === 'shelve') hand.shelve(onClock, what.minutes);
    else if (what.do === 'set' && isSet) clock.set(atMs, what.stepMs);
  }
  return { hand, dueInMs: clock.wakeAt() - clock.on(atMs) };
}

it('changes neither what happens nor when the next thing is due, under random histories and steps', () => {
  fc.assert(
    fc.property(definitions, fc.array(act, { maxLength: 40 }), (changes, acts) => {
      const still = play(changes, acts, false);
      const moved = play(changes, acts, true);
      expect(moved.hand.events.filter((event) => event !== 'CLOCK_SET')).toEqual(still.hand.events);
      expect(moved.hand.shown).toBe(still.hand.shown);
      expect(moved.dueInMs).toBe(still.dueInMs);
      if (moved.hand.record.occurrence !== null) expect(replay(moved.hand.journal)).toEqual(moved.hand.record);
    }),
    { numRuns: 2000 },
  );
});
