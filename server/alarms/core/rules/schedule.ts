// Inside a weekly time of the site's zone. It is worked out as absolute instants, so a change of the clock moves nothing
// but the instant, and the next boundary can be waited for.
import type { ResolvedSchedule, RuleKind } from './kind.ts';
import { instantOf, type LocalDate, localDateOf, nextDay, weekdayOf } from './local-time.ts';

interface Stretch {
  readonly inside: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A schedule without any time in so many days is asked again then; holidays may fill weeks. */
const LOOK_AHEAD_DAYS = 9;

export const scheduleKind: RuleKind<ResolvedSchedule> = {
  // It looks at no point; the lint sees to it that a condition of the equipment stands beside it.
  point: () => '',
  others: () => [],
  evaluate(rule, { nowMs, memory }) {
    const known = memory as Stretch | undefined;
    const stretch =
      known !== undefined && nowMs >= known.fromMs && nowMs < known.untilMs ? known : stretchAt(rule, nowMs);
    const { inside, untilMs } = stretch;
    return {
      truth: inside,
      why: () => `${inside ? 'inside' : 'outside'} ${describe(rule)}`,
      memory: stretch,
      againMs: untilMs,
    };
  },
  limit: () => null,
  silenceMs: () => null,
  horizonMs: () => 0,
  interrupt: (_rule, memory) => memory,
  describe,
};

function describe({ days, from, to, onHolidays, timeZone }: ResolvedSchedule): string {
  return `${days.join(' ')} ${from}-${to} ${timeZone}${onHolidays === 'never' ? ', not on holidays' : ''}`;
}

/** From the last boundary to the next one. Times of neighbouring days that touch or overlap are one. */
function stretchAt(rule: ResolvedSchedule, nowMs: number): Stretch {
  const first = localDateOf(rule.timeZone, nowMs - 2 * 86_400_000);
  const fromMs = nowMs;
  let untilMs = nowMs;
  let inside = false;
  let date = first;
  for (let day = 0; day < LOOK_AHEAD_DAYS + 2; day++, date = nextDay(date)) {
    const time = timeOn(rule, date);
    if (time === null || time.toMs <= fromMs) continue;
    if (!inside && time.fromMs > nowMs) return { inside, fromMs, untilMs: time.fromMs };
    if (inside && time.fromMs > untilMs) return { inside, fromMs, untilMs };
    inside = true;
    untilMs = Math.max(untilMs, time.toMs);
  }
  return { inside, fromMs, untilMs: inside ? untilMs : instantOf(rule.timeZone, date, 0) };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The time that begins on the date; null on other days. */
function timeOn(rule: ResolvedSchedule, date: LocalDate): { readonly fromMs: number; readonly toMs: number } | null {
  if (!rule.days.includes(weekdayOf(date))) return null;
  if (rule.onHolidays === 'never' && rule.holidays.includes(date)) return null;
  const [from, to] = [minutesOf(rule.from), minutesOf(rule.to)];
  const end = to > from ? date : nextDay(date);
  const time = { fromMs: instantOf(rule.timeZone, date, from), toMs: instantOf(rule.timeZone, end, to) };
  // 02:30 to 03:30 on the day on which the clock goes from 02:00 to 03:00: nothing is left of it.
  return time.toMs > time.fromMs ? time : null;
}
