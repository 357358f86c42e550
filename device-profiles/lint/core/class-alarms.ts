// Alarms of a class: rules that refer to real points and parameters, limits that can be reached, texts that fill in.
import type { AlarmDefinition, EquipmentClass } from '../../schema/class.ts';
import type { AlarmRule } from '../../schema/rule.ts';
import { eventAsAlarm } from '../../schema/site-class.ts';
import type { BilingualSteps } from '../../schema/text.ts';
import { lintRule, lintSuppression, parametersOfAlarm } from './alarm-rules.ts';
import { lintSubject } from './condition-rules.ts';
import { type Finding, finding, oneOf } from './finding.ts';
import type { Path } from './rule-points.ts';
import { lintSuppressionCycles } from './suppression-cycles.ts';

export function lintAlarms(subject: EquipmentClass): Finding[] {
  const alarms = Object.entries(subject.alarms);
  const rules = watched(subject).flatMap(([name, alarm]) => [
    ...lintRule(['alarms', name, 'rule'], alarm.rule, subject),
    ...lintSubject(['alarms', name, 'rule'], alarm.rule),
    ...lintSuppression(['alarms', name], alarm, subject),
    ...lintResponse(['alarms', name], alarm),
    ...lintPriorityTimes(['alarms', name], alarm),
  ]);
  const commLoss = alarms.some(([, alarm]) => alarm.rule.kind === 'comm-loss')
    ? []
    : [finding(['alarms', 'comm-loss'], undefined, 'an alarm with the rule kind comm-loss: silence is never normal')];
  return [
    ...rules,
    ...commLoss,
    ...lintSuppressionCycles(subject),
    ...lintGroups(subject),
    ...lintUnused(subject),
    ...lintSteps(subject),
  ];
}

/** Everything with a rule; an event stands in the file among the alarms. */
const watched = ({ alarms, events = {} }: EquipmentClass): [string, AlarmDefinition][] => [
  ...Object.entries(alarms),
  ...Object.entries(events).map(([name, record]): [string, AlarmDefinition] => [name, eventAsAlarm(record)]),
];

/** What the alarm engine can fill into a text of each kind of rule. */
const PLACEHOLDERS: Readonly<Record<AlarmRule['kind'], readonly string[]>> = {
  limit: ['{value}', '{limit}'],
  state: ['{value}'],
  stale: [],
  'comm-loss': [],
  discrepancy: [],
  deviation: ['{value}', '{limit}'],
  levels: ['{value}', '{limit}'],
  'rate-of-change': ['{value}', '{limit}'],
  bit: ['{value}'],
  frozen: ['{value}'],
  duration: ['{value}'],
  count: ['{limit}'],
  all: ['{value}'],
  any: ['{value}'],
  not: ['{value}'],
};

function* lintResponse(path: Path, alarm: AlarmDefinition): Generator<Finding> {
  const allowed = PLACEHOLDERS[alarm.rule.kind];
  for (const language of ['zh', 'en'] as const)
    for (const found of alarm.text[language].match(/\{[^}]*\}/g) ?? [])
      if (!allowed.includes(found))
        yield finding(
          [...path, 'text', language],
          found,
          allowed.length > 0 ? oneOf(allowed) : `no placeholder in a ${alarm.rule.kind} alarm`,
        );
  if (alarm.workOrder?.kind === 'emergency' && alarm.priority > 2)
    yield finding(
      [...path, 'workOrder', 'kind'],
      'emergency',
      `repair or urgent with priority ${alarm.priority}, or priority 1 or 2`,
    );
}

function* lintPriorityTimes(path: Path, alarm: AlarmDefinition): Generator<Finding> {
  const { priorityWhen = [], rule, priority, workOrder } = alarm;
  if (priorityWhen.length > 0 && rule.kind === 'levels')
    yield finding([...path, 'priorityWhen'], 'a priority by schedule', 'none: the levels of the rule have their own');
  for (const [index, { schedule, priority: then }] of priorityWhen.entries()) {
    const where = [...path, 'priorityWhen', index];
    if (new Set(schedule.days).size < schedule.days.length)
      yield finding([...where, 'schedule', 'days'], schedule.days, 'each day once');
    if (then === priority) yield finding([...where, 'priority'], then, `another than the alarm's own ${priority}`);
    if (workOrder?.kind === 'emergency' && then > 2)
      yield finding([...where, 'priority'], then, '1 or 2, as the alarm opens an emergency order');
  }
}

/** The first of one alone says nothing. */
function lintGroups({ alarms }: EquipmentClass): Finding[] {
  const named = Object.entries(alarms).flatMap(([name, { firstOutGroup }]) =>
    firstOutGroup === undefined ? [] : [{ name, firstOutGroup }],
  );
  return named
    .filter(({ firstOutGroup }) => named.filter((other) => other.firstOutGroup === firstOutGroup).length < 2)
    .map(({ name, firstOutGroup }) =>
      finding(['alarms', name, 'firstOutGroup'], firstOutGroup, 'a group that another alarm of the class has too'),
    );
}

function lintUnused(subject: EquipmentClass): Finding[] {
  const used = new Set(watched(subject).flatMap(([, alarm]) => parametersOfAlarm(alarm)));
  return Object.keys(subject.parameters)
    .filter((name) => !used.has(name))
    .map((name) => finding(['parameters', name], 'a parameter that no rule uses', 'a rule that refers to it'));
}

/** Both languages must tell the same steps, or an operator ticks off other things than the manager reads. */
function lintSteps(subject: EquipmentClass): Finding[] {
  const lists: [Path, BilingualSteps][] = [
    ...Object.entries(subject.alarms).map(([name, { action }]): [Path, BilingualSteps] => [
      ['alarms', name, 'action'],
      action,
    ]),
    ...Object.entries(subject.maintenance).map(([name, { checklist }]): [Path, BilingualSteps] => [
      ['maintenance', name, 'checklist'],
      checklist,
    ]),
    ...(subject.emergencyPlan
      ? [[['emergencyPlan', 'steps'], subject.emergencyPlan.steps] as [Path, BilingualSteps]]
      : []),
  ];
  return lists
    .filter(([, { zh, en }]) => zh.length !== en.length)
    .map(([path, { zh, en }]) => finding([...path, 'en'], `${en.length} steps`, `${zh.length} steps as in zh`));
}
