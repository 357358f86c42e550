// What an operator would see of given values: the rules, limits and suppression of the class itself, delays left aside.
import type { AlarmDefinition, EquipmentClass } from '@louwei/device-profiles';
import type { PointValues } from './plant.ts';

type Figure = number | { readonly parameter: string } | undefined;

const at = (values: PointValues, point: string): number => Number(values[point] ?? Number.NaN);

/** A limit that does not exist is never passed. */
const figure = (subject: EquipmentClass, limit: Figure): number =>
  typeof limit === 'object' ? (subject.parameters[limit.parameter]?.default ?? Number.NaN) : (limit ?? Number.NaN);

/** Priority with which the condition of an alarm holds, null while it does not. */
function judge(subject: EquipmentClass, { rule, priority }: AlarmDefinition, values: PointValues): number | null {
  switch (rule.kind) {
    case 'limit': {
      const value = at(values, rule.point);
      return value > figure(subject, rule.above) || value < figure(subject, rule.below) ? priority : null;
    }
    case 'levels': {
      const value = at(values, rule.point);
      const beyond = [
        ...(rule.above ?? []).filter(({ limit }) => value > figure(subject, limit)),
        ...(rule.below ?? []).filter(({ limit }) => value < figure(subject, limit)),
      ];
      return beyond.at(-1)?.priority ?? null;
    }
    case 'state':
      return [rule.equals].flat().includes(at(values, rule.point)) ? priority : null;
    case 'discrepancy':
      return at(values, rule.command) !== at(values, rule.feedback) ? priority : null;
    default:
      return null;
  }
}

function suppressed(subject: EquipmentClass, { suppressWhen }: AlarmDefinition, values: PointValues): boolean {
  return suppressWhen.some((condition) => {
    const value = at(values, condition.point);
    if ('equals' in condition) return [condition.equals].flat().includes(value);
    if ('above' in condition) return value > figure(subject, condition.above);
    return value < figure(subject, condition.below);
  });
}

/** Alarms that hold and whose cause is not shown elsewhere, with the priority they have now. */
export function shownAlarms(subject: EquipmentClass, values: PointValues): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(subject.alarms).flatMap(([name, definition]): [string, number][] => {
      const priority = judge(subject, definition, values);
      return priority === null || suppressed(subject, definition, values) ? [] : [[name, priority]];
    }),
  );
}
