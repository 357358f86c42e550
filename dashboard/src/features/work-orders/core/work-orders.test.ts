import type { workOrders } from '@louwei/server/contract';
import { describe, expect, it } from 'vitest';
import { isBreached, presentClock, readClock } from './clocks.ts';
import { columnOf, compareOrders, stepsFor } from './steps.ts';

const clock: workOrders.Clock = {
  dueAt: '2026-01-01T00:30:00.000Z',
  stoppedAt: null,
  elapsedS: 60,
  state: 'running',
};
const at = (time: string): number => Date.parse(`2026-01-01T${time}.000Z`);

describe('clocks', () => {
  it('tick down to the due time and then up', () => {
    expect(readClock(clock, at('00:20:00'))).toEqual({ kind: 'left', ms: 600_000 });
    expect(readClock(clock, at('00:30:05'))).toEqual({ kind: 'over', ms: 5_000 });
    expect(isBreached(readClock(clock, at('00:30:05')))).toBe(true);
  });

  it('stand still when paused or stopped', () => {
    expect(readClock({ ...clock, state: 'paused' }, at('23:00:00'))).toEqual({ kind: 'paused', ms: 60_000 });
    const stopped = { ...clock, stoppedAt: '2026-01-01T00:01:00.000Z' };
    expect(readClock({ ...stopped, state: 'met' }, at('23:00:00'))).toEqual({ kind: 'met', ms: 60_000 });
    expect(readClock({ ...stopped, state: 'breached' }, at('23:00:00')).kind).toBe('missed');
  });

  it('name the one people work against', () => {
    const stopped: workOrders.Clock = { ...clock, stoppedAt: clock.dueAt, state: 'met' };
    expect(presentClock({ response: stopped, arrival: clock, resolution: clock })).toBe('arrival');
    expect(presentClock({ response: stopped, arrival: stopped, resolution: stopped })).toBeNull();
  });
});

describe('steps', () => {
  it('are only those the person may take, likely ones first', () => {
    expect(stepsFor(['reject', 'accept', 'cancel', 'reassign'], ['work-order:work'])).toEqual(['accept', 'reject']);
    expect(stepsFor(['cancel', 'verify'], ['work-order:dispatch', 'work-order:verify'])).toEqual(['verify', 'cancel']);
    expect(stepsFor(['accept'], [])).toEqual([]);
  });
});

describe('board', () => {
  it('has a column for every open state', () => {
    expect(columnOf('EN_ROUTE')).toBe('travelling');
    expect(columnOf('ON_HOLD')).toBe('working');
    expect(columnOf('CANCELLED')).toBeNull();
  });

  it('puts the urgent first, then the oldest', () => {
    const order = (id: string, priority: number, createdAt: string) => ({ id, priority, createdAt });
    const rows = [order('a', 2, '2'), order('b', 1, '3'), order('c', 2, '1')];
    expect(rows.sort(compareOrders).map((row) => row.id)).toEqual(['b', 'c', 'a']);
  });
});
