// Looks now and then at what the server has behind its deadband. One that hides more than it may is watched without it from then on.
import { AttributeIds } from 'node-opcua';
import { pause } from '../../polling/pause.ts';
import { isHidden, look } from './core/deadband-trust.ts';
import type { ItemValue } from './device.ts';
import { groupsOf, type Item, itemValue } from './item.ts';
import type { SessionWork } from './watch.ts';

/** An item that the server filters. */
export interface FilteredItem {
  readonly item: Item;
  /** Raw. */
  readonly deadband: number;
  /** A look sooner than this, ms, would see what the server has not sampled or not published yet. */
  readonly tellsWithinMs: number;
  /** What the server told last, and how many values so far. */
  readonly last: () => { readonly value: ItemValue | null; readonly told: number };
}

const LEAST_INTERVAL_MS = 1000;

/** Until the session is over; a failed read ends it. */
export function checkDeadbands(
  { session, limits, closed, end, distrust }: SessionWork,
  items: readonly FilteredItem[],
): void {
  if (items.length === 0) return;
  const intervalMs = Math.max(
    LEAST_INTERVAL_MS,
    Math.min(...items.map(({ item }) => item.wish.maxSilenceMs)),
    ...items.map(({ tellsWithinMs }) => 2 * tellsWithinMs),
  );
  const suspicions = new Map<FilteredItem, number | null>();

  async function lookAtAll(): Promise<void> {
    for (const group of groupsOf(items, limits.nodesPerRead)) {
      const read = await session.read(
        group.map(({ item }) => ({ nodeId: item.node, attributeId: AttributeIds.Value })),
      );
      if (closed.aborted) return;
      group.forEach((filtered, index) => {
        const present = read[index];
        const { value, told } = filtered.last();
        if (present === undefined || value === null) return;
        const hidden = isHidden(value, itemValue(present), filtered.deadband);
        const { suspicion, hides } = look(suspicions.get(filtered) ?? null, told, hidden);
        suspicions.set(filtered, suspicion);
        const { device, point } = filtered.item;
        if (hides) distrust(`the server hides changes of ${device.config.id} ${point} beyond the deadband it accepted`);
      });
    }
  }

  async function repeat(): Promise<void> {
    while (!closed.aborted) {
      await pause(intervalMs, closed);
      if (!closed.aborted) await lookAtAll();
    }
  }

  repeat().catch((error: unknown) => end(`read failed: ${error instanceof Error ? error.message : String(error)}`));
}
