// Rules that could never work are named; rules that can are left alone.
import { describe, expect, it } from 'vitest';
import { equipmentClass } from '../../schema/class.ts';
import { lintAlarms } from './class-alarms.ts';

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
    expect(findings(RULE, [], { band }).join()).toContain('a parameter that no rule uses');
  });
});
