import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionsOf } from './definition.ts';
import { alarmOf, classOf } from './fixtures.ts';
import { applySettings, changesOf, type Settings, settingFields, withChanges } from './settings.ts';
import { checkSettings, delayWarnings, explain } from './settings-check.ts';

const limit = (name: string) => ({ parameter: name });
const plain = classOf({
  hot: alarmOf({ rule: { kind: 'limit', point: 'temperature', above: 130, deadband: 5 }, onDelayS: 10 }),
});
const words = { zh: '甲', en: 'A' };
/** fan < alarm < trip on one point, and a low limit under all of them. */
const described = {
  ...plain,
  points: { ...plain.points, temperature: { ...plain.points['temperature'], range: [0, 200] } },
  parameters: Object.fromEntries(
    Object.entries({ low: 20, fan: 80, alarm: 120, trip: 150 }).map(([name, value]) => [
      name,
      { label: words, unit: '°C', default: value, range: [-50, 300] },
    ]),
  ),
  alarms: {
    cold: alarmOf({ rule: { kind: 'limit', point: 'temperature', below: limit('low'), deadband: 2 } }),
    fan: alarmOf({ rule: { kind: 'limit', point: 'temperature', above: limit('fan'), deadband: 5 } }),
    steps: alarmOf({
      rule: {
        kind: 'levels',
        point: 'temperature',
        deadband: 3,
        above: [
          { limit: limit('alarm'), priority: 2 },
          { limit: limit('trip'), priority: 1 },
        ],
      },
    }),
    off: alarmOf({ rule: { kind: 'deviation', point: 'temperature', setpoint: 'setpoint', above: 8, deadband: 2 } }),
  },
} as typeof plain;

const problems = (settings: Settings): string[] => checkSettings(described, settings).map(explain);

describe('settings of equipment', () => {
  it('lists what can be set: parameters, delays, deadband where there is one, priority where there are no levels', () => {
    const fields = settingFields(described).map(({ field }) => field);
    expect(fields).toContain('parameters.trip');
    expect(fields).toContain('alarms.steps.deadband');
    expect(fields).not.toContain('alarms.steps.priority');
    expect(fields).toContain('alarms.fan.priority');
  });

  it('replaces the numbers of the class and leaves everything else', () => {
    const settings = { 'parameters.fan': 90, 'alarms.fan.onDelayS': 20, 'alarms.fan.priority': 4 };
    const [cold, fan] = definitionsOf(described, settings);
    expect(fan).toMatchObject({ rule: { above: 90 }, onDelayMs: 20_000, priority: 4 });
    expect(cold?.fingerprint).toBe(definitionsOf(described)[0]?.fingerprint);
    expect(applySettings(described, {})).toBe(described);
  });

  it('refuses what names no field, is outside the parameter or the point, or could never return', () => {
    expect(problems({ 'parameters.nothing': 1 })).toEqual([
      'parameters.nothing: found 1, expected a field of class transformer',
    ]);
    expect(problems({ 'parameters.fan': 301 })).toEqual([
      'parameters.fan: found 301, expected a number from -50 to 300 °C',
    ]);
    expect(problems({ 'parameters.trip': 200 })).toEqual([
      'parameters.trip: found 200, expected inside the range of temperature, 0 to 200',
    ]);
    expect(problems({ 'parameters.fan': Number.NaN })).toHaveLength(1);
    expect(problems({ 'alarms.fan.priority': 2.5 })).toEqual([
      'alarms.fan.priority: found 2.5, expected one of 1, 2, 3, 4',
    ]);
    expect(problems({ 'alarms.fan.deadband': 81 })).toEqual([
      'alarms.fan.deadband: found 81, expected a deadband of at most 80 with the limit 80: temperature could never return',
    ]);
    expect(problems({ 'alarms.off.deadband': 9 })).toEqual([
      'alarms.off.deadband: found 9, expected at most the band 8',
    ]);
  });

  it('keeps low < fan < alarm < trip', () => {
    expect(problems({ 'parameters.fan': 120 })).toEqual([
      'parameters.fan: found 120, expected below 120, the limit of steps (parameters.alarm)',
    ]);
    expect(problems({ 'parameters.trip': 110 })).toEqual([
      'parameters.trip: found 110, expected above 120, the limit of steps (parameters.alarm)',
    ]);
    expect(problems({ 'parameters.low': 90 })[0]).toContain('below 80');
    expect(problems({ 'parameters.fan': 125, 'parameters.alarm': 130 })).toEqual([]);
  });

  it('warns of an on-delay above a tenth of the time to respond', () => {
    const change = (to: number) => [{ field: 'alarms.fan.onDelayS', from: null, to }];
    expect(delayWarnings(described, change(60))).toEqual([]);
    expect(delayWarnings(described, change(61)).map(explain)).toEqual([
      'alarms.fan.onDelayS: found 61, expected at most 60 s, a tenth of the 10 min to respond',
    ]);
  });

  it('what passes the check always makes definitions in order, and its undo restores the former settings', () => {
    const fields = settingFields(described);
    const anySettings = fc
      .array(fc.tuple(fc.constantFrom(...fields), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 6 })
      .map((picked) =>
        Object.fromEntries(
          picked.map(([{ field, range }, share]) => {
            const [low, high] = range ?? [0, 100];
            const value = low + share * (high - low);
            return [field, field.endsWith('priority') ? Math.round(value) : value];
          }),
        ),
      );
    fc.assert(
      fc.property(anySettings, anySettings, (before, wanted) => {
        fc.pre(checkSettings(described, before).length === 0);
        const changes = changesOf(described, before, wanted);
        const after = withChanges(before, changes);
        const undone = withChanges(
          after,
          changes.map(({ field, from, to }) => ({ field, from: to, to: from })),
        );
        expect(undone).toEqual(before);
        if (checkSettings(described, after).length > 0) return;
        const numbers = applySettings(described, after).parameters;
        const order = ['low', 'fan', 'alarm', 'trip'].map((name) => numbers[name]?.default ?? Number.NaN);
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(definitionsOf(described, after)).toHaveLength(Object.keys(described.alarms).length);
      }),
      { numRuns: 2000 },
    );
  });
});
