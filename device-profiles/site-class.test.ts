// A site's record without operator action or time to respond is an event with its reason; in the shipped library it is a fault.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLibrary } from './loader.ts';
import { equipmentClass } from './schema/class.ts';
import { ConfigurationError } from './schema/problem.ts';
import { eventReasons, siteClass } from './schema/site-class.ts';

const CLASS = `class: site-tank
label: { zh: 水箱, en: Tank }
group: water
faceplate: [level]
points:
  level: { label: { zh: 液位, en: Level }, kind: analog, unit: m, range: [0, 5], decimals: 2 }
  comm: { label: { zh: 通信, en: Communication }, kind: state, values: { '0': { zh: 断, en: lost }, '1': { zh: 通, en: ok } } }
parameters:
  full: { label: { zh: 满, en: Full }, unit: m, default: 4, range: [0, 5] }
alarms:
  comm-loss:
    rule: { kind: comm-loss }
    priority: 3
    text: { zh: 无应答, en: No answer }
    cause: { zh: 断线, en: Cable }
    consequence: { zh: 看不到, en: Blind }
    action: { zh: [检查], en: [Check] }
    timeToRespondMin: 60
  filled:
    rule: { kind: limit, point: level, above: { parameter: full }, deadband: 0.1 }
    text: { zh: '水箱已满 {value}', en: 'Tank is full at {value}' }
`;

describe('classes of a site', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'louwei-site-'));
    mkdirSync(join(folder, 'classes'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const load = (text: string) => {
    writeFileSync(join(folder, 'classes/site-tank.yaml'), text);
    return loadLibrary([folder]).classes.get('site-tank');
  };
  const faultsOf = (text: string) => {
    try {
      load(text);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
    return [];
  };

  it('take a record without action and time as an event, with the reasons', () => {
    const loaded = load(CLASS);
    expect(Object.keys(loaded?.alarms ?? {})).toEqual(['comm-loss']);
    expect(loaded?.events?.['filled']).toMatchObject({
      because: ['no-action', 'no-time-to-respond'],
      onDelayS: 0,
      text: { en: 'Tank is full at {value}' },
    });
  });

  it('name a fault of an event by its line and field in the file', () => {
    expect(faultsOf(CLASS.replace('point: level, above', 'point: depth, above'))).toMatchObject([
      { field: 'alarms.filled.rule.point', line: 20, found: 'depth' },
    ]);
    expect(faultsOf(`${CLASS}    priority: 9\n`)).toMatchObject([
      { field: 'alarms.filled.priority', line: 22, found: '9' },
    ]);
    expect(faultsOf(`${CLASS}    colour: red\n`)).toMatchObject([{ field: 'alarms.filled.colour', line: 22 }]);
  });

  it('still refuse a record whose action is told in one language only', () => {
    const half = `${CLASS}    action: { zh: [看] }\n    timeToRespondMin: 5\n    priority: 4\n    cause: { zh: a, en: a }\n    consequence: { zh: a, en: a }\n`;
    expect(faultsOf(half)).toMatchObject([{ field: 'alarms.filled.action.en' }]);
  });

  it.each([
    [{ action: { zh: ['看'], en: ['look'] }, timeToRespondMin: 5 }, []],
    [{ action: null, timeToRespondMin: 5 }, ['no-action']],
    [{ action: { zh: [], en: [] }, timeToRespondMin: 5 }, ['no-action']],
    [{ action: { zh: ['看'], en: ['look'] } }, ['no-time-to-respond']],
    [{ action: { zh: ['看'], en: ['look'] }, timeToRespondMin: 0 }, ['no-time-to-respond']],
  ])('%j lacks %j', (record, reasons) => expect(eventReasons(record)).toEqual(reasons));

  it('the form of the shipped library knows no events', () => {
    const bare = { class: 'x', label: { zh: 'x', en: 'x' }, group: 'water', points: {}, faceplate: ['level'] };
    const record = { rule: { kind: 'comm-loss' }, text: { zh: 'x', en: 'x' } };
    expect(equipmentClass.safeParse({ ...bare, alarms: { a: record } }).success).toBe(false);
    expect(equipmentClass.safeParse({ ...bare, events: { a: record } }).success).toBe(false);
    expect(siteClass.parse({ ...bare, alarms: { a: record } }).events?.['a']?.because).toHaveLength(2);
  });
});
