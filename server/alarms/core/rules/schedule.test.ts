// Schedules as absolute instants: over midnight, on holidays, and on the days on which the clock changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolvedSchedule } from './kind.ts';
import { instantOf, isDate, isTimeZone, localDateOf } from './local-time.ts';
import { scheduleKind } from './schedule.ts';

const office: ResolvedSchedule = {
  kind: 'schedule',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '18:00',
  onHolidays: 'never',
  timeZone: 'Asia/Shanghai',
  holidays: ['2026-10-01'],
};
const night: ResolvedSchedule = { ...office, days: ['sat'], from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' };

const ask = (rule: ResolvedSchedule, at: string | number, memory?: unknown) => {
  const nowMs = typeof at === 'number' ? at : Date.parse(at);
  return scheduleKind.evaluate(rule, { value: null, before: false, level: 0, of: () => null, nowMs, memory });
};
const until = (rule: ResolvedSchedule, at: string): string => new Date(ask(rule, at).againMs ?? 0).toISOString();

describe('schedule', () => {
  it('begins with its first instant and ends before its last', () => {
    expect(ask(office, '2026-09-28T07:59:59.999+08:00').truth).toBe(false);
    expect(ask(office, '2026-09-28T08:00:00+08:00').truth).toBe(true);
    expect(ask(office, '2026-09-28T17:59:59.999+08:00').truth).toBe(true);
    expect(ask(office, '2026-09-28T18:00:00+08:00').truth).toBe(false);
  });

  it('says when it changes next, over the weekend and over a holiday', () => {
    expect(until(office, '2026-09-25T12:00:00+08:00')).toBe('2026-09-25T10:00:00.000Z');
    expect(until(office, '2026-09-25T18:00:00+08:00')).toBe('2026-09-28T00:00:00.000Z');
    expect(ask(office, '2026-10-01T12:00:00+08:00').truth).toBe(false);
    expect(until(office, '2026-09-30T19:00:00+08:00')).toBe('2026-10-02T00:00:00.000Z');
    expect(ask({ ...office, onHolidays: 'as-usual' }, '2026-10-01T12:00:00+08:00').truth).toBe(true);
  });

  it('belongs to the day on which it starts when it runs over midnight', () => {
    expect(ask(night, '2026-11-07T23:00:00+01:00').truth).toBe(true);
    expect(ask(night, '2026-11-08T05:59:00+01:00').truth).toBe(true);
    expect(ask(night, '2026-11-08T23:00:00+01:00').truth).toBe(false);
    expect(until(night, '2026-11-07T23:00:00+01:00')).toBe('2026-11-08T05:00:00.000Z');
  });

  it('lasts 7 hours in the night the clock is put forward, and 9 when it is put back', () => {
    expect(until(night, '2026-03-28T22:00:00+01:00')).toBe('2026-03-29T04:00:00.000Z');
    expect(until(night, '2026-10-24T22:00:00+02:00')).toBe('2026-10-25T05:00:00.000Z');
  });

  it('takes a skipped time as much later, and a time that comes twice as the first', () => {
    expect(new Date(instantOf('Europe/Berlin', '2026-03-29', 150)).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(new Date(instantOf('Europe/Berlin', '2026-10-25', 150)).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  it('is one time where days touch, and the whole day when both times are equal', () => {
    const always = { ...office, from: '00:00', to: '00:00', onHolidays: 'as-usual' as const };
    expect(ask(always, '2026-09-28T00:00:00+08:00').truth).toBe(true);
    expect(until(always, '2026-09-28T09:00:00+08:00')).toBe('2026-10-02T16:00:00.000Z');
  });

  it('for any zone, hour and day: the answer is constant up to the boundary it names and changes there', () => {
    const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC');
    const hour = fc.integer({ min: 0, max: 23 }).map((value) => `${String(value).padStart(2, '0')}:30`);
    const days = fc.uniqueArray(fc.constantFrom(...office.days, 'sat' as const, 'sun' as const), {
      minLength: 1,
      maxLength: 5,
    });
    const start = Date.parse('2026-01-01T00:00:00Z');
    fc.assert(
      fc.property(
        zone,
        hour,
        hour,
        days,
        fc.integer({ min: 0, max: 365 * 24 * 60 }),
        (timeZone, from, to, on, minute) => {
          const rule: ResolvedSchedule = { ...office, timeZone, from, to, days: on, onHolidays: 'as-usual' };
          const nowMs = start + minute * 60_000;
          const { truth, againMs = 0, memory } = ask(rule, nowMs);
          expect(againMs).toBeGreaterThan(nowMs);
          const between = nowMs + Math.floor((againMs - nowMs) / 2);
          expect(ask(rule, between).truth).toBe(truth);
          expect(ask(rule, againMs - 1).truth).toBe(truth);
          expect(ask(rule, between, memory).truth).toBe(truth);
          if (againMs < nowMs + 7 * 86_400_000) expect(ask(rule, againMs, memory).truth).toBe(!truth);
        },
      ),
      {
        numRuns: 1000,
        // The clock goes from 02:00 to 03:00 on that day: nothing is left of the time.
        examples: [['America/New_York', '02:30', '03:30', ['sun'], 85_470]],
      },
    );
  });

  it('knows zones and dates', () => {
    expect(['Asia/Shanghai', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, false, false]);
    expect(['2026-10-01', '2026-02-30', '1.10.2026', '2026-13-01'].map(isDate)).toEqual([true, false, false, false]);
    expect(localDateOf('Asia/Shanghai', Date.parse('2026-01-01T16:00:00Z'))).toBe('2026-01-02');
  });
});
