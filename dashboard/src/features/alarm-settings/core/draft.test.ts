import { describe, expect, it } from 'vitest';
import { backtestFields, changedValues, entriesOf, isInvalid, prefilled, shortName, slowDelays } from './draft.ts';

const shared = { unit: 's', range: [0, 100] as [number, number], last: null };
const settings: Parameters<typeof backtestFields>[0] = {
  equipmentId: 'TR-1',
  version: 3,
  ignored: null,
  parameters: [
    {
      ...shared,
      field: 'parameters.limit',
      parameter: 'limit',
      label: { zh: '限', en: 'Limit' },
      classDefault: 50,
      value: 55,
      alarms: ['hot'],
    },
    {
      ...shared,
      field: 'parameters.other',
      parameter: 'other',
      label: { zh: '他', en: 'Other' },
      classDefault: 1,
      value: 1,
      alarms: [],
    },
  ],
  alarms: [
    {
      alarm: 'hot',
      text: { zh: '热', en: 'Hot' },
      rule: 'x > 55',
      point: 'x',
      priority: 2,
      timeToRespondMin: 10,
      longestOnDelayS: 60,
      fields: [
        { ...shared, field: 'alarms.hot.onDelayS', what: 'onDelayS', classDefault: 10, value: 10 },
        { ...shared, field: 'alarms.hot.deadband', what: 'deadband', classDefault: 2, value: 2 },
        { ...shared, field: 'alarms.hot.priority', what: 'priority', classDefault: 2, value: 2 },
      ],
    },
  ],
};
const [hot] = settings.alarms;
if (hot === undefined) throw new Error('no alarm');
const fields = backtestFields(settings, hot);

describe('draft of alarm settings', () => {
  it('has the limits and delays that decide when the alarm fires', () => {
    expect(fields.map(({ field }) => field)).toEqual([
      'parameters.limit',
      'alarms.hot.onDelayS',
      'alarms.hot.deadband',
    ]);
    expect(changedValues(fields, entriesOf(fields))).toEqual({});
  });

  it('takes what a link proposes, and nothing that is no number', () => {
    const entries = prefilled(fields, new URLSearchParams('alarm=hot&deadband=4.5&onDelayS=soon'));
    expect(changedValues(fields, entries)).toEqual({ 'alarms.hot.deadband': 4.5 });
  });

  it('knows what is no number and what is out of range', () => {
    const [limit] = fields;
    if (limit === undefined) throw new Error('no field');
    expect(['', 'x', '-1', '101'].map((text) => isInvalid(limit, text))).toEqual([true, true, true, true]);
    expect(['0', '100', '5,5'].map((text) => isInvalid(limit, text))).toEqual([false, false, false]);
    expect(changedValues(fields, { ...entriesOf(fields), 'parameters.limit': '' })).toBeNull();
  });

  it('asks for a confirmation of a long on-delay only', () => {
    expect(slowDelays(settings, { 'alarms.hot.onDelayS': 60 })).toEqual([]);
    expect(slowDelays(settings, { 'alarms.hot.onDelayS': 61 })).toEqual([{ alarm: hot, onDelayS: 61 }]);
  });

  it('shortens an alarm text to its name', () => {
    expect(shortName('变压器绕组超温：… °C，超过 … °C')).toBe('变压器绕组超温');
    expect(shortName('Transformer winding too hot - … °C, limit … °C')).toBe('Transformer winding too hot');
    expect(shortName('Door forced open')).toBe('Door forced open');
    expect(shortName('…')).toBe('…');
  });
});
