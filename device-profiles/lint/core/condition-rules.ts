// Conditions over time (rates, counts, durations, bits, schedules) and the ones that combine others.
import type { EquipmentClass, Point } from '../../schema/class.ts';
import {
  type AlarmRule,
  type AllRule,
  type AnyRule,
  type Condition,
  type CountRule,
  isCompound,
  membersOf,
  type NotRule,
  type RateOfChangeRule,
  type SimpleCondition,
} from '../../schema/rule.ts';
import { type Finding, finding } from './finding.ts';
import { lintEquals, lintLimitValue, lintReference, NUMBERS, type Path } from './rule-points.ts';

type OverTime = Extract<
  SimpleCondition,
  { kind: 'rate-of-change' | 'bit' | 'frozen' | 'duration' | 'count' | 'schedule' }
>;

const spanOf = ({ range: [low, high] = [-Infinity, Infinity] }: Point): number => high - low;

export function* lintOverTime(path: Path, rule: OverTime, subject: EquipmentClass): Generator<Finding> {
  switch (rule.kind) {
    case 'schedule':
      if (new Set(rule.days).size < rule.days.length) yield finding([...path, 'days'], rule.days, 'each day once');
      return;
    case 'rate-of-change':
      yield* lintRate(path, rule, subject);
      return;
    case 'count':
      yield* lintCount(path, rule, subject);
      return;
    case 'duration':
      yield* lintEquals(path, rule, subject, 'a state or enumeration');
      return;
    case 'bit': {
      const kinds = ['analog', 'enumeration', 'counter'] as const;
      const point = yield* lintReference([...path, 'point'], rule.point, subject, kinds, 'an integer with bits');
      const highest = point?.range?.[1] ?? Infinity;
      if (rule.equals === 1 && highest < 2 ** rule.bit)
        yield finding([...path, 'bit'], rule.bit, `a bit that a value up to ${highest} can have`);
      return;
    }
    case 'frozen': {
      const kinds = ['analog', 'counter', 'state', 'enumeration'] as const;
      const point = yield* lintReference([...path, 'point'], rule.point, subject, kinds, 'a number, not a text');
      if (point === undefined) return;
      if (rule.band > 0 && !NUMBERS.includes(point.kind))
        yield finding([...path, 'band'], rule.band, `no band on a ${point.kind}`);
      if (rule.band >= spanOf(point))
        yield finding([...path, 'band'], rule.band, "a band smaller than the point's range");
    }
  }
}

function* lintRate(path: Path, rule: RateOfChangeRule, subject: EquipmentClass): Generator<Finding> {
  const point = yield* lintReference(
    [...path, 'point'],
    rule.point,
    subject,
    NUMBERS,
    'an analog or counter for a rate',
  );
  if (point === undefined) return;
  const side = rule.rise === undefined ? 'fall' : 'rise';
  const limit = yield* lintLimitValue([...path, side], rule.rise ?? rule.fall, point, subject);
  if (limit === undefined) return;
  if (limit <= 0) yield finding([...path, side], limit, `a rate above 0 per minute: ${side} says the direction`);
  const most = (spanOf(point) * 60) / rule.windowS;
  if (limit >= most)
    yield finding(
      [...path, side],
      limit,
      `less than ${most} per minute: more than the point's range within the window`,
    );
  if (point.kind === 'counter' && side === 'fall') yield finding([...path, side], side, 'rise: a counter never falls');
  if (rule.deadband >= limit) yield finding([...path, 'deadband'], rule.deadband, 'a deadband smaller than the limit');
}

function* lintCount(path: Path, rule: CountRule, subject: EquipmentClass): Generator<Finding> {
  const { equals, windowS } = rule;
  const place = [...path, 'point'];
  if (equals !== undefined)
    yield* lintEquals(path, { ...rule, equals }, subject, 'a state or enumeration to count changes of');
  else yield* lintReference(place, rule.point, subject, ['counter'], 'a counter, or equals with a state');
  // A limit per hour may carry the unit of one.
  const isHourly =
    typeof rule.above === 'object' && subject.parameters[rule.above.parameter]?.unit === '1/h' && windowS === 3600;
  const limit = yield* lintLimitValue([...path, 'above'], rule.above, isHourly ? { unit: '1/h' } : {}, subject);
  if (limit !== undefined && limit < 0) yield finding([...path, 'above'], limit, '0 or more events');
  // States are read once a second at most, and a change needs two readings.
  if (equals !== undefined && limit !== undefined && limit >= windowS / 2)
    yield finding([...path, 'above'], limit, `fewer than ${windowS / 2} changes within ${windowS} s`);
}

export function* lintCompound(
  path: Path,
  rule: AllRule | AnyRule | NotRule,
  lintMember: (path: Path, member: Condition) => Iterable<Finding>,
): Generator<Finding> {
  for (const [index, member] of membersOf(rule).entries())
    yield* lintMember(rule.kind === 'not' ? [...path, 'of'] : [...path, 'of', index], member);
  const texts = membersOf(rule).map((member) => JSON.stringify(member));
  if (new Set(texts).size < texts.length)
    yield finding([...path, 'of'], 'the same condition twice', 'each condition once');
}

/** For the rule as a whole: a part of it may be schedules only. */
export function* lintSubject(path: Path, rule: AlarmRule): Generator<Finding> {
  if (isCompound(rule) && !looksAtEquipment(rule))
    yield finding([...path, 'of'], 'only schedules', 'at least one condition of the equipment');
}

const looksAtEquipment = (rule: Condition): boolean =>
  isCompound(rule) ? membersOf(rule).some(looksAtEquipment) : rule.kind !== 'schedule';
