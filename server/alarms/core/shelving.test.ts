// Shelving as timelines of one rule: limits, expiry and the EXIT rule.
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';

const MIN = 60_000;

describe('shelving', () => {
  it('5: shelved, clears, expires: closed without a sound', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.shelve(1000, 10);
    expect(hand.shown).toBe('SHLVD');
    hand.at(2 * MIN, 120);
    expect(hand.shown).toBe('SHLVD');
    hand.wait(1000 + 10 * MIN);
    expect(hand.events).toEqual(['ACTIVE', 'SHELVED', 'RTN', 'UNSHELVED', 'CLOSED']);
  });

  it('6: shelved, still active, expires: announced again as the same occurrence', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.ack(500);
    hand.shelve(1000, 10);
    hand.wait(1000 + 10 * MIN - 1);
    expect(hand.shown).toBe('SHLVD');
    hand.wait(1000 + 10 * MIN);
    expect(hand.shown).toBe('UNACK');
    expect(hand.journal.at(-1)).toMatchObject({ event: 'UNSHELVED', cause: 'expired', announced: true });
    expect(hand.record.occurrence).toMatchObject({ id: 'occurrence-1', acknowledgedAtMs: null });
  });

  it('limits by priority, extensions, and what must not be shelved', () => {
    for (const [priority, most] of [
      [1, 30],
      [2, 240],
      [3, 480],
      [4, 1440],
    ] as const) {
      const hand = handDriven(definitionOf({ priority }));
      hand.at(0, 135);
      expect(hand.shelve(1, most + 1)).toMatchObject({ ok: false, code: 'invalid-request' });
      for (const _ of [1, 2, 3]) expect(hand.shelve(1, most)).toMatchObject({ ok: true });
      expect(hand.shelve(1, most)).toMatchObject({ ok: false, code: 'invalid-transition' });
    }
    const safety = handDriven(definitionOf({ shelvable: false }));
    safety.at(0, 135);
    expect(safety.shelve(1, 1)).toMatchObject({ ok: false, code: 'invalid-transition' });
    expect(safety.unshelve(2)).toMatchObject({ ok: false });
  });
});
