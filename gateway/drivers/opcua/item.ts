// What a session watches: items of its devices, and the lanes on which their values come.
import { type DataValue, resolveNodeId, VariantArrayType } from 'node-opcua';
import type { ItemWish } from './core/item-wish.ts';
import type { ItemValue, OpcuaDevice } from './device.ts';

export interface Item {
  readonly device: OpcuaDevice;
  readonly point: string;
  readonly node: string;
  readonly wish: ItemWish;
}

/** A way values come: a subscription, or cyclic reads. */
export interface Lane {
  /** Longest silence of a living lane, by the intervals the server granted. */
  readonly silenceLimitMs: number;
  /** What is otherwise than asked, in words for the engineer. */
  readonly notes: readonly string[];
  /** Last answer: Unix ms and monotonic ms. */
  aliveAtMs(): number;
  aliveAtMonotonicMs(): number;
}

/** A node id that cannot be read would spoil its whole group. */
export function itemsOf(devices: readonly OpcuaDevice[]): Item[] {
  return devices.flatMap((device) =>
    device.nodes.flatMap(([point, node]) => {
      try {
        resolveNodeId(node);
        return [{ device, point, node, wish: device.wish(point) }];
      } catch {
        device.refused(point, `"${node}" is no node id`);
        return [];
      }
    }),
  );
}

export function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}

export const itemValue = (value: DataValue): ItemValue => ({
  status: value.statusCode.value,
  variant:
    value.value.arrayType === VariantArrayType.Scalar
      ? { dataType: value.value.dataType as number, value: value.value.value as unknown }
      : { dataType: value.value.dataType as number, value: {} },
  sourceTimeMs: value.sourceTimestamp?.getTime() ?? null,
});
