// Alarms that suppress each other in a ring: each would be the consequence of the next, and none would sound.
import type { EquipmentClass } from '../../schema/class.ts';
import { isOwnCondition } from './alarm-rules.ts';
import { type Finding, finding } from './finding.ts';

/** An alarm suppresses another when the other's cause holds whenever the alarm's own rule does. */
export function lintSuppressionCycles(subject: EquipmentClass): Finding[] {
  const { alarms } = subject;
  const causesOf = new Map(
    Object.entries(alarms).map(([name, { suppressWhen }]) => [
      name,
      Object.entries(alarms)
        .filter(
          ([other, { rule }]) =>
            other !== name && suppressWhen.some((condition) => isOwnCondition(rule, condition, subject)),
        )
        .map(([other]) => other),
    ]),
  );
  return [...causesOf.keys()].flatMap((name) => {
    const ring = ringFrom(name, causesOf);
    // A ring is reported once, at the first of its names.
    if (ring === null || ring.some((other) => other < name)) return [];
    return [
      finding(
        ['alarms', name, 'suppressWhen'],
        [...ring, name].join(' <- '),
        'causes that are not suppressed by their own consequences',
      ),
    ];
  });
}

function ringFrom(start: string, causesOf: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const seen = new Set<string>();
  const search = (name: string, way: readonly string[]): readonly string[] | null => {
    for (const cause of causesOf.get(name) ?? []) {
      if (cause === start) return way;
      if (seen.has(cause)) continue;
      seen.add(cause);
      const found = search(cause, [...way, cause]);
      if (found !== null) return found;
    }
    return null;
  };
  return search(start, [start]);
}
