// Acceptance scenarios as timelines of one rule.
import { describe, expect, it } from 'vitest';
import { deviceConnection, gatewayConnection, SUPPRESSION_GRACE_MS } from './connection.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { observeLate } from './late-data.ts';
import { wakeAt } from './qualification.ts';
import { toReading } from './reading.ts';
import { redefine, remove } from './reload.ts';
import { newRuleState } from './rule-state.ts';

const MIN = 60_000;

describe('base machine', () => {
  it('1: normal cycle', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 120);
    expect(hand.shown).toBe('NORM');
    hand.at(1000, 131, 900);
    expect(hand.shown).toBe('UNACK');
    expect(hand.record.occurrence).toMatchObject({ activeAtMs: 900, detectedAtMs: 1000, value: 131, activationSeq: 1 });
    expect(hand.record.occurrence?.shown.text.en).toBe('131.0 over 130.0');
    hand.ack(2000);
    expect(hand.shown).toBe('ACKED');
    hand.at(3000, 120);
    expect(hand.shown).toBe('NORM');
    expect(hand.events).toEqual(['ACTIVE', 'ACK', 'RTN', 'CLOSED']);
  });

  it('returned, then acknowledged; returned and back is the same occurrence', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 131);
    hand.at(1000, 120);
    expect(hand.shown).toBe('RTNUN');
    hand.at(2000, 140);
    expect(hand.shown).toBe('UNACK');
    expect(hand.record.occurrence).toMatchObject({ id: 'occurrence-1', activationSeq: 2, value: 140 });
    hand.at(3000, 120);
    hand.ack(4000);
    expect(hand.events).toEqual(['ACTIVE', 'RTN', 'RE-ACTIVE', 'RTN', 'ACK', 'CLOSED']);
    hand.at(5000, 131);
    expect(hand.record.occurrence?.id).toBe('occurrence-2');
  });

  it('hysteresis: true above the limit, false at limit less deadband, both sides', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 130);
    expect(hand.shown).toBe('NORM');
    hand.at(1, 130.01);
    expect(hand.shown).toBe('UNACK');
    hand.at(2, 125.01);
    expect(hand.shown).toBe('UNACK');
    hand.at(3, 125);
    expect(hand.shown).toBe('RTNUN');
  });

  it('2: fleeting - gone before the on-delay has passed', () => {
    const hand = handDriven(definitionOf({ onDelayS: 10 }));
    hand.at(0, 135);
    expect(wakeAt(definitionOf({ onDelayS: 10 }), hand.state)).toBe(10_000);
    hand.at(9999, 120);
    hand.wait(20_000);
    expect(hand.journal).toEqual([]);
    hand.at(30_000, 135);
    hand.wait(39_999);
    expect(hand.shown).toBe('NORM');
    hand.wait(40_000);
    expect(hand.record.occurrence).toMatchObject({ activeAtMs: 40_000, detectedAtMs: 40_000 });
  });

  it('4: latching - reset refused while present and before the acknowledgement', () => {
    const hand = handDriven(definitionOf({ latching: true }));
    hand.at(0, 135);
    expect(hand.reset(1)).toMatchObject({ ok: false, code: 'invalid-transition' });
    hand.at(2, 120);
    expect(hand.shown).toBe('LATUN');
    expect(hand.reset(3)).toMatchObject({ ok: false, detail: expect.stringContaining('acknowledge') });
    hand.ack(4);
    expect(hand.shown).toBe('LATAK');
    hand.at(5, 135);
    expect(hand.shown).toBe('UNACK');
    hand.at(6, 120);
    hand.ack(7);
    expect(hand.reset(8)).toMatchObject({ ok: true });
    expect(hand.shown).toBe('NORM');
  });

  it('11: acknowledgement race', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.at(1, 120);
    hand.at(2, 135);
    expect(hand.ack(3, 1)).toMatchObject({ ok: false, code: 'conflict' });
    expect(hand.shown).toBe('UNACK');
    expect(hand.ack(4, 2, 'wang')).toMatchObject({ ok: true });
    expect(hand.ack(5, 2, 'li')).toEqual({ ok: true, transitions: [] });
    expect(hand.record.occurrence?.acknowledgedBy).toBe('wang');
  });
});

describe('quality and connection', () => {
  it('bad quality holds, and the delay starts again from 0', () => {
    const hand = handDriven(definitionOf({ onDelayS: 10 }));
    hand.at(0, 135);
    hand.bad(8000);
    hand.wait(20_000);
    expect(hand.journal).toEqual([]);
    hand.at(21_000, 135);
    hand.wait(30_999);
    expect(hand.journal).toEqual([]);
    hand.wait(31_000);
    expect(hand.events).toEqual(['ACTIVE']);
    hand.bad(32_000);
    expect(hand.record).toMatchObject({ facts: { cond: true }, occurrence: { uncertain: true } });
    hand.at(33_000, 135);
    expect(hand.events).toEqual(['ACTIVE', 'UNCERTAIN', 'CERTAIN']);
  });

  it('9: comm loss with open alarms - kept, uncertain, cleared only by a good reading', () => {
    const definition = definitionOf();
    const hand = handDriven(definition);
    hand.at(0, 135);
    hand.take(deviceConnection(definition, hand.state, false, 1000, 1000));
    hand.wait(5 * MIN);
    expect(hand.record).toMatchObject({ facts: { cond: true }, occurrence: { uncertain: true } });
    hand.take(deviceConnection(definition, hand.state, true, 6 * MIN, 6 * MIN));
    expect(hand.record.occurrence?.uncertain).toBe(true);
    hand.at(6 * MIN, 120);
    expect(hand.events).toEqual(['ACTIVE', 'UNCERTAIN', 'CERTAIN', 'RTN']);
  });

  it('8: gateway lost - device comm-loss is a consequence; cause goes first or last', () => {
    const definition = definitionOf({ rule: { kind: 'comm-loss' }, onDelayS: 30, offDelayS: 60 });
    const change = (online: boolean, atMs: number) => ({
      online,
      deviceOnline: true,
      cause: 'gateway:g',
      sourceMs: atMs,
      atMs,
    });
    const lost = (): ReturnType<typeof handDriven> => {
      const hand = handDriven(definition);
      hand.take(gatewayConnection(definition, hand.state, change(false, 0)));
      hand.at(1000, 0);
      hand.wait(31_000);
      expect(hand.shown).toBe('DSUPR');
      expect(hand.journal.at(-1)).toMatchObject({ event: 'ACTIVE', announced: false });
      hand.take(gatewayConnection(definition, hand.state, change(true, 100_000)));
      return hand;
    };
    const back = lost();
    back.at(100_500, 1);
    back.wait(100_000 + 60_000 + SUPPRESSION_GRACE_MS);
    expect(back.events).toEqual(['ACTIVE', 'RTN', 'UNSUPPRESSED', 'CLOSED']);
    expect(back.journal.every((entry) => !('announced' in entry && entry.announced))).toBe(true);
    const gone = lost();
    gone.at(100_500, 0);
    gone.wait(100_000 + 60_000 + SUPPRESSION_GRACE_MS);
    expect(gone.shown).toBe('UNACK');
    expect(gone.journal.at(-1)).toMatchObject({ event: 'UNSUPPRESSED', announced: true });
  });

  it('stale: only silence makes it true, a lost device does not add it', () => {
    const definition = definitionOf({ rule: { kind: 'stale', point: 'temperature', afterS: 60 }, offDelayS: 0 });
    const hand = handDriven(definition);
    hand.at(10_000, 20);
    hand.bad(30_000);
    hand.wait(69_999);
    expect(hand.journal).toEqual([]);
    hand.wait(70_000);
    expect(hand.events).toEqual(['ACTIVE']);
    hand.at(80_000, 20);
    expect(hand.events).toEqual(['ACTIVE', 'RTN']);
    const away = handDriven(definition);
    away.at(10_000, 20);
    away.take(deviceConnection(definition, away.state, false, 20_000, 20_000));
    away.wait(10 * MIN);
    expect(away.journal).toEqual([]);
    away.take(deviceConnection(definition, away.state, true, 11 * MIN, 11 * MIN));
    away.wait(12 * MIN);
    expect(away.events).toEqual(['ACTIVE']);
  });

  it('doubts only the time of a clock-suspect reading', () => {
    const sample = { value: 1, text: null, timeMs: 5000 };
    expect(toReading({ ...sample, quality: 'clock-suspect' }, 90_000)).toMatchObject({
      usable: true,
      sourceMs: 90_000,
    });
    expect(toReading({ ...sample, quality: 'good' }, 90_000)).toMatchObject({ usable: true, sourceMs: 5000 });
    expect(toReading({ ...sample, quality: 'good', timeMs: 95_001 }, 90_000)).toMatchObject({ sourceMs: 90_000 });
    expect(toReading({ ...sample, quality: 'out-of-range' }, 90_000)).toMatchObject({ usable: false });
  });
});

describe('restart, late data, changed definitions', () => {
  it('10: an open alarm that still holds is not announced again; a running delay goes on', () => {
    const definition = definitionOf({ onDelayS: 30 });
    const before = handDriven(definition);
    before.at(0, 135);
    before.wait(30_000);
    before.ack(31_000);
    const after = handDriven(definition, newRuleState(MIN, before.record));
    after.at(MIN, 128);
    expect(after.journal).toEqual([]);
    expect(after.shown).toBe('ACKED');
    const pending = { sinceMs: 0, sourceMs: 0, value: 135, notBeforeMs: 20_000 };
    const delayed = handDriven(definition, newRuleState(10_000, undefined, pending));
    delayed.wait(29_999);
    expect(delayed.journal).toEqual([]);
    delayed.wait(30_000);
    expect(delayed.events).toEqual(['ACTIVE']);
  });

  it('15: late data is noted once per excursion and sounds nothing', () => {
    const definition = definitionOf();
    const hand = handDriven(definition);
    hand.at(100_000, 120);
    const late = (seq: number, value: number) =>
      hand.take(
        observeLate(
          definition,
          hand.state,
          { value, shown: value, usable: true, why: 'good', sourceMs: seq * 1000, atMs: 100_000 },
          { epoch: 1, seq },
        ),
      );
    for (const [seq, value] of [
      [1, 120],
      [2, 135],
      [3, 136],
      [4, 120],
      [2, 135],
      [5, 140],
    ] as const)
      late(seq, value);
    expect(hand.events).toEqual(['HISTORICAL', 'HISTORICAL']);
    expect(hand.shown).toBe('NORM');
    hand.at(101_000, 140);
    late(6, 100);
    expect(hand.shown).toBe('UNACK');
  });

  it('16: limit raised above the value returns with cause config; 17: a removed definition closes even a shelved one', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    const last = { value: 135, shown: 135, usable: true, why: 'good', sourceMs: 0, atMs: 0 };
    const raised = definitionOf({
      rule: { kind: 'limit', point: 'temperature', above: 140, deadband: 5 },
      offDelayS: 60,
    });
    hand.take(redefine(raised, hand.state, last, 1000));
    expect(hand.journal.at(-1)).toMatchObject({ event: 'RTN', cause: 'config' });
    expect(hand.shown).toBe('RTNUN');
    hand.shelve(2000, 5);
    hand.take(remove(hand.state, 3000));
    expect(hand.journal.at(-1)).toMatchObject({ event: 'CLOSED', cause: 'definition-removed' });
    expect(hand.record.occurrence).toBeNull();
  });

  it('a raised priority is announced again, a lowered one is silent', () => {
    const hand = handDriven(definitionOf());
    hand.at(0, 135);
    hand.ack(1);
    hand.take(redefine(definitionOf({ priority: 3 }), hand.state, null, 2));
    expect(hand.shown).toBe('ACKED');
    hand.take(redefine(definitionOf({ priority: 1 }), hand.state, null, 3));
    expect(hand.shown).toBe('UNACK');
    expect(hand.record.occurrence?.priority).toBe(1);
  });
});
