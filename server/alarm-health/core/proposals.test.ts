import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../alarms/core/fixtures.ts';
import { adviceFor } from './proposals.ts';
import type { AlarmTally } from './tally.ts';

const actor = (changes: Partial<AlarmTally>): AlarmTally => ({
  equipmentId: 'e',
  alarm: 'hot',
  priority: 2,
  count: 9,
  chatter: false,
  chatterPauseMs: 0,
  chatterAtMs: null,
  fleetingMs: [],
  stale: false,
  ...changes,
});
const short = (own: AlarmTally, changes: Parameters<typeof definitionOf>[0], noise: number | null) =>
  adviceFor(own, definitionOf(changes), noise).map(({ kind, from, to }) => [kind, from, to]);

describe('proposals', () => {
  it('widen the deadband a bit beyond the measured noise', () => {
    expect(short(actor({ chatter: true, chatterPauseMs: 20_000 }), {}, 8)).toEqual([['deadband', 5, 8.8]]);
  });

  it('lengthen the off-delay when the deadband is wide enough already, or there is none', () => {
    const chatter = actor({ chatter: true, chatterPauseMs: 20_000 });
    expect(short(chatter, {}, 4)).toEqual([['off-delay', 0, 25]]);
    expect(short(chatter, { rule: { kind: 'state', point: 'tripped', equals: 1 } }, null)).toEqual([
      ['off-delay', 0, 25],
    ]);
    expect(short(chatter, { offDelayS: 60 }, 4)).toEqual([]);
  });

  it('delay what is fleeting, but never by more than a tenth of the time to respond', () => {
    expect(short(actor({ fleetingMs: [2_000, 7_500] }), {}, null)).toEqual([['on-delay', 0, 10]]);
    expect(short(actor({ fleetingMs: [9_000] }), { timeToRespondMin: 1 }, null)).toEqual([['on-delay', 0, 6]]);
    expect(short(actor({ fleetingMs: [9_000] }), { timeToRespondMin: 1, onDelayS: 6 }, null)).toEqual([]);
  });

  it('leave an alarm alone that is neither', () => {
    expect(short(actor({}), {}, 100)).toEqual([]);
  });
});
