// Out of service, and the one-shot shelf.
import { describe, expect, it } from 'vitest';
import { definitionOf, handDriven } from './fixtures.ts';
import { replay } from './transition.ts';

describe('out of service', () => {
  it('7: taken out with its order, evaluated and journalled in silence, closed with its order', () => {
    const hand = handDriven(definitionOf());
    hand.outOfService(0);
    expect(hand.shown).toBe('OOSRV');
    hand.at(1, 135);
    expect(hand.journal.at(-1)).toMatchObject({ event: 'ACTIVE', announced: false, oos: { reference: 'WO-1' } });
    hand.at(2, 120);
    hand.inService(3);
    expect(hand.events).toEqual(['OOS_ON', 'ACTIVE', 'RTN', 'OOS_OFF', 'CLOSED']);
    expect(hand.shown).toBe('NORM');
  });

  it('what still holds is announced with the return, also when it was acknowledged', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.ack(1);
    hand.outOfService(2);
    hand.inService(3);
    expect(hand.journal.at(-1)).toMatchObject({ event: 'OOS_OFF', announced: true });
    expect(hand.shown).toBe('UNACK');
    expect(hand.inService(4)).toEqual({ ok: true, transitions: [] });
  });

  it('a latched alarm comes back latched', () => {
    const hand = handDriven(definitionOf({ latching: true }));
    hand.at(0, 135);
    hand.outOfService(1);
    hand.at(2, 120);
    hand.inService(3);
    expect(hand.shown).toBe('LATUN');
  });

  it('hides a shelf, which goes on counting', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.shelve(1, 10);
    hand.outOfService(2);
    expect(hand.shown).toBe('OOSRV');
    hand.wait(1 + 10 * 60_000);
    expect(hand.record.facts.shelf).toBeNull();
    expect(hand.shown).toBe('OOSRV');
    expect(hand.shelve(700_000, 5)).toMatchObject({ ok: false, detail: 'the alarm is out of service' });
  });

  it('the journal of the occurrence alone gives the state', () => {
    const hand = handDriven(definitionOf());
    hand.outOfService(0);
    hand.at(1, 135);
    const ofOccurrence = hand.journal.slice(hand.events.indexOf('ACTIVE'));
    expect(replay(ofOccurrence)).toEqual(hand.record);
  });

  it.each([
    [{ reason: ' ' }, 'reason'],
    [{ reference: '' }, 'reference'],
    [{ reviewAtMs: 0 }, 'reviewAt'],
    [{ reviewAtMs: 91 * 24 * 3600_000 }, 'reviewAt'],
    [{ reviewAtMs: Number.NaN }, 'reviewAt'],
  ])('refuses %o', (request, field) => {
    const hand = handDriven(definitionOf());
    expect(hand.outOfService(0, request)).toMatchObject({ ok: false, detail: expect.stringContaining(field) });
    expect(hand.journal).toEqual([]);
  });

  it('twice is refused', () => {
    const hand = handDriven(definitionOf());
    hand.outOfService(0);
    expect(hand.outOfService(1)).toMatchObject({ ok: false, code: 'invalid-transition' });
  });
});

describe('one-shot shelf', () => {
  it('ends with the condition', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.shelve(1, 60, true);
    hand.at(2, 120);
    expect(hand.events).toEqual(['ACTIVE', 'SHELVED', 'RTN', 'UNSHELVED', 'CLOSED']);
    expect(hand.journal[3]).toMatchObject({ cause: 'one-shot', announced: false });
    hand.at(3, 135);
    expect(hand.shown).toBe('UNACK');
  });

  it('ends with its time while the condition holds, announced', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.shelve(0, 1, true);
    hand.wait(60_000);
    expect(hand.shown).toBe('UNACK');
  });

  it('of a latched alarm: announced latched', () => {
    const hand = handDriven(definitionOf({ latching: true }));
    hand.at(0, 135);
    hand.shelve(1, 60, true);
    hand.at(2, 120);
    expect(hand.shown).toBe('LATUN');
  });

  it('needs a present condition', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.at(1, 120);
    expect(hand.shelve(2, 60, true)).toMatchObject({ ok: false, code: 'invalid-transition' });
  });
});
