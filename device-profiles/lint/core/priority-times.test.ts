// A priority by schedule that could never be meant is named.
import { describe, expect, it } from 'vitest';
import { equipmentClass } from '../../schema/class.ts';
import { lintAlarms } from './class-alarms.ts';

const both = { zh: '门', en: 'gate' };
const values = { 0: both, 1: both };
const night = { days: ['mon', 'tue'], from: '22:00', to: '06:00' };
const response = {
  priority: 3,
  text: both,
  cause: both,
  consequence: both,
  action: { zh: ['看'], en: ['Look'] },
  timeToRespondMin: 30,
};

function findings(priorityWhen: unknown, more: object = {}): string[] {
  const subject = equipmentClass.parse({
    class: 'gate',
    label: both,
    group: 'access',
    points: {
      comm: { label: both, kind: 'state', values },
      open: { label: both, kind: 'state', values },
      level: { label: both, kind: 'analog', range: [0, 10] },
    },
    alarms: {
      'comm-loss': { ...response, rule: { kind: 'comm-loss' } },
      tested: { ...response, rule: { kind: 'state', point: 'open', equals: 1 }, priorityWhen, ...more },
    },
    faceplate: ['open'],
  });
  return lintAlarms(subject).map(({ path, found, expected }) => `${path.join('.')}: ${found} / ${expected}`);
}

describe('priority by schedule', () => {
  it('accepts another priority at night', () => {
    expect(findings([{ schedule: night, priority: 2 }])).toEqual([]);
  });

  it.each([
    [{ schedule: night, priority: 3 }, {}, "priorityWhen.0.priority: 3 / another than the alarm's own 3"],
    [{ schedule: { ...night, days: ['mon', 'mon'] }, priority: 2 }, {}, 'priorityWhen.0.schedule.days: ["mon","mon"]'],
    [
      { schedule: night, priority: 4 },
      { priority: 2, workOrder: { kind: 'emergency', skill: 'access', failureClass: 'open' } },
      'priorityWhen.0.priority: 4 / 1 or 2',
    ],
    [
      { schedule: night, priority: 2 },
      {
        rule: {
          kind: 'levels',
          point: 'level',
          above: [
            { limit: 1, priority: 3 },
            { limit: 2, priority: 1 },
          ],
        },
      },
      'priorityWhen: a priority by schedule / none',
    ],
  ])('names what is wrong with %j %j', (time, more, expected) => {
    expect(findings([time], more).join('\n')).toContain(expected);
  });

  it('wants at least one time, and times of day', () => {
    expect(() => findings([])).toThrow();
    expect(() => findings([{ schedule: { ...night, from: '25:00' }, priority: 2 }])).toThrow('00:00 to 23:59');
  });
});
