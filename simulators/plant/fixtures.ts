// For tests of plants: a machine's run, and the alarms that the limits, delays and causes of its class make of it.
import { type AlarmDefinition, type EquipmentClass, loadLibrary } from '@louwei/device-profiles';
import type { Machine, PointValues } from './plant.ts';
import { PLANTS } from './registry.ts';

const { classes } = loadLibrary();
/** 08:00 in China, a working day. */
const MORNING_MS = Date.UTC(2026, 0, 14);

const REST_S = 60;

type Figure = number | { readonly parameter: string } | undefined;

/**
 * Alarms of a class, judged sample by sample as the server does: condition, delays, and a cause that suppresses; what still
 * holds when its cause goes is announced. `raised` has the most urgent priority that each was announced with.
 */
export function judge(subject: EquipmentClass) {
  const held = new Map<string, { readonly on: boolean; readonly sinceS: number; readonly priority: number }>();
  const raised = new Map<string, number>();
  const alarms = Object.entries(subject.alarms);
  const figure = (limit: Figure): number =>
    typeof limit === 'object' ? (subject.parameters[limit.parameter]?.default ?? Number.NaN) : (limit ?? Number.NaN);
  return {
    raised,
    see(values: PointValues, atS: number): void {
      const at = (point: string): number => (values[point] === null ? Number.NaN : Number(values[point]));
      for (const [name, alarm] of alarms) {
        const found = priorityOf(alarm, at, figure);
        const before = held.get(name) ?? { on: false, sinceS: atS, priority: 4 };
        // Since when the condition has been the other way.
        const sinceS = (found !== null) === before.on ? atS : before.sinceS;
        const on = atS - sinceS >= (before.on ? alarm.offDelayS : alarm.onDelayS) ? found !== null : before.on;
        const priority = found ?? before.priority;
        held.set(name, { on, sinceS: on === before.on ? sinceS : atS, priority });
        if (on && !isCaused(alarm, at, figure)) raised.set(name, Math.min(priority, raised.get(name) ?? 4));
      }
    },
  };
}

type At = (point: string) => number;

/** null: the condition does not hold. */
function priorityOf({ rule, priority }: AlarmDefinition, at: At, figure: (limit: Figure) => number): number | null {
  switch (rule.kind) {
    case 'limit':
      return at(rule.point) > figure(rule.above) || at(rule.point) < figure(rule.below) ? priority : null;
    case 'state':
      return [rule.equals].flat().includes(at(rule.point)) ? priority : null;
    case 'discrepancy':
      return at(rule.command) === at(rule.feedback) ? null : priority;
    case 'levels': {
      const beyond = (limit: Figure): boolean =>
        rule.above === undefined ? at(rule.point) < figure(limit) : at(rule.point) > figure(limit);
      return (rule.above ?? rule.below ?? []).findLast(({ limit }) => beyond(limit))?.priority ?? null;
    }
    // What looks at time or set-points is judged by the alarm engine itself.
    default:
      return null;
  }
}

const isCaused = ({ suppressWhen }: AlarmDefinition, at: At, figure: (limit: Figure) => number): boolean =>
  suppressWhen.some((condition) => {
    const value = at(condition.point);
    if ('equals' in condition) return [condition.equals].flat().includes(value);
    return 'above' in condition ? value > figure(condition.above) : value < figure(condition.below);
  });

export const subjectOf = (name: string): EquipmentClass => {
  const subject = classes.get(name);
  if (subject === undefined) throw new Error(`no class ${name}`);
  return subject;
};
export const machineOf = (name: string, seed = 11): Machine => {
  const kind = PLANTS.get(name);
  if (kind === undefined) throw new Error(`no plant for ${name}`);
  return kind.build(seed);
};

export function run(
  machine: Machine,
  seconds: number,
  faults: readonly string[],
  fromS = 0,
  stepS = 0.5,
): PointValues[] {
  const set = new Set(faults);
  return Array.from({ length: Math.ceil(seconds / stepS) }, (_, index) => {
    machine.step(stepS, MORNING_MS + (fromS + index * stepS) * 1000, set);
    return machine.points();
  });
}

/** Alarms of a quarter of an hour with the faults, after a minute at rest, and their priorities. */
export function alarmsOf(name: string, faults: readonly string[], seconds = 900): Readonly<Record<string, number>> {
  const judged = judge(subjectOf(name));
  const machine = machineOf(name);
  [...run(machine, REST_S, [], 0, 1), ...run(machine, seconds, faults, REST_S, 1)].forEach((values, index) => {
    judged.see(values, index);
  });
  return Object.fromEntries(judged.raised);
}
