import type { commands, equipment } from '@louwei/server/contract';
import { describe, expect, it } from 'vitest';
import { choicesOf, valueOfEntry, withLive } from './command.ts';

const write = { range: [0.2, 0.8] as [number, number], step: 0.01 };
const command = (change: Partial<commands.Command>): commands.Command => ({
  id: 'a',
  equipmentId: 'P-1',
  point: 'pressureSetpoint',
  value: 0.5,
  valueBefore: 0.45,
  reason: 'x',
  requestedBy: 'li',
  requestedAt: '2026-03-01T08:00:00.000Z',
  twoPersons: false,
  approvedBy: null,
  sentAt: null,
  expiresAt: null,
  state: 'sent',
  outcomeCode: null,
  outcome: null,
  readBack: null,
  endedAt: null,
  ...change,
});

describe('the entry of a command', () => {
  it.each([
    ['0.5', { value: 0.5 }],
    ['0.57', { value: 0.57 }],
    ['', { fault: 'number' }],
    ['half', { fault: 'number' }],
    ['0.9', { fault: 'range' }],
    ['0.555', { fault: 'step' }],
  ])('%j is %j', (entry, expected) => {
    expect(valueOfEntry(entry, write)).toEqual(expected);
  });

  it('offers the states that may be commanded', () => {
    const both = { zh: 'x', en: 'x' };
    const point = { values: { 2: both, 0: both, 1: both }, write: { range: [0, 1] } };
    expect(choicesOf(point as unknown as equipment.PointDescription)).toEqual([0, 1]);
  });

  it('takes the later of list and live, of this equipment only', () => {
    const done = command({ state: 'confirmed', endedAt: '2026-03-01T08:00:05.000Z' });
    expect(withLive([command({})], [done], 'P-1')[0]?.state).toBe('confirmed');
    expect(withLive([done], [command({})], 'P-1')[0]?.state).toBe('confirmed');
    const later = command({ id: 'b', requestedAt: '2026-03-01T09:00:00.000Z' });
    expect(withLive([done], [later, command({ id: 'c', equipmentId: 'P-2' })], 'P-1').map(({ id }) => id)).toEqual([
      'b',
      'a',
    ]);
  });
});
