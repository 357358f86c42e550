// For tests: what an operator would be told during a run - every alarm of the class with its real limits, hysteresis,
// delays and suppression, and the most urgent priority that it reached.
import type { AlarmDefinition, EquipmentClass } from '@louwei/device-profiles';
import type { Machine, PointValues } from './plant.ts';

type Limit = number | { readonly parameter: string };

const STEP_S = 5;

interface Watch {
  readonly name: string;
  readonly alarm: AlarmDefinition;
  holds: boolean;
  heldS: number;
}

/** Runs the machine on and collects each alarm that was announced. */
export function announced(
  machine: Machine,
  subject: EquipmentClass,
  run: { readonly fromMs: number; readonly minutes: number; readonly faults: readonly string[] },
): Record<string, number> {
  const figure = (limit: Limit): number =>
    typeof limit === 'number' ? limit : (subject.parameters[limit.parameter]?.default ?? Number.NaN);
  const watches: Watch[] = Object.entries(subject.alarms).map(([name, alarm]) => ({
    name,
    alarm,
    holds: false,
    heldS: 0,
  }));
  const seen: Record<string, number> = {};
  const faults = new Set(run.faults);
  for (let second = 0; second < run.minutes * 60; second += STEP_S) {
    machine.step(STEP_S, run.fromMs + second * 1000, faults);
    const values = machine.points();
    for (const watch of watches) {
      const severity = judge(watch, values, figure);
      watch.heldS = severity === null ? 0 : watch.heldS + (watch.holds ? STEP_S : 0);
      watch.holds = severity !== null;
      if (severity === null || watch.heldS < watch.alarm.onDelayS || suppressed(watch.alarm, values, figure)) continue;
      seen[watch.name] = Math.min(severity, seen[watch.name] ?? 4);
    }
  }
  return seen;
}

const at = (values: PointValues, point: string): number => {
  const value = values[point];
  return value === null || value === undefined ? Number.NaN : Number(value);
};

/** The priority of the alarm while its condition holds, else null. A value that is missing decides nothing. */
function judge({ alarm, holds }: Watch, values: PointValues, figure: (limit: Limit) => number): number | null {
  const { rule, priority } = alarm;
  const when = (condition: boolean, urgency: number = priority): number | null => (condition ? urgency : null);
  const beyond = (distance: number, deadband: number): boolean => distance > (holds ? -deadband : 0);
  switch (rule.kind) {
    case 'state':
      return when([rule.equals].flat().includes(at(values, rule.point)));
    case 'discrepancy':
      return when(at(values, rule.command) !== at(values, rule.feedback));
    case 'limit': {
      const value = at(values, rule.point);
      const distance = rule.above === undefined ? figure(rule.below ?? Number.NaN) - value : value - figure(rule.above);
      return when(beyond(distance, rule.deadband));
    }
    case 'deviation': {
      const off = at(values, rule.point) - at(values, rule.setpoint);
      const distance = rule.above === undefined ? -off - figure(rule.below ?? Number.NaN) : off - figure(rule.above);
      return when(beyond(distance, rule.deadband));
    }
    case 'levels': {
      const sign = rule.above === undefined ? -1 : 1;
      const reached = (rule.above ?? rule.below ?? []).filter(({ limit }, index) =>
        beyond(sign * (at(values, rule.point) - figure(limit)), index === 0 ? rule.deadband : 0),
      );
      const worst = reached.at(-1);
      return worst === undefined ? null : worst.priority;
    }
    default:
      return null;
  }
}

const suppressed = (alarm: AlarmDefinition, values: PointValues, figure: (limit: Limit) => number): boolean =>
  alarm.suppressWhen.some((condition) => {
    const value = at(values, condition.point);
    if ('equals' in condition) return [condition.equals].flat().includes(value);
    return 'above' in condition ? value > figure(condition.above) : value < figure(condition.below);
  });
