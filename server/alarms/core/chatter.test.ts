// Flapping hold as timelines of one rule, and for any history.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';
import { recall } from './observe-point.ts';
import { wakeAt } from './qualification.ts';
import { redefine, remove } from './reload.ts';
import { newRuleState } from './rule-state.ts';
import { replay } from './transition.ts';

const S = 1000;
type Hand = ReturnType<typeof handDriven>;

/** On at 0, 20 s and 40 s, each for 10 s: the third one starts the hold. */
function flap(hand: Hand, fromMs = 0): number {
  for (const atMs of [0, 20 * S, 40 * S]) {
    hand.at(fromMs + atMs, 135);
    hand.at(fromMs + atMs + 10 * S, 120);
  }
  return fromMs + 50 * S;
}

describe('flapping hold', () => {
  it('3: three activations within a minute are kept as one, counted, and released after a quiet minute', () => {
    const hand = handDriven(definitionOf());
    let atMs = flap(hand);
    const held = ['ACTIVE', 'RTN', 'RE-ACTIVE', 'RTN', 'RE-ACTIVE', 'CHATTERING_ON'];
    expect(hand.events).toEqual(held);
    for (let count = 0; count < 50; count++) {
      hand.at(atMs + 20 * S, 135);
      hand.at(atMs + 40 * S, 120);
      atMs += 40 * S;
      expect(hand.shown).toBe('UNACK');
    }
    expect(hand.events.filter((event) => event !== 'ACK_OVERDUE')).toEqual(held);
    expect(hand.state.watch.flapping).toMatchObject({ cond: false, activations: 50 });
    hand.wait(atMs + 60 * S - 1);
    expect(hand.shown).toBe('UNACK');
    hand.wait(atMs + 60 * S);
    expect(hand.journal.slice(-2)).toMatchObject([
      { event: 'CHATTERING_OFF', activations: 53 },
      { event: 'RTN', sourceMs: atMs, serverMs: atMs + 60 * S, value: 120 },
    ]);
    expect(hand.shown).toBe('RTNUN');
    expect(hand.record.occurrence).toMatchObject({ chattering: false, activations: 53, clearedAtMs: atMs });
    expect(replay(hand.journal)).toEqual(hand.record);
  });

  it('is not started by activations that are a minute apart, and is by those just inside', () => {
    for (const [lastMs, held] of [
      [60 * S, false],
      [60 * S - 1, true],
    ] as const) {
      const hand = handDriven(definitionOf());
      for (const atMs of [0, 30 * S, lastMs]) {
        hand.at(atMs, 135);
        if (atMs < lastMs) hand.at(atMs + 10 * S, 120);
      }
      expect(hand.events.includes('CHATTERING_ON')).toBe(held);
    }
  });

  it('ends active when the condition stayed', () => {
    const hand = handDriven(definitionOf());
    const atMs = flap(hand);
    hand.at(atMs + 10 * S, 135);
    hand.wait(atMs + 70 * S);
    expect(hand.events.slice(-1)).toEqual(['CHATTERING_OFF']);
    expect(hand.shown).toBe('UNACK');
    hand.at(atMs + 80 * S, 120);
    expect(hand.shown).toBe('RTNUN');
  });

  it('counts activations over occurrences that were acknowledged in between', () => {
    const hand = handDriven(definitionOf());
    for (const atMs of [0, 20 * S, 40 * S]) {
      hand.at(atMs, 135);
      hand.ack(atMs);
      if (atMs < 40 * S) hand.at(atMs + 10 * S, 120);
    }
    expect(hand.events.filter((event) => event === 'CLOSED')).toHaveLength(2);
    expect(hand.record.occurrence).toMatchObject({ chattering: true, activations: 1 });
    expect(hand.shown).toBe('ACKED');
  });

  it('takes the acknowledgement of what was seen, and closes quietly afterwards', () => {
    const hand = handDriven(definitionOf());
    const atMs = flap(hand);
    expect(hand.ack(atMs, 2).ok).toBe(false);
    expect(hand.ack(atMs, 3).ok).toBe(true);
    hand.at(atMs + 5 * S, 135);
    hand.at(atMs + 9 * S, 120);
    expect(hand.shown).toBe('ACKED');
    hand.wait(atMs + 69 * S);
    expect(hand.events.slice(-3)).toEqual(['CHATTERING_OFF', 'RTN', 'CLOSED']);
  });

  it('latches with the release, and cannot be reset before', () => {
    const hand = handDriven(definitionOf({ latching: true }));
    const atMs = flap(hand);
    hand.ack(atMs);
    expect(hand.reset(atMs)).toMatchObject({ ok: false, detail: expect.stringContaining('condition present') });
    hand.wait(atMs + 60 * S);
    expect(hand.shown).toBe('LATAK');
    expect(hand.reset(atMs + 61 * S).ok).toBe(true);
    expect(hand.shown).toBe('NORM');
  });

  it('keeps a shelf, and a one-shot shelf ends with the release', () => {
    for (const oneShot of [false, true]) {
      const hand = handDriven(definitionOf());
      const atMs = flap(hand);
      hand.shelve(atMs, 30, oneShot);
      hand.at(atMs + 5 * S, 135);
      hand.at(atMs + 6 * S, 120);
      expect(hand.shown).toBe('SHLVD');
      hand.wait(atMs + 66 * S);
      expect(hand.shown).toBe(oneShot ? 'NORM' : 'SHLVD');
      hand.wait(atMs + 31 * 60 * S);
      expect(hand.shown).toBe('NORM');
    }
  });

  it('I9: is not released while nobody can tell, and needs a quiet minute after that', () => {
    const hand = handDriven(definitionOf());
    const atMs = flap(hand);
    hand.bad(atMs + 10 * S);
    hand.wait(atMs + 3600 * S);
    expect(hand.record).toMatchObject({ facts: { cond: true }, occurrence: { chattering: true } });
    hand.at(atMs + 3600 * S, 120);
    hand.wait(atMs + 3660 * S - 1);
    expect(hand.record.facts.cond).toBe(true);
    hand.wait(atMs + 3660 * S);
    expect(hand.shown).toBe('RTNUN');
  });

  it('is released by a changed definition, and ends with a removed one', () => {
    const hand = handDriven(definitionOf());
    flap(hand);
    const changed = redefine(definitionOf({ priority: 3 }), hand.state, null, 60 * S);
    expect(changed.transitions.map(({ event }) => event)).toEqual(['CHATTERING_OFF', 'RTN', 'PRIORITY_CHANGED']);
    expect(remove(hand.state, 60 * S).state).toMatchObject({ record: { occurrence: null }, watch: { flapping: null } });
  });

  it('survives a restart: the last stored reading tells what holds, after births had their chance', () => {
    for (const [value, shown] of [
      [120, 'RTNUN'],
      [135, 'UNACK'],
    ] as const) {
      const before = handDriven(definitionOf());
      flap(before);
      const nowMs = 100 * S;
      const reading = { value, shown: value, usable: true, why: 'good', sourceMs: 50 * S, atMs: nowMs };
      const state = newRuleState(nowMs, before.record, { sinceMs: 0, sourceMs: 0, value: 1, notBeforeMs: 0 });
      const hand = handDriven(definitionOf(), recall(definitionOf(), state, 'temperature', reading).state);
      hand.wait(nowMs + 10 * S);
      hand.wait(nowMs + 59 * S);
      expect(hand.events).toEqual([]);
      hand.wait(nowMs + 70 * S);
      expect([hand.shown, hand.events[0]]).toEqual([shown, 'CHATTERING_OFF']);
      expect(hand.events.includes('ACTIVE')).toBe(false);
    }
  });

  it('for any history: journalled at most three times a minute, never lost, right in the end, replayable', () => {
    const steps = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 40 * S }),
        value: fc.constantFrom(120, 135, null),
        ack: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    const timing = fc.record({
      latching: fc.boolean(),
      onDelayS: fc.constantFrom(0, 5),
      offDelayS: fc.constantFrom(0, 5),
    });
    fc.assert(
      fc.property(steps, timing, (history, changes) => {
        const definition = definitionOf(changes);
        const hand = handDriven(definition);
        let atMs = 0;
        let last = 120;
        for (const { after, value, ack } of history) {
          atMs += after;
          if (value === null) hand.bad(atMs);
          else hand.at(atMs, value);
          last = value ?? last;
          if (ack) hand.ack(atMs);
          if (hand.record.occurrence?.chattering === true) expect(hand.record.facts.cond).toBe(true);
          expect(hand.record.occurrence?.chattering ?? false).toBe(hand.state.watch.flapping !== null);
        }
        const on = hand.journal.filter(({ event }) => event === 'ACTIVE' || event === 'RE-ACTIVE');
        on.forEach(({ sourceMs }, index) => {
          const window = on.slice(0, index + 1).filter((entry) => entry.sourceMs > sourceMs - 60 * S);
          expect(window.length).toBeLessThanOrEqual(3);
        });
        hand.at(atMs + S, last);
        hand.wait(atMs + 6 * S);
        hand.wait(atMs + 120 * S);
        expect(hand.record.occurrence?.chattering ?? false).toBe(false);
        expect(hand.record.facts.cond).toBe(last === 135);
        expect(wakeAt(definition, hand.state)).toBeGreaterThan(atMs + 120 * S);
        if (hand.record.occurrence !== null) expect(replay(hand.journal)).toEqual(hand.record);
      }),
      { numRuns: 2000 },
    );
  });
});
