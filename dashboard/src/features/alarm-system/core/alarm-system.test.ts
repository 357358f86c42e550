import type { alarmRegister } from '@louwei/server/contract';
import { describe, expect, it } from 'vitest';
import { backTestAddress, countTrend, figureText } from './figures.ts';
import { limitsText, listText, matches, NO_LIST_FILTER } from './search.ts';

const words = (text: string) => ({ zh: text, en: text });
const entry: alarmRegister.AlarmDefinition = {
  kind: 'alarm',
  because: [],
  class: 'sump-pump',
  classLabel: { zh: '集水泵', en: 'Sump pump' },
  group: 'water',
  alarm: 'level-high',
  text: { zh: '水位高', en: 'Level high' },
  priority: 2,
  equipment: 3,
  point: 'level',
  rule: 'level > 80',
  limits: [{ above: 80, below: null, priority: 2 }],
  deviation: false,
  unit: '%',
  deadband: 5,
  onDelayS: 60,
  offDelayS: 60,
  suppressedBy: [],
  latching: false,
  shelvable: true,
  reAlarm: null,
  workOrder: null,
  cause: words('inflow'),
  consequence: words('flooding'),
  action: { zh: ['去'], en: ['go'] },
  timeToRespondMin: 10,
  owner: '王工',
  reviewedOn: null,
  approvedBy: null,
  reviewDue: null,
  review: 'never',
};

describe('figures', () => {
  it('have the digits they deserve', () => {
    const texts = [0, 3, 0.00278, 0.5, 1.26, 250.4].map((value) => figureText(value, 'count'));
    expect(texts).toEqual(['0', '3', '0.0028', '0.5', '1.3', '250']);
    expect([figureText(12.34, '%'), figureText(null, 's')]).toEqual(['12.3 %', '–']);
  });

  it('are drawn from the start in steps', () => {
    const trend = countTrend({ stepS: 600, counts: [1, 0, 2] }, 6_000_000);
    expect(trend.timesS).toEqual([6000, 6600, 7200]);
    expect(trend.series[0]?.avg).toEqual([1, 0, 2]);
  });

  it('lead to the back-test with the proposed number', () => {
    const same = { equipmentName: words(''), text: words(''), reason: words(''), unit: 's', from: 0 };
    const address = backTestAddress({ ...same, equipmentId: 'SP 1', alarm: 'dry-run', kind: 'on-delay', to: 15 });
    expect(address).toBe('/equipment/SP%201?alarm=dry-run&onDelayS=15');
  });
});

describe('the master list', () => {
  it.each([
    [{}, true],
    [{ text: ' SUMP ' }, true],
    [{ text: '王工' }, true],
    [{ text: 'chiller' }, false],
    [{ class: 'chiller' }, false],
    [{ priority: '2', review: 'never' }, true],
    [{ priority: '1' }, false],
    [{ review: 'overdue' }, false],
  ])('filtered by %j shows it: %s', (filter, shown) => {
    expect(matches(entry, { ...NO_LIST_FILTER, ...filter })).toBe(shown);
  });

  it('writes limits with their unit', () => {
    const limits = [
      { above: 80, below: null, priority: 3 },
      { above: 90, below: 10, priority: 1 },
    ];
    expect(limitsText({ limits, unit: '%', deviation: false })).toBe('> 80 %, > 90 %, < 10 %');
    expect(limitsText({ limits: limits.slice(0, 1), unit: null, deviation: true })).toBe('Δ > 80');
    expect(limitsText({ limits: [], unit: '%', deviation: false })).toBe('');
  });

  it('shows the text of an alarm without a value, and the limit when there is one only', () => {
    const text = { zh: '{value} 高于 {limit}', en: '{value} over {limit}' };
    expect(listText({ ...entry, text }).en).toBe('… over 80');
    expect(listText({ ...entry, text, limits: [] }).zh).toBe('… 高于 …');
  });
});
