// Suppression by design, and rules that compare two points.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isModified } from './facts.ts';
import { definitionOf, handDriven } from './fixtures.ts';
import { recall } from './observe-point.ts';
import { redefine } from './reload.ts';
import { replay } from './transition.ts';

const whenStopped = { suppressWhen: [{ point: 'command', equals: 0 }] };

describe('suppression by design', () => {
  it('journals the condition without announcing it, and announces what still holds when the cause has gone', () => {
    const hand = handDriven(definitionOf(whenStopped));
    hand.point(0, 'command', 0);
    hand.point(1, 'temperature', 135);
    expect(hand.shown).toBe('DSUPR');
    expect(hand.journal).toMatchObject([{ event: 'ACTIVE', announced: false, suppressedBy: ['when:command=0'] }]);
    hand.point(2, 'command', 1);
    expect(hand.journal.at(-1)).toMatchObject({ event: 'UNSUPPRESSED', announced: true, actor: 'when:command=0' });
    expect(hand.shown).toBe('UNACK');
  });

  it('8: cause and effect - effect clears first, cause clears last', () => {
    const hand = handDriven(definitionOf(whenStopped));
    hand.point(0, 'temperature', 135);
    hand.ack(1);
    hand.point(2, 'command', 0);
    expect(hand.shown).toBe('DSUPR');
    hand.point(3, 'temperature', 120);
    hand.point(4, 'command', 1);
    expect(hand.events).toEqual(['ACTIVE', 'ACK', 'SUPPRESSED', 'RTN', 'UNSUPPRESSED', 'CLOSED']);
    expect(hand.shown).toBe('NORM');
  });

  it('several causes: only the last one that goes ends it', () => {
    const causes = [
      { point: 'command', equals: [0, 2] },
      { point: 'setpoint', below: { parameter: 'limit' } },
    ];
    const hand = handDriven(definitionOf({ suppressWhen: causes }));
    hand.point(0, 'command', 2);
    hand.point(1, 'setpoint', 139);
    hand.point(2, 'temperature', 135);
    expect(hand.record.facts.suppressedBy).toEqual(['when:command=0|2', 'when:setpoint<140']);
    hand.point(3, 'command', 1);
    expect(hand.shown).toBe('DSUPR');
    hand.point(4, 'setpoint', 140);
    expect(hand.shown).toBe('UNACK');
  });

  it('a flawed reading of the cause leaves it as it was', () => {
    const hand = handDriven(definitionOf(whenStopped));
    hand.point(0, 'command', null);
    hand.point(1, 'temperature', 135);
    expect(hand.shown).toBe('UNACK');
    hand.point(2, 'command', 0);
    hand.point(3, 'command', null);
    expect(hand.shown).toBe('DSUPR');
  });

  it('when the cause has gone the on-delay runs once more before what still holds is announced', () => {
    const hand = handDriven(definitionOf({ ...whenStopped, onDelayS: 10 }));
    hand.point(0, 'command', 0);
    hand.point(0, 'temperature', 135);
    hand.point(20_000, 'command', 1);
    hand.wait(29_999);
    expect(hand.shown).toBe('DSUPR');
    hand.wait(30_000);
    expect(hand.journal).toMatchObject([
      { event: 'ACTIVE', announced: false },
      { event: 'UNSUPPRESSED', announced: true },
    ]);
    expect(hand.shown).toBe('UNACK');
  });

  it('what goes within that time is never announced', () => {
    const hand = handDriven(definitionOf({ ...whenStopped, onDelayS: 10 }));
    hand.point(0, 'command', 0);
    hand.point(0, 'temperature', 135);
    hand.point(20_000, 'command', 1);
    hand.point(25_000, 'temperature', 120);
    hand.wait(60_000);
    expect(hand.journal).toMatchObject([
      { event: 'ACTIVE' },
      { event: 'RTN' },
      { event: 'UNSUPPRESSED', announced: false, sourceMs: 30_000 },
      { event: 'CLOSED' },
    ]);
  });

  it('a condition that has gone with its cause keeps its off-delay and is never announced', () => {
    const hand = handDriven(definitionOf({ ...whenStopped, offDelayS: 10 }));
    hand.point(0, 'command', 0);
    hand.point(0, 'temperature', 135);
    hand.point(20_000, 'temperature', 120);
    hand.point(20_000, 'command', 1);
    hand.wait(60_000);
    expect(hand.journal).toMatchObject([
      { event: 'ACTIVE', announced: false },
      { event: 'RTN', sourceMs: 30_000 },
      { event: 'UNSUPPRESSED', announced: false, sourceMs: 30_000 },
      { event: 'CLOSED' },
    ]);
  });

  it('a cause that comes back within that time goes on suppressing', () => {
    const hand = handDriven(definitionOf({ ...whenStopped, onDelayS: 10 }));
    hand.point(0, 'command', 0);
    hand.point(0, 'temperature', 135);
    hand.point(20_000, 'command', 1);
    hand.point(25_000, 'command', 0);
    hand.wait(60_000);
    expect(hand.events).toEqual(['ACTIVE']);
    expect(hand.shown).toBe('DSUPR');
  });

  it('a cause that the definition lost suppresses no more', () => {
    const hand = handDriven(definitionOf(whenStopped));
    hand.point(0, 'command', 0);
    hand.point(1, 'temperature', 135);
    hand.take(redefine(definitionOf(), hand.state, null, 2));
    expect(hand.shown).toBe('UNACK');
  });

  it('is taken up again from the last good reading before the start', () => {
    const definition = definitionOf(whenStopped);
    const hand = handDriven(definition);
    const reading = { value: 0, shown: 0, usable: true, why: 'good', sourceMs: 0, atMs: 0 };
    hand.take(recall(definition, hand.state, 'command', reading));
    hand.point(1, 'temperature', 135);
    expect(hand.shown).toBe('DSUPR');
  });

  it('holds for any history: suppressed exactly while the last good cause reading says so, and never announced then', () => {
    const steps = fc.array(
      fc.record({
        point: fc.constantFrom('command', 'temperature', 'ack'),
        on: fc.option(fc.boolean(), { freq: 5 }),
        after: fc.integer({ min: 0, max: 20_000 }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), fc.constantFrom(0, 10), (history, latching, onDelayS) => {
        const hand = handDriven(definitionOf({ ...whenStopped, latching, onDelayS }));
        let stopped = false;
        let ranSinceMs = Number.NEGATIVE_INFINITY;
        let atMs = 0;
        for (const { point, on, after } of history) {
          atMs += after;
          const { length } = hand.journal;
          hand.wait(atMs);
          if (point === 'ack') hand.ack(atMs);
          else if (point === 'command') hand.point(atMs, point, on === null ? null : on ? 1 : 0);
          else hand.point(atMs, point, on === null ? null : on ? 135 : 120);
          const quietUntilMs = stopped ? Number.POSITIVE_INFINITY : ranSinceMs + onDelayS * 1000;
          if (point === 'command' && on !== null) {
            if (stopped && on) ranSinceMs = atMs;
            stopped = !on;
          }
          if (stopped) expect(isModified(hand.record.facts)).toBe(true);
          else if (atMs >= ranSinceMs + onDelayS * 1000) expect(isModified(hand.record.facts)).toBe(false);
          for (const entry of hand.journal.slice(length))
            if ('announced' in entry && entry.announced && stopped)
              expect(entry.sourceMs).toBeGreaterThanOrEqual(quietUntilMs);
          if (hand.record.facts.cond) expect(hand.record.occurrence).not.toBeNull();
        }
        if (hand.record.occurrence !== null) expect(replay(hand.journal)).toEqual(hand.record);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('discrepancy', () => {
  const rule = { kind: 'discrepancy', command: 'command', feedback: 'tripped' } as const;

  it('is true while commanded and reported differ for the delay', () => {
    const hand = handDriven(definitionOf({ rule, onDelayS: 15 }));
    hand.point(0, 'tripped', 0);
    hand.wait(60_000);
    expect(hand.journal).toEqual([]);
    hand.point(60_000, 'command', 1);
    hand.point(74_999, 'tripped', 1);
    hand.point(80_000, 'tripped', 0);
    hand.wait(95_000);
    expect(hand.events).toEqual(['ACTIVE']);
    expect(hand.record.occurrence?.shown.point).toBe('tripped');
    hand.point(96_000, 'command', 0);
    expect(hand.shown).toBe('RTNUN');
  });

  it('a flawed command holds the condition', () => {
    const hand = handDriven(definitionOf({ rule }));
    hand.point(0, 'command', 1);
    hand.point(1, 'tripped', 0);
    hand.point(2, 'command', null);
    hand.point(3, 'tripped', 1);
    expect(hand.record).toMatchObject({ facts: { cond: true }, occurrence: { uncertain: true } });
    hand.point(4, 'command', 1);
    expect(hand.events).toEqual(['ACTIVE', 'UNCERTAIN', 'CERTAIN', 'RTN']);
  });
});

describe('deviation', () => {
  it.each([
    ['above', 55, 55.01, 53.01, 53],
    ['below', 45, 44.99, 46.99, 47],
  ] as const)('%s: true beyond the band, back by the deadband, both sides', (side, at, beyond, inside, back) => {
    const rule = { kind: 'deviation', point: 'temperature', setpoint: 'setpoint', [side]: 5, deadband: 2 } as const;
    const hand = handDriven(definitionOf({ rule }));
    hand.point(0, 'setpoint', 50);
    hand.point(1, 'temperature', at);
    expect(hand.shown).toBe('NORM');
    hand.point(2, 'temperature', beyond);
    expect(hand.shown).toBe('UNACK');
    expect(hand.record.occurrence?.shown.limit).toBe(5);
    hand.point(3, 'temperature', inside);
    expect(hand.shown).toBe('UNACK');
    hand.point(4, 'temperature', back);
    expect(hand.shown).toBe('RTNUN');
  });

  it('a moved set-point is judged at once, with a parameter as band', () => {
    const above = { parameter: 'limit' };
    const rule = { kind: 'deviation', point: 'temperature', setpoint: 'setpoint', above, deadband: 0 } as const;
    const hand = handDriven(definitionOf({ rule }));
    hand.point(0, 'setpoint', 10);
    hand.point(1, 'temperature', 150);
    expect(hand.shown).toBe('NORM');
    hand.point(2, 'setpoint', 9);
    expect(hand.record.occurrence).toMatchObject({ value: 150, shown: { limit: 140 } });
  });
});
