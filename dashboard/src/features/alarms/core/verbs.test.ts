// Verbs are offered as the server would take them, and its refusals are understood.
import type { alarms } from '@louwei/server/contract';
import { describe, expect, it } from 'vitest';
import { offersOf, shelveMinutes } from './offers.ts';
import { readRefusal } from './refusal.ts';

const alarm = (changes: Partial<alarms.Alarm>): alarms.Alarm => ({
  id: 'a',
  equipmentId: 'TR-1',
  equipmentName: { zh: '变', en: 'TR' },
  place: { site: '', building: '', floor: '', room: '' },
  alarm: 'hot',
  point: 't',
  priority: 2,
  state: 'UNACK',
  active: true,
  acknowledged: false,
  uncertain: false,
  text: { zh: '热', en: 'hot' },
  value: 1,
  limit: null,
  unit: null,
  activeAt: '',
  detectedAt: '',
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
  ...changes,
});
const latching = { latching: true, shelvable: true };
const gone = { active: false, clearedAt: '' };

describe('verbs on offer', () => {
  it('reset only of a latched alarm whose condition has gone and that is acknowledged, else with the reason', () => {
    expect(offersOf(alarm({}), latching).reset).toBe('conditionPresent');
    expect(offersOf(alarm({ state: 'LATUN', ...gone }), latching).reset).toBe('notAcknowledged');
    expect(offersOf(alarm({ state: 'LATAK', acknowledged: true, ...gone }), undefined).reset).toBe('possible');
    expect(offersOf(alarm({}), { latching: false, shelvable: true }).reset).toBe('hidden');
  });

  it('shelve unless it must not be, or is out of service; one-shot only while the condition holds', () => {
    expect(offersOf(alarm({}), latching)).toMatchObject({ shelve: 'possible', oneShot: true, unshelve: false });
    expect(offersOf(alarm({}), { latching: false, shelvable: false }).shelve).toBe('notShelvable');
    expect(offersOf(alarm({ state: 'OOSRV' }), latching).shelve).toBe('outOfService');
    expect(offersOf(alarm({ state: 'RTNUN', ...gone }), latching).oneShot).toBe(false);
    expect(offersOf(alarm({ state: 'SHLVD', shelvedUntil: '2026' }), latching).unshelve).toBe(true);
  });

  it('silence only what can sound; out of service and back exclude each other', () => {
    expect(offersOf(alarm({}), latching).silence).toBe(true);
    expect(offersOf(alarm({ priority: 4 }), latching).silence).toBe(false);
    expect(offersOf(alarm({ state: 'ACKED' }), latching)).toMatchObject({ silence: false, acknowledge: false });
    expect(offersOf(alarm({ state: 'OOSRV' }), latching)).toMatchObject({
      takeOutOfService: false,
      returnToService: true,
    });
  });

  it('durations end with the longest that the priority allows', () => {
    expect([1, 2, 3, 4].map((priority) => shelveMinutes(priority).at(-1))).toEqual([30, 240, 480, 1440]);
  });
});

describe('refusals', () => {
  it.each([
    ['condition present: a reset is possible after it has gone', 'conditionPresent', ''],
    ['activationSeq: found 1, expected 2: the alarm was activated again', 'activatedAgain', ''],
    ['minutes: found 90, expected 1-30 for priority 1', 'tooLong', '30'],
    ['shelved and prolonged 2 times already: let it come back first', 'prolonged', '2'],
    ['the alarm is out of service already', 'alreadyOut', ''],
    ['the alarm is out of service', 'outOfService', ''],
  ])('%s', (detail, key, max) => expect(readRefusal(detail)).toEqual({ key, max }));

  it('that are not known keep the server’s words', () => expect(readRefusal('disk full')).toBeNull());
});
