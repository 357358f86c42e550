// Alarms of a class: rules that refer to real points and parameters, limits that can be reached, texts that fill in.
import type { AlarmDefinition, EquipmentClass, Point } from '../../schema/class.ts';
import type { AlarmRule, LimitRule, StateRule } from '../../schema/rule.ts';
import type { BilingualSteps } from '../../schema/text.ts';
import { type Finding, finding, oneOf } from './finding.ts';

type Path = readonly (string | number)[];

export function lintAlarms(subject: EquipmentClass): Finding[] {
  const alarms = Object.entries(subject.alarms);
  const rules = alarms.flatMap(([name, alarm]) => [
    ...lintRule(['alarms', name, 'rule'], alarm.rule, subject),
    ...lintResponse(['alarms', name], alarm),
  ]);
  const commLoss = alarms.some(([, alarm]) => alarm.rule.kind === 'comm-loss')
    ? []
    : [finding(['alarms', 'comm-loss'], undefined, 'an alarm with the rule kind comm-loss: silence is never normal')];
  return [...rules, ...commLoss, ...lintUnused(subject), ...lintSteps(subject)];
}

function lintRule(path: Path, rule: AlarmRule, subject: EquipmentClass): Finding[] {
  if (rule.kind === 'comm-loss') return [];
  const point = Object.hasOwn(subject.points, rule.point) ? subject.points[rule.point] : undefined;
  if (point === undefined)
    return [finding([...path, 'point'], rule.point, `a point of the class: ${oneOf(Object.keys(subject.points))}`)];
  if (rule.kind === 'limit') return [...lintLimit(path, rule, point, subject)];
  return rule.kind === 'state' ? [...lintState(path, rule, point)] : [];
}

function* lintLimit(path: Path, rule: LimitRule, point: Point, subject: EquipmentClass): Generator<Finding> {
  if (point.kind !== 'analog' && point.kind !== 'counter') {
    yield finding([...path, 'point'], `${rule.point}, a ${point.kind}`, 'an analog or counter for a limit');
    return;
  }
  const side = rule.above === undefined ? 'below' : 'above';
  const limit = rule.above ?? rule.below;
  if (limit === undefined) return;
  let value: number;
  if (typeof limit === 'number') value = limit;
  else {
    const parameter = Object.hasOwn(subject.parameters, limit.parameter)
      ? subject.parameters[limit.parameter]
      : undefined;
    if (parameter === undefined) {
      yield finding(
        [...path, side, 'parameter'],
        limit.parameter,
        `a parameter of the class: ${oneOf(Object.keys(subject.parameters))}`,
      );
      return;
    }
    if (parameter.unit !== point.unit)
      yield finding(
        [...path, side, 'parameter'],
        `${limit.parameter} in ${parameter.unit ?? 'no unit'}`,
        `the point's unit ${point.unit ?? '(none)'}`,
      );
    value = parameter.default;
  }
  const [low, high] = point.range ?? [-Infinity, Infinity];
  if (value < low || value > high)
    yield finding([...path, side], value, `a limit within the point's range [${low}, ${high}]`);
  if (rule.deadband >= high - low)
    yield finding([...path, 'deadband'], rule.deadband, "a deadband smaller than the point's range");
}

function* lintState(path: Path, rule: StateRule, point: Point): Generator<Finding> {
  if (point.kind !== 'state' && point.kind !== 'enumeration') {
    yield finding([...path, 'point'], `${rule.point}, a ${point.kind}`, 'a state or enumeration');
    return;
  }
  const known = Object.keys(point.values ?? {});
  for (const value of [rule.equals].flat())
    if (!known.includes(String(value))) yield finding([...path, 'equals'], value, oneOf(known));
}

/** What the alarm engine can fill into a text of each kind of rule. */
const PLACEHOLDERS: Readonly<Record<AlarmRule['kind'], readonly string[]>> = {
  limit: ['{value}', '{limit}'],
  state: ['{value}'],
  stale: [],
  'comm-loss': [],
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

function lintUnused(subject: EquipmentClass): Finding[] {
  const used = new Set(
    Object.values(subject.alarms).flatMap(({ rule }) => {
      const limit = rule.kind === 'limit' ? (rule.above ?? rule.below) : undefined;
      return typeof limit === 'object' ? [limit.parameter] : [];
    }),
  );
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
