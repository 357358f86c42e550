import { describe, expect, it } from 'vitest';
import { EMPTY_RECORD } from '../../../alarms/core/facts.ts';
import { shelve } from '../../../alarms/core/shelving.ts';
import { apply } from '../../../alarms/core/transition.ts';
import type { Alarm } from '../../../contract/alarms.ts';
import { createEventIds } from './event-ids.ts';
import { bothLanguages, conditionFacts, maxShelfMinutes } from './mapping.ts';

const alarm: Alarm = {
  id: 'o1',
  equipmentId: 't1',
  equipmentName: { zh: '变压器', en: 'Transformer' },
  place: { site: 's', building: 'b', floor: '1', room: 'r' },
  alarm: 'hot',
  point: 'temperature',
  priority: 1,
  state: 'UNACK',
  active: true,
  acknowledged: false,
  uncertain: false,
  text: { zh: '绕组过热', en: 'Winding hot' },
  value: 151,
  limit: 150,
  unit: '°C',
  activeAt: '2026-01-01T00:00:00.000Z',
  detectedAt: '2026-01-01T00:00:00.000Z',
  clearedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  activationSeq: 1,
  workOrderId: null,
  shelvedUntil: null,
  activations: 1,
  chattering: false,
  acknowledgeOverdue: false,
  firstOut: false,
};
const until = '2026-01-01T00:30:00.000Z';

describe('an alarm as a condition', () => {
  it('has the severity of its priority', () => {
    const severities = [1, 2, 3, 4].map((priority) => conditionFacts({ ...alarm, priority }).severity);
    expect(severities).toEqual([900, 700, 400, 150]);
  });

  it('is retained while its occurrence is open, in whatever state', () => {
    for (const state of ['UNACK', 'ACKED', 'RTNUN', 'LATUN', 'LATAK', 'SHLVD', 'DSUPR', 'OOSRV'] as const)
      expect([state, conditionFacts({ ...alarm, state }).retain]).toEqual([state, true]);
    expect(conditionFacts({ ...alarm, state: 'NORM', active: false, acknowledged: true }).retain).toBe(false);
  });

  it('keeps shelved, suppressed and out of service apart, and rolls them up', () => {
    const of = (changes: Partial<Alarm>) => {
      const { shelving, suppressed, outOfService, suppressedOrShelved } = conditionFacts({ ...alarm, ...changes });
      return [shelving, suppressed, outOfService, suppressedOrShelved];
    };
    expect(of({})).toEqual(['Unshelved', false, false, false]);
    expect(of({ state: 'SHLVD', shelvedUntil: until })).toEqual(['TimedShelved', false, false, true]);
    expect(of({ state: 'SHLVD', shelvedUntil: until, shelvedOneShot: true })).toEqual([
      'OneShotShelved',
      false,
      false,
      true,
    ]);
    expect(of({ state: 'DSUPR' })).toEqual(['Unshelved', true, false, true]);
    expect(of({ state: 'DSUPR', shelvedUntil: until })).toEqual(['TimedShelved', true, false, true]);
    expect(of({ state: 'OOSRV' })).toEqual(['Unshelved', false, true, true]);
  });

  it('is latched after its condition has gone and before its reset', () => {
    const latched = (['UNACK', 'LATUN', 'LATAK', 'NORM'] as const).map(
      (state) => conditionFacts({ ...alarm, state }).latched,
    );
    expect(latched).toEqual([false, true, true, false]);
  });

  it('offers for shelving exactly what the verb accepts', () => {
    for (const priority of [1, 2, 3, 4]) {
      const stamp = { actor: 'wang', sourceMs: 0, serverMs: 0 };
      const shown = { point: 'p', unit: null, text: alarm.text, limit: null };
      const open = apply(EMPTY_RECORD, {
        event: 'ACTIVE',
        id: 'o',
        priority,
        value: 1,
        shown,
        suppressedBy: [],
        announced: true,
        ...stamp,
      });
      const shelved = (minutes: number) => shelve(open, { minutes, reason: 'r', shelvable: true }, stamp).ok;
      expect([shelved(maxShelfMinutes(priority)), shelved(maxShelfMinutes(priority) + 1)]).toEqual([true, false]);
    }
  });

  it('says both languages, and one of them once', () => {
    expect(bothLanguages({ zh: '过热', en: 'Hot' })).toBe('过热 / Hot');
    expect(bothLanguages({ zh: 'SF6', en: 'SF6' })).toBe('SF6');
    expect(bothLanguages({ zh: '过热', en: '' })).toBe('过热');
  });
});

it('event ids stand for what was sent, and the oldest are forgotten first', () => {
  const ids = createEventIds(2);
  ids.remember('a', { alarmId: 'o1', activationSeq: 1 });
  ids.remember('b', { alarmId: 'o1', activationSeq: 2 });
  ids.remember('c', { alarmId: 'o2', activationSeq: 1 });
  expect(ids.find('a')).toBeUndefined();
  expect(ids.find('b')).toEqual({ alarmId: 'o1', activationSeq: 2 });
  expect(ids.find('c')).toEqual({ alarmId: 'o2', activationSeq: 1 });
});
