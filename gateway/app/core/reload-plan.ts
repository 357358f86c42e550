// What a new configuration changes: which devices, in which respect, and which lines have to be opened anew for it.
import { type LineMember, planLines } from '../../drivers/core/line-plan.ts';

/** A device as far as it can change, each respect as text. */
export interface PlannedDevice extends LineMember {
  /** The line in words. */
  readonly where: string;
  /** What its birth shows: name and place. */
  readonly birth: string;
  /** How its readings are reported. */
  readonly report: string;
}

export type Respect = 'reading' | 'report' | 'birth';

export interface ReloadPlan {
  readonly unchanged: readonly string[];
  readonly changed: readonly { readonly id: string; readonly in: readonly Respect[] }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** In words. Devices of a line that is opened anew are read anew, changed or not. */
  readonly lines: {
    readonly untouched: readonly string[];
    readonly reopened: readonly string[];
    readonly opened: readonly string[];
    readonly closed: readonly string[];
  };
}

const RESPECTS = ['reading', 'report', 'birth'] as const;

export function planReload(before: readonly PlannedDevice[], after: readonly PlannedDevice[]): ReloadPlan {
  const old = new Map(before.map((device) => [device.id, device]));
  const next = new Set(after.map(({ id }) => id));
  const both = after.flatMap((device) => {
    const known = old.get(device.id);
    return known === undefined ? [] : [{ id: device.id, in: respectsOf(known, device) }];
  });
  const { kept, closed, opened } = planLines(before, after);
  const words = new Map([...before, ...after].map(({ line, where }) => [line, where]));
  const inWords = (lines: readonly string[]): string[] => lines.map((line) => words.get(line) ?? line);
  return {
    unchanged: both.filter((device) => device.in.length === 0).map(({ id }) => id),
    changed: both.filter((device) => device.in.length > 0),
    added: after.filter(({ id }) => !old.has(id)).map(({ id }) => id),
    removed: before.filter(({ id }) => !next.has(id)).map(({ id }) => id),
    lines: {
      untouched: inWords(kept),
      reopened: inWords(closed.filter((line) => opened.includes(line))),
      opened: inWords(opened.filter((line) => !closed.includes(line))),
      closed: inWords(closed.filter((line) => !opened.includes(line))),
    },
  };
}

function respectsOf(before: PlannedDevice, after: PlannedDevice): Respect[] {
  const changed = RESPECTS.filter((respect) => before[respect] !== after[respect]);
  return before.line === after.line || changed.includes('reading') ? changed : ['reading', ...changed];
}

/** Devices of which nothing known before holds: they are read in another way, or were not there. */
export const freshDevices = ({ changed, added }: ReloadPlan): Set<string> =>
  new Set([...added, ...changed.filter((device) => device.in.includes('reading')).map(({ id }) => id)]);

export const isNothing = ({ changed, added, removed }: ReloadPlan): boolean =>
  changed.length === 0 && added.length === 0 && removed.length === 0;
