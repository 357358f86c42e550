// Rules that could never work are named; rules that can are left alone.
import { describe, expect, it } from 'vitest';
import { equipmentClass } from '../../schema/class.ts';
import { lintAlarms } from './class-alarms.ts';
import { lintSuppressionCycles } from './suppression-cycles.ts';

const both = { zh: '泵', en: 'pump' };
const values = { 0: both, 1: both };

function findings(rule: object, suppressWhen: object[] = [], parameters: object = {}) {
  const subject = equipmentClass.parse({
    class: 'pump',
    label: both,
    group: 'water',
    points: {
      comm: { label: both, kind: 'state', values },
      run: { label: both, kind: 'state', values },
      command: { label: both, kind: 'state', values },
      mode: { label: both, kind: 'enumeration', values },
      pressure: { label: both, kind: 'analog', unit: 'MPa', range: [0, 2] },
      setpoint: { label: both, kind: 'analog', unit: 'MPa', range: [0, 2] },
      starts: { label: both, kind: 'counter' },
      faults: { label: both, kind: 'enumeration', values, range: [0, 255] },
      setpointPercent: { label: both, kind: 'analog', unit: '%', range: [0, 100] },
    },
    parameters,
    alarms: {
      'comm-loss': { ...response, rule: { kind: 'comm-loss' } },
      tested: { ...response, rule, suppressWhen },
    },
    faceplate: ['run'],
  });
  return lintAlarms(subject).map(({ path, found, expected }) => `${path.join('.')}: ${found} / ${expected}`);
}
const response = {
  priority: 3,
  text: both,
  cause: both,
  consequence: both,
  action: { zh: ['看'], en: ['Look'] },
  timeToRespondMin: 30,
};
const levels = (side: 'above' | 'below', mild: number, severe: number, point = 'pressure') => ({
  kind: 'levels',
  point,
  [side]: [
    { limit: mild, priority: 3 },
    { limit: severe, priority: 1 },
  ],
});
const RUNS = { kind: 'state', point: 'run', equals: 1 };
const OFFICE = { kind: 'schedule', days: ['mon', 'fri'], from: '08:00', to: '18:00' };
const RULE = { kind: 'limit', point: 'pressure', above: 1 };

describe('rules of alarms', () => {
  it.each<[object, object[]]>([
    [{ kind: 'discrepancy', command: 'command', feedback: 'run' }, [{ point: 'comm', equals: 0 }]],
    [{ kind: 'deviation', point: 'pressure', setpoint: 'setpoint', below: 0.1 }, [{ point: 'mode', equals: [0, 1] }]],
    [RULE, [{ point: 'setpoint', below: 0.1 }]],
    // Beyond a worse limit of the same point another alarm speaks.
    [RULE, [{ point: 'pressure', above: 1.5 }]],
    [levels('above', 1, 1.5), []],
    [levels('below', 0.5, 0.2), []],
    [{ kind: 'state', point: 'run', equals: 1 }, [{ point: 'run', equals: 0 }]],
    [{ kind: 'rate-of-change', point: 'pressure', rise: 0.1, windowS: 60, deadband: 0.05 }, []],
    [{ kind: 'bit', point: 'faults', bit: 7 }, []],
    [{ kind: 'frozen', point: 'pressure', band: 0.01, forS: 3600 }, []],
    [{ kind: 'duration', point: 'run', equals: 1, forS: 3600 }, []],
    [{ kind: 'count', point: 'run', equals: 1, above: 15, windowS: 3600 }, []],
    [{ kind: 'count', point: 'starts', above: 15, windowS: 3600 }, []],
    [{ kind: 'all', of: [RUNS, { kind: 'not', of: OFFICE }] }, []],
  ])('accepts %j', (rule, suppressWhen) => {
    expect(findings(rule, suppressWhen)).toEqual([]);
  });

  it.each<[object, string]>([
    [{ kind: 'discrepancy', command: 'comand', feedback: 'run' }, 'alarms.tested.rule.command: comand / a point of'],
    [{ kind: 'discrepancy', command: 'mode', feedback: 'run' }, 'rule.command: mode, a enumeration / a state'],
    [{ kind: 'discrepancy', command: 'run', feedback: 'run' }, 'rule.feedback: run / another point'],
    [
      { kind: 'deviation', point: 'pressure', setpoint: 'setpointPercent', above: 0.1 },
      "rule.setpoint: setpointPercent in % / the point's unit MPa",
    ],
    [{ kind: 'deviation', point: 'pressure', setpoint: 'run', above: 0.1 }, 'rule.setpoint: run, a state'],
    [{ kind: 'deviation', point: 'pressure', setpoint: 'pressure', above: 0.1 }, 'rule.setpoint: pressure / another'],
    [{ kind: 'deviation', point: 'pressure', setpoint: 'setpoint', above: 2 }, 'rule.above: 2 / a band above 0'],
    [{ kind: 'deviation', point: 'pressure', setpoint: 'setpoint', below: 0 }, 'rule.below: 0 / a band above 0'],
    [
      { kind: 'deviation', point: 'pressure', setpoint: 'setpoint', below: { parameter: 'band' } },
      'rule.below.parameter: band / a parameter of the class',
    ],
    [levels('above', 1.5, 1), 'rule.above.1.limit: 1 / a limit above that of the milder level, 1.5'],
    [levels('below', 0.2, 0.5), 'rule.below.1.limit: 0.5 / a limit below that of the milder level, 0.2'],
    [levels('above', 1, 3), "rule.above.1.limit: 3 / a limit within the point's range"],
    [levels('above', 0, 1, 'run'), 'rule.point: run, a state / an analog or counter for levels'],
    [{ kind: 'rate-of-change', point: 'run', rise: 1, windowS: 60 }, 'rule.point: run, a state / an analog or counter'],
    [{ kind: 'rate-of-change', point: 'pressure', fall: 0, windowS: 60 }, 'rule.fall: 0 / a rate above 0'],
    [{ kind: 'rate-of-change', point: 'pressure', rise: 2, windowS: 60 }, 'rule.rise: 2 / less than 2 per minute'],
    [
      { kind: 'rate-of-change', point: 'starts', fall: 1, windowS: 60 },
      'rule.fall: fall / rise: a counter never falls',
    ],
    [
      { kind: 'rate-of-change', point: 'pressure', rise: 0.1, windowS: 60, deadband: 0.1 },
      'rule.deadband: 0.1 / a dead',
    ],
    [{ kind: 'bit', point: 'run', bit: 0 }, 'rule.point: run, a state / an integer with bits'],
    [{ kind: 'bit', point: 'faults', bit: 8 }, 'rule.bit: 8 / a bit that a value up to 255 can have'],
    [{ kind: 'frozen', point: 'run', band: 1, forS: 60 }, 'rule.band: 1 / no band on a state'],
    [{ kind: 'frozen', point: 'pressure', band: 2, forS: 60 }, "rule.band: 2 / a band smaller than the point's range"],
    [{ kind: 'duration', point: 'run', equals: 3, forS: 60 }, 'rule.equals: 3 / one of 0, 1'],
    [{ kind: 'count', point: 'run', above: 3, windowS: 60 }, 'rule.point: run, a state / a counter, or equals'],
    [{ kind: 'count', point: 'run', equals: 1, above: 30, windowS: 60 }, 'rule.above: 30 / fewer than 30 changes'],
    [{ kind: 'any', of: [OFFICE, { ...OFFICE, to: '20:00' }] }, 'rule.of: only schedules / at least one condition of'],
    [{ kind: 'all', of: [RUNS, RUNS] }, 'rule.of: the same condition twice'],
    [
      { kind: 'any', of: [RUNS, { kind: 'not', of: { ...RUNS, point: 'rum' } }] },
      'rule.of.1.of.point: rum / a point of',
    ],
    [{ kind: 'all', of: [RUNS, { ...OFFICE, days: ['mon', 'mon'] }] }, 'rule.of.1.days: ["mon","mon"] / each day once'],
    [{ kind: 'stale', point: 'pressur', afterS: 60 }, 'rule.point: pressur / a point of the class'],
  ])('names what is wrong with %j', (rule, expected) => {
    expect(findings(rule).join('\n')).toContain(expected);
  });

  it.each<[object, object, string]>([
    [RULE, { point: 'presure', below: 1 }, 'alarms.tested.suppressWhen.0.point: presure / a point of the class'],
    [RULE, { point: 'run', above: 1 }, 'suppressWhen.0.point: run, a state / an analog'],
    [RULE, { point: 'pressure', equals: 1 }, 'suppressWhen.0.point: pressure, a analog / a state'],
    [RULE, { point: 'run', equals: 7 }, 'suppressWhen.0.equals: 7'],
    [RULE, { point: 'setpoint', above: 9 }, "suppressWhen.0.above: 9 / a limit within the point's range"],
    [RULE, { point: 'pressure', above: 1 }, "suppressWhen.0.point: pressure / a cause, not the alarm's own"],
    [RULE, { point: 'pressure', above: 0.5 }, "suppressWhen.0.point: pressure / a cause, not the alarm's own"],
    [
      { kind: 'state', point: 'run', equals: 1 },
      { point: 'run', equals: [0, 1] },
      "suppressWhen.0.point: run / a cause, not the alarm's own",
    ],
  ])('names what is wrong with %j suppressed by %j', (rule, condition, expected) => {
    expect(findings(rule, [condition]).join('\n')).toContain(expected);
  });

  it('refuses conditions nested too deep, and a schedule alone', () => {
    const deep = (levels: number): object => (levels === 0 ? RUNS : { kind: 'not', of: deep(levels - 1) });
    expect(findings(deep(4))).toEqual([]);
    expect(() => findings(deep(5))).toThrow('on top of each other at most 4 times');
    expect(() => findings(OFFICE)).toThrow('a schedule alone is no alarm');
  });

  it('names alarms that suppress each other, and takes a chain for what it is', () => {
    const subject = (pairs: Record<string, [string, string | null]>) =>
      lintSuppressionCycles(
        equipmentClass.parse({
          class: 'pump',
          label: both,
          group: 'water',
          points: Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { label: both, kind: 'state', values }])),
          alarms: Object.fromEntries(
            Object.entries(pairs).map(([name, [point, cause]]) => [
              name,
              {
                ...response,
                rule: { kind: 'state', point, equals: 1 },
                suppressWhen: cause === null ? [] : [{ point: cause, equals: 1 }],
              },
            ]),
          ),
          faceplate: ['a'],
        }),
      ).map(({ path, found }) => `${path.join('.')}: ${found}`);
    expect(subject({ one: ['a', 'b'], two: ['b', 'c'], three: ['c', null] })).toEqual([]);
    expect(subject({ one: ['a', 'b'], two: ['b', 'a'] })).toEqual(['alarms.one.suppressWhen: one <- two <- one']);
    expect(subject({ one: ['a', 'b'], two: ['b', 'c'], three: ['c', 'a'] })).toEqual([
      'alarms.one.suppressWhen: one <- two <- three <- one',
    ]);
  });

  it('names a group of one', () => {
    const other = { ...response, rule: RULE, firstOutGroup: 'trip' };
    const subject = (alarms: object) =>
      lintAlarms(
        equipmentClass.parse({
          class: 'pump',
          label: both,
          group: 'water',
          points: { pressure: { label: both, kind: 'analog', unit: 'MPa' } },
          alarms: { 'comm-loss': { ...response, rule: { kind: 'comm-loss' } }, ...alarms },
          faceplate: ['pressure'],
        }),
      ).map(({ path, found }) => `${path.join('.')}: ${found}`);
    expect(subject({ one: other, two: other })).toEqual([]);
    expect(subject({ one: other, two: { ...other, firstOutGroup: 'stop' } })).toEqual([
      'alarms.one.firstOutGroup: trip',
      'alarms.two.firstOutGroup: stop',
    ]);
  });

  it('counts a parameter as used where only a suppression or a deviation refers to it', () => {
    const band = { label: both, unit: 'MPa', default: 0.1, range: [0, 1] };
    const deviation = { kind: 'deviation', point: 'pressure', setpoint: 'setpoint', below: { parameter: 'band' } };
    expect(findings(deviation, [], { band })).toEqual([]);
    expect(findings(RULE, [{ point: 'setpoint', below: { parameter: 'band' } }], { band })).toEqual([]);
    const above = [
      { limit: { parameter: 'band' }, priority: 3 },
      { limit: 1, priority: 1 },
    ];
    expect(findings({ kind: 'levels', point: 'pressure', above }, [], { band })).toEqual([]);
    const rate = { kind: 'rate-of-change', point: 'pressure', rise: { parameter: 'band' }, windowS: 60 };
    expect(findings({ kind: 'all', of: [RUNS, rate] }, [], { band })).toEqual([]);
    const starts = { label: both, unit: '1/h', default: 15, range: [1, 60] };
    const count = { kind: 'count', point: 'run', equals: 1, above: { parameter: 'starts' }, windowS: 3600 };
    expect(findings(count, [], { starts })).toEqual([]);
    expect(findings({ ...count, windowS: 1800 }, [], { starts }).join()).toContain('above.parameter: starts in 1/h');
    expect(findings(RULE, [], { band }).join()).toContain('a parameter that no rule uses');
  });
});
