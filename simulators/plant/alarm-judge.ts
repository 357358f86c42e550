// For tests of plants: what an operator would be told of given values, by the real limits, hysteresis, delays and causes of
// the class. What looks at time is judged by the alarm engine itself, in the scenarios.
import type { AlarmDefinition, EquipmentClass } from '@louwei/device-profiles';
import type { Machine, PointValues } from './plant.ts';

type Limit = number | { readonly parameter: string } | undefined;

/** Present values and limits of one class; what is unknown is NaN and never beyond anything. */
interface Figures {
  at(point: string): number;
  figure(limit: Limit): number;
}

const figuresOf = ({ parameters }: EquipmentClass, values: PointValues): Figures => ({
  at: (point) => Number(values[point] ?? Number.NaN),
  figure: (limit) =>
    typeof limit === 'object' ? (parameters[limit.parameter]?.default ?? Number.NaN) : (limit ?? Number.NaN),
});

/** Priority with which the condition holds, null while it does not. @param held it held before: the deadband counts. */
function priorityOf({ rule, priority }: AlarmDefinition, { at, figure }: Figures, held: boolean): number | null {
  const when = (condition: boolean): number | null => (condition ? priority : null);
  const beyond = (distance: number, deadband: number): boolean => distance > (held ? -deadband : 0);
  switch (rule.kind) {
    case 'state':
      return when([rule.equals].flat().includes(at(rule.point)));
    case 'discrepancy':
      return when(at(rule.command) !== at(rule.feedback));
    case 'limit': {
      const value = at(rule.point);
      const distance = rule.above === undefined ? figure(rule.below) - value : value - figure(rule.above);
      return when(beyond(distance, rule.deadband));
    }
    case 'deviation': {
      const off = at(rule.point) - at(rule.setpoint);
      const distance = rule.above === undefined ? -off - figure(rule.below) : off - figure(rule.above);
      return when(beyond(distance, rule.deadband));
    }
    case 'levels': {
      const sign = rule.above === undefined ? -1 : 1;
      const worst = (rule.above ?? rule.below ?? []).findLast(({ limit }, index) =>
        beyond(sign * (at(rule.point) - figure(limit)), index === 0 ? rule.deadband : 0),
      );
      return worst?.priority ?? null;
    }
    default:
      return null;
  }
}

const isCaused = ({ suppressWhen }: AlarmDefinition, { at, figure }: Figures): boolean =>
  suppressWhen.some((condition) => {
    const value = at(condition.point);
    if ('equals' in condition) return [condition.equals].flat().includes(value);
    return 'above' in condition ? value > figure(condition.above) : value < figure(condition.below);
  });

/** Alarms that hold at this moment and whose cause is not shown elsewhere, delays left aside, with their priority. */
export function shownAlarms(subject: EquipmentClass, values: PointValues): ReadonlyMap<string, number> {
  const figures = figuresOf(subject, values);
  return new Map(
    Object.entries(subject.alarms).flatMap(([name, alarm]): [string, number][] => {
      const priority = priorityOf(alarm, figures, false);
      return priority === null || isCaused(alarm, figures) ? [] : [[name, priority]];
    }),
  );
}

interface Watch {
  readonly name: string;
  readonly alarm: AlarmDefinition;
  /** What the last sample said, and since when. */
  holds: boolean;
  sinceS: number;
  /** After the delays. */
  on: boolean;
}

/**
 * Judges sample by sample as the server does; what still holds when its cause goes is announced. `raised` has the most
 * urgent priority that each alarm was announced with.
 */
export function judge(subject: EquipmentClass) {
  const watches = Object.entries(subject.alarms).map(
    ([name, alarm]): Watch => ({ name, alarm, holds: false, sinceS: 0, on: false }),
  );
  const raised = new Map<string, number>();
  return {
    raised,
    see(values: PointValues, atS: number): void {
      const figures = figuresOf(subject, values);
      for (const watch of watches) {
        const { name, alarm } = watch;
        const priority = priorityOf(alarm, figures, watch.holds);
        const holds = priority !== null;
        if (holds !== watch.holds) watch.sinceS = atS;
        watch.holds = holds;
        if (atS - watch.sinceS >= (holds ? alarm.onDelayS : alarm.offDelayS)) watch.on = holds;
        if (watch.on && priority !== null && !isCaused(alarm, figures))
          raised.set(name, Math.min(priority, raised.get(name) ?? priority));
      }
    },
  };
}

const STEP_S = 5;

/** Runs the machine on and tells each alarm that was announced, with its most urgent priority. */
export function announced(
  machine: Machine,
  subject: EquipmentClass,
  run: { readonly fromMs: number; readonly minutes: number; readonly faults: readonly string[] },
): Readonly<Record<string, number>> {
  const judged = judge(subject);
  const faults = new Set(run.faults);
  for (let second = 0; second < run.minutes * 60; second += STEP_S) {
    machine.step(STEP_S, run.fromMs + second * 1000, faults);
    judged.see(machine.points(), second);
  }
  return Object.fromEntries(judged.raised);
}
