// What a person enters for a command, judged before it is sent; the server and the gateway judge it again.
import type { commands, equipment } from '@louwei/server/contract';

export type EntryFault = 'number' | 'range' | 'step';

/** @returns the value, or why the entry is none. */
export function valueOfEntry(
  entry: string,
  { range: [low, high], step }: Pick<equipment.PointWrite, 'range' | 'step'>,
): { readonly value: number } | { readonly fault: EntryFault } {
  const value = entry.trim() === '' ? Number.NaN : Number(entry);
  if (!Number.isFinite(value)) return { fault: 'number' };
  if (value < low || value > high) return { fault: 'range' };
  const steps = (value - low) / step;
  return Math.abs(steps - Math.round(steps)) > 1e-6 ? { fault: 'step' } : { value };
}

/** Values of a state or enumeration that may be commanded, in order. */
export const choicesOf = (point: equipment.PointDescription): number[] =>
  Object.keys(point.values ?? {})
    .map(Number)
    .filter((value) => point.write !== undefined && value >= point.write.range[0] && value <= point.write.range[1])
    .sort((a, b) => a - b);

/** The list of the server with what the live socket has brought since, newest first. */
export function withLive(
  fetched: readonly commands.Command[],
  live: Iterable<commands.Command>,
  equipmentId: string,
): commands.Command[] {
  const byId = new Map(fetched.map((command) => [command.id, command]));
  for (const command of live) {
    const known = byId.get(command.id);
    // What was fetched after the delta came is not older than it.
    const newer = known === undefined || (known.endedAt ?? '') <= (command.endedAt ?? '');
    if (command.equipmentId === equipmentId && newer) byId.set(command.id, command);
  }
  return [...byId.values()].sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
}

export const isOpen = ({ state }: commands.Command): boolean => state === 'requested' || state === 'sent';
