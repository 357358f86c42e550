// Re-alarm as timelines of one rule.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';
import { replay } from './transition.ts';

const MIN = 60_000;
const reAlarm = { afterMin: 10, times: 3 };

describe('re-alarm', () => {
  it('14: three times after three acknowledgements, then silence', () => {
    const hand = handDriven(definitionOf({ reAlarm }));
    hand.at(0, 135);
    hand.wait(60 * MIN);
    expect(hand.events).toEqual(['ACTIVE', 'ACK_OVERDUE']);
    let atMs = 60 * MIN;
    for (let count = 1; count <= 3; count++) {
      hand.ack(atMs);
      hand.wait(atMs + 10 * MIN - 1);
      expect(hand.shown).toBe('ACKED');
      atMs += 10 * MIN;
      hand.wait(atMs);
      expect(hand.shown).toBe('UNACK');
      expect(hand.journal.at(-1)).toMatchObject({ event: 'RE-ALARM', count, actor: 'system', serverMs: atMs });
    }
    hand.ack(atMs);
    hand.wait(atMs + 1000 * MIN);
    expect(hand.shown).toBe('ACKED');
    hand.at(atMs + 1001 * MIN, 120);
    expect(hand.shown).toBe('NORM');
  });

  it('an acknowledgement from before it does not cover it', () => {
    const hand = handDriven(definitionOf({ reAlarm }));
    hand.at(0, 135);
    hand.ack(0, 1);
    hand.wait(10 * MIN);
    expect(hand.ack(10 * MIN, 1)).toMatchObject({ ok: false, code: 'conflict' });
    expect(hand.ack(10 * MIN, 2)).toMatchObject({ ok: true });
  });

  it('waits while shelved; a return ends it', () => {
    const hand = handDriven(definitionOf({ reAlarm }));
    hand.at(0, 135);
    hand.ack(0);
    hand.shelve(1, 60);
    hand.wait(30 * MIN);
    expect(hand.shown).toBe('SHLVD');
    hand.unshelve(30 * MIN);
    hand.ack(31 * MIN);
    hand.at(32 * MIN, 120);
    hand.wait(90 * MIN);
    expect(hand.events).not.toContain('RE-ALARM');
  });

  it('for any history: only after an acknowledgement, never more often than allowed for one activation', () => {
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom('on', 'off', 'ack', 'wait', 'shelve'),
        after: fc.integer({ min: 0, max: 15 }),
      }),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3 }), fc.boolean(), (history, times, latching) => {
        const hand = handDriven(definitionOf({ reAlarm: { afterMin: 10, times }, latching }));
        let atMs = 0;
        for (const { what, after } of history) {
          atMs += after * MIN;
          if (what === 'ack') hand.wait(atMs);
          if (what === 'on') hand.at(atMs, 135);
          else if (what === 'off') hand.at(atMs, 120);
          else if (what === 'ack') hand.ack(atMs);
          else if (what === 'shelve') hand.shelve(atMs, 5);
          else hand.wait(atMs);
        }
        let since = 0;
        let acked = false;
        for (const { event } of hand.journal) {
          if (event === 'ACTIVE' || event === 'RE-ACTIVE') since = 0;
          if (event === 'RE-ALARM') {
            expect(acked).toBe(true);
            expect(++since).toBeLessThanOrEqual(times);
          }
          acked = event === 'ACK' || (acked && (event === 'SHELVED' || event === 'RTN'));
        }
        if (hand.record.occurrence !== null) expect(replay(hand.journal)).toEqual(hand.record);
      }),
      { numRuns: 2000 },
    );
  });
});
