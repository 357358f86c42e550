// The two classes of the alarm bench: the same 50 points, once with 50 rules of every kind that looks at values, once with
// none of them; and the values that their devices send.
import { join } from 'node:path';
import { writeYaml } from '../fleet/load-profile.ts';

export const RULED_CLASS = 'bench-ruled';
export const PLAIN_CLASS = 'bench-plain';

const ANALOGS = 45;
const STATES = 5;
export const POINTS: readonly string[] = [
  ...Array.from({ length: ANALOGS }, (_, index) => `a${index}`),
  ...Array.from({ length: STATES }, (_, index) => `s${index}`),
];

/** Points a0, a1, ... whose one alarm comes and goes with the reading: what is raised and cleared on purpose. */
export const PROMPT_ALARMS = 25;
export const promptAlarm = (index: number): string => `high-${index}`;
/** Beyond the limit of a prompt alarm. */
const RAISED = 90;
const LIMIT = 80;

/** Alarms of each device that hold all the time: a25 lies beyond its second level, s2 has its alarming value. */
export const STANDING_ALARMS = 2;
const STANDING_LEVEL = 98;

type Rule = Readonly<Record<string, unknown>> & { readonly kind: string };
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
/** What is low or falls while the machine stands still is no alarm. */
const SUPPRESSED = /^(low|rate)-/;
const high = (point: number) => ({ kind: 'limit', point: `a${point}`, above: LIMIT, deadband: 5 });

/** 50 rules: every one of the 50 points is looked at by at least one. */
const RULES: readonly (readonly [name: string, rule: Rule, delays?: readonly [onS: number, offS: number]])[] = [
  ...range(0, PROMPT_ALARMS).map((index) => [promptAlarm(index), high(index)] as const),
  ...range(25, 6).map((index): [string, Rule, [number, number]] => {
    const above = [
      { limit: LIMIT, priority: 4 },
      { limit: 95, priority: 3 },
    ];
    return [`levels-${index}`, { kind: 'levels', point: `a${index}`, above, deadband: 2 }, [2, 5]];
  }),
  ...range(31, 4).map(
    (index) => [`rate-${index}`, { kind: 'rate-of-change', point: `a${index}`, rise: 500, windowS: 10 }] as const,
  ),
  ...[35, 37, 39].map((index): [string, Rule, [number, number]] => {
    const rule = { kind: 'deviation', point: `a${index}`, setpoint: `a${index + 1}`, above: 60, deadband: 5 };
    return [`deviation-${index}`, rule, [10, 10]];
  }),
  ['all-41', { kind: 'all', of: [high(41), { kind: 'state', point: 's0', equals: 1 }] }, [5, 5]],
  ['any-42', { kind: 'any', of: [high(42), high(43)] }, [5, 5]],
  ['not-44', { kind: 'not', of: { kind: 'limit', point: 'a44', above: 5 } }, [5, 5]],
  ['duration-s0', { kind: 'duration', point: 's0', equals: 1, forS: 3600 }],
  ['count-s1', { kind: 'count', point: 's1', equals: 1, above: 4, windowS: 10 }],
  ['state-s2', { kind: 'state', point: 's2', equals: 1 }, [2, 5]],
  ['discrepancy-s3', { kind: 'discrepancy', command: 's3', feedback: 's4' }, [15, 5]],
  ...range(0, 3).map((index): [string, Rule, [number, number]] => [
    `low-${index}`,
    { kind: 'limit', point: `a${index}`, below: 5, deadband: 1 },
    [10, 10],
  ]),
  ['frozen-42', { kind: 'frozen', point: 'a42', band: 0.01, forS: 600 }],
  ['stale-43', { kind: 'stale', point: 'a43', afterS: 600 }],
];

/** Of each device with rules, its lost connection included. */
export const RULES_PER_DEVICE = RULES.length + 1;

const both = (text: string) => ({ zh: text, en: text });

const alarm = (name: string, rule: Rule, [onDelayS, offDelayS]: readonly [number, number] = [0, 0]) => ({
  rule,
  // Of alarms with levels the mildest one.
  priority: rule.kind === 'levels' ? 4 : 3,
  onDelayS,
  offDelayS,
  ...(SUPPRESSED.test(name) ? { suppressWhen: [{ point: 's0', equals: 0 }] } : {}),
  text: both(name),
  cause: both('Load'),
  consequence: both('None'),
  action: { zh: ['看'], en: ['Look'] },
  timeToRespondMin: 60,
});

function classFile(name: string, rules: typeof RULES) {
  const commLoss = alarm('comm-loss', { kind: 'comm-loss' }, [30, 60]);
  return {
    class: name,
    label: both(name),
    group: 'monitoring',
    points: Object.fromEntries(
      ['comm', ...POINTS].map((point) => [
        point,
        point.startsWith('a')
          ? { label: both(point), kind: 'analog', unit: '%', range: [0, 100] }
          : { label: both(point), kind: 'state', values: { 0: both('off'), 1: both('on') } },
      ]),
    ),
    alarms: {
      'comm-loss': commLoss,
      ...Object.fromEntries(rules.map(([alarmName, ...rest]) => [alarmName, alarm(alarmName, ...rest)])),
    },
    faceplate: ['a0'],
  };
}

/** Writes both classes as a profile folder that the server can be pointed to. */
export function writeBenchClasses(folder: string): void {
  for (const file of [classFile(RULED_CLASS, RULES), classFile(PLAIN_CLASS, [])])
    writeYaml(join(folder, 'classes', `${file.class}.yaml`), file);
}

/** What a device sends: every analog value differs from the one before, and only `raised` and the standing alarms hold. */
export function deviceValues(device: number, tick: number, raised: ReadonlySet<number> = new Set()): number[] {
  return POINTS.map((_, point) => {
    if (point === 25) return STANDING_LEVEL + (tick % 10) / 10;
    if (raised.has(point)) return RAISED + (tick % 10) / 10;
    if (point < ANALOGS) return 30 + ((tick * 7 + point * 13 + device) % 200) / 10;
    // s0 runs, s1 starts and stops, s2 has its alarm, s3 and s4 agree.
    if (point === ANALOGS + 1) return Math.floor(tick / 20) % 2;
    return point <= ANALOGS + 2 ? 1 : 0;
  });
}
