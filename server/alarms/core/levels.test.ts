// Several limits on one point: one alarm whose priority follows the level.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';
import { recall } from './observe-point.ts';
import { newRuleState } from './rule-state.ts';
import { replay } from './transition.ts';

const above = [
  { limit: 130, priority: 3 },
  { limit: { parameter: 'limit' }, priority: 1 },
];
const rule = { kind: 'levels', point: 'temperature', above, deadband: 5 } as const;

describe('levels', () => {
  it('high, then high-high is announced again, then high without a sound, then normal', () => {
    const hand = handDriven(definitionOf({ rule }));
    hand.at(0, 131);
    expect(hand.record.occurrence).toMatchObject({ priority: 3, shown: { limit: 130 } });
    hand.ack(1);
    hand.at(2, 141);
    expect(hand.shown).toBe('UNACK');
    expect(hand.record.occurrence).toMatchObject({
      priority: 1,
      value: 141,
      activationSeq: 2,
      shown: { limit: 140, text: { en: '141.0 over 140.0' } },
    });
    hand.ack(3);
    hand.at(4, 135.01);
    expect(hand.record.occurrence?.priority).toBe(1);
    hand.at(5, 135);
    expect(hand.shown).toBe('ACKED');
    expect(hand.record.occurrence).toMatchObject({ priority: 3, shown: { limit: 130 } });
    hand.at(6, 125.01);
    expect(hand.shown).toBe('ACKED');
    hand.at(7, 125);
    expect(hand.events).toEqual(['ACTIVE', 'ACK', 'PRIORITY_CHANGED', 'ACK', 'PRIORITY_CHANGED', 'RTN', 'CLOSED']);
  });

  it('goes straight to the level it has reached', () => {
    const hand = handDriven(definitionOf({ rule }));
    hand.at(0, 150);
    expect(hand.record.occurrence).toMatchObject({ priority: 1, shown: { limit: 140 } });
    expect(hand.events).toEqual(['ACTIVE']);
  });

  it('the acknowledgement of the milder level does not cover the more severe one', () => {
    const hand = handDriven(definitionOf({ rule }));
    hand.at(0, 131);
    hand.at(1, 150);
    expect(hand.ack(2, 1)).toMatchObject({ ok: false, code: 'conflict' });
    expect(hand.ack(3, 2)).toMatchObject({ ok: true });
  });

  it('up after the on-delay, down after the off-delay, each started again by a value in between', () => {
    const hand = handDriven(definitionOf({ rule, onDelayS: 10, offDelayS: 20 }));
    hand.at(0, 131);
    hand.wait(10_000);
    hand.at(20_000, 141);
    hand.at(25_000, 133);
    hand.at(30_000, 141);
    hand.wait(39_999);
    expect(hand.record.occurrence?.priority).toBe(3);
    hand.wait(40_000);
    expect(hand.record.occurrence?.priority).toBe(1);
    hand.at(50_000, 132);
    hand.wait(69_999);
    expect(hand.record.occurrence?.priority).toBe(1);
    hand.wait(70_000);
    expect(hand.record.occurrence?.priority).toBe(3);
  });

  it('below: the lower limit is the more severe one', () => {
    const below = [
      { limit: 10, priority: 3 },
      { limit: 5, priority: 2 },
    ];
    const hand = handDriven(definitionOf({ rule: { kind: 'levels', point: 'temperature', below, deadband: 1 } }));
    hand.at(0, 9.9);
    hand.at(1, 4.9);
    expect(hand.record.occurrence?.priority).toBe(2);
    hand.at(2, 6);
    expect(hand.record.occurrence?.priority).toBe(3);
    hand.at(3, 11);
    expect(hand.shown).toBe('RTNUN');
  });

  it('shelved, a higher level is journalled but not announced', () => {
    const hand = handDriven(definitionOf({ rule }));
    hand.at(0, 131);
    hand.shelve(1, 60);
    hand.at(2, 150);
    expect(hand.journal.at(-1)).toMatchObject({ event: 'PRIORITY_CHANGED', to: 1, announced: false });
    expect(hand.shown).toBe('SHLVD');
  });

  it('a start takes the level up again, with its delay from the beginning', () => {
    const definition = definitionOf({ rule, onDelayS: 10 });
    const before = handDriven(definition);
    before.at(0, 131);
    before.wait(10_000);
    before.at(12_000, 150);
    const hand = handDriven(definition, newRuleState(15_000, before.record));
    const reading = { value: 150, shown: 150, usable: true, why: 'good', sourceMs: 12_000, atMs: 15_000 };
    hand.take(recall(definition, hand.state, 'temperature', reading));
    hand.wait(24_999);
    expect(hand.record.occurrence?.priority).toBe(3);
    hand.wait(25_000);
    expect(hand.record.occurrence?.priority).toBe(1);
  });

  it('a limit inside the milder one is refused by name', () => {
    const inside = [
      { limit: 145, priority: 3 },
      { limit: { parameter: 'limit' }, priority: 1 },
    ];
    expect(() => definitionOf({ rule: { kind: 'levels', point: 'temperature', above: inside, deadband: 0 } })).toThrow(
      'found limit 140, expected one beyond the milder 145',
    );
  });

  it('I18: for any history one alarm whose priority is its level, announced up, silent down', () => {
    const values = fc.array(fc.record({ value: fc.integer({ min: 120, max: 150 }), ack: fc.boolean() }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.boolean(), (steps, latching) => {
        const hand = handDriven(definitionOf({ rule, latching }));
        let level = 0;
        const told = () => hand.events.filter((event) => event !== 'ACK_OVERDUE').length;
        // Slow enough not to flap.
        steps.forEach(({ value, ack }, index) => {
          const atMs = index * 30_000;
          const { acked } = hand.record.facts;
          const length = told();
          hand.at(atMs, value);
          const severe = value > (level === 2 ? 135 : 140);
          const next = severe ? 2 : value > (level > 0 ? 125 : 130) ? 1 : 0;
          expect(hand.record.facts.cond).toBe(next > 0);
          if (next > 0 && level > 0) expect(hand.record.occurrence?.priority).toBe(next === 2 ? 1 : 3);
          if (next > 0 && level > next) expect(hand.record.facts.acked).toBe(acked);
          if (next > level) expect(hand.record.facts.acked).toBe(false);
          if (next > 0 && next === level) expect(told()).toBe(length);
          level = next;
          if (ack) hand.ack(atMs);
        });
        if (hand.record.occurrence !== null) expect(replay(hand.journal)).toEqual(hand.record);
      }),
      { numRuns: 2000 },
    );
  });
});
