// Compares what a scenario says must follow with the alarms and orders that did follow.
import type { Following } from './scenario.ts';

/** The first announcement of one alarm of one equipment. */
export interface Announcement {
  readonly equipment: string;
  readonly alarm: string;
  /** Since the scenario's first step. */
  readonly atS: number;
  /** Kind of the order it opened, `linked` for one that was open already, null for none. */
  readonly order: Following['order'] | null;
}

const shown = ({ equipment, alarm }: { readonly equipment: string; readonly alarm: string }) => `${equipment} ${alarm}`;

/**
 * @param toleranceS announcements closer together than this may come in either order, and each may be this much late
 * @returns one line for each thing that is not as stated; none when all is
 */
export function differences(
  follows: readonly Following[],
  announced: readonly Announcement[],
  toleranceS: number,
): readonly string[] {
  const lines: string[] = [];
  let lastS = Number.NEGATIVE_INFINITY;
  for (const wanted of follows) {
    const found = announced.find((one) => shown(one) === shown(wanted));
    if (found === undefined) {
      lines.push(`${shown(wanted)}: found nothing, expected an alarm within ${wanted.withinS} s`);
      continue;
    }
    if (found.atS > wanted.withinS + toleranceS)
      lines.push(`${shown(wanted)}: found after ${found.atS} s, expected within ${wanted.withinS} s`);
    if (found.atS < lastS - toleranceS)
      lines.push(`${shown(wanted)}: found after ${found.atS} s, expected after what stands above it (${lastS} s)`);
    const order = wanted.order ?? null;
    if (found.order !== order)
      lines.push(`${shown(wanted)}: found order ${found.order ?? 'none'}, expected ${order ?? 'none'}`);
    lastS = Math.max(lastS, found.atS);
  }
  for (const one of announced)
    if (!follows.some((wanted) => shown(wanted) === shown(one)))
      lines.push(`${shown(one)}: found after ${one.atS} s, expected no such alarm`);
  return lines;
}
