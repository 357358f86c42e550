// Items of one subscription with equal settings. A server that does not know the filter gets the item without it: the gateway's
// own deadband applies anyway.
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  DeadbandType,
  makeBrowsePath,
  Range,
  TimestampsToReturn,
} from 'node-opcua';
import type { ItemValue } from './device.ts';
import { type Item, itemValue } from './item.ts';

/** Refusals that say "not by subscription", not "not this node": such items can still be read. */
const READ_INSTEAD =
  /BadTooManyMonitoredItems|BadTooManyOperations|BadMonitoringModeUnsupported|BadServiceUnsupported|BadNotImplemented/;
const NO_FILTER =
  /BadMonitoredItemFilterUnsupported|BadMonitoredItemFilterInvalid|BadFilterNotAllowed|BadDeadbandFilterInvalid/;

export interface ItemSettings {
  readonly samplingMs: number;
  readonly queueSize: number;
  /** Raw; null: every change. */
  readonly deadband: number | null;
}

export interface WatchedItems {
  /** What the server has no room for. */
  readonly left: readonly Item[];
  /** What it watches only without the filter. */
  readonly unfiltered: readonly Item[];
  /** What it watches, and how often it samples each, ms. */
  readonly granted: readonly (readonly [Item, number])[];
}

/** Settles when the server has answered; listens before asking, for the first values may come in the same breath. */
export function watchItems(
  subscription: ClientSubscription,
  items: readonly Item[],
  settings: ItemSettings,
  onValue: (item: Item, value: ItemValue) => void,
): Promise<WatchedItems> {
  return new Promise((resolve, reject) => {
    const group = ClientMonitoredItemGroup.create(
      subscription,
      items.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
      {
        samplingInterval: settings.samplingMs,
        discardOldest: true,
        queueSize: settings.queueSize,
        ...(settings.deadband === null ? {} : { filter: filterOf(settings.deadband) }),
      },
      TimestampsToReturn.Both,
    );
    let flushing = false;
    group.on('changed', (_item, value, index) => {
      const item = items[index];
      if (item !== undefined) onValue(item, itemValue(value));
      // The items of one publish response come one by one in the same turn of the event loop.
      if (flushing) return;
      flushing = true;
      setImmediate(() => {
        flushing = false;
        for (const device of new Set(items.map((one) => one.device))) device.flush();
      });
    });
    group.on('err', (message) => {
      if (READ_INSTEAD.test(message)) resolve({ left: items, unfiltered: [], granted: [] });
      else reject(new Error(`the server refuses the items: ${message}`));
    });
    group.on('initialized', () => {
      const left: Item[] = [];
      const unfiltered: Item[] = [];
      const granted: [Item, number][] = [];
      group.monitoredItems.forEach((monitored, index) => {
        const item = items[index];
        const status = monitored.statusCode;
        if (item === undefined) return;
        if (!status.isNotGood()) granted.push([item, monitored.result?.revisedSamplingInterval ?? settings.samplingMs]);
        else if (settings.deadband !== null && NO_FILTER.test(status.name)) unfiltered.push(item);
        else if (READ_INSTEAD.test(status.name)) left.push(item);
        else item.device.refused(item.point, `${status.name} for ${item.node}`);
      });
      resolve({ left, unfiltered, granted });
    });
  });
}

const filterOf = (deadbandValue: number): DataChangeFilter =>
  new DataChangeFilter({
    trigger: DataChangeTrigger.StatusValue,
    deadbandType: DeadbandType.Absolute,
    deadbandValue,
  });

/** From the lowest to the highest value of the EURange (OPC 10000-8, 5.3.2.3) of the items that have one. */
export async function rangeSpans(session: ClientSession, items: readonly Item[]): Promise<ReadonlyMap<Item, number>> {
  const spans = new Map<Item, number>();
  if (items.length === 0) return spans;
  const paths = await session.translateBrowsePath(items.map(({ node }) => makeBrowsePath(node, '.EURange')));
  const found = items.flatMap((item, index) => {
    const nodeId = paths[index]?.targets?.[0]?.targetId;
    return paths[index]?.statusCode.isGood() === true && nodeId !== undefined ? [{ item, nodeId }] : [];
  });
  if (found.length === 0) return spans;
  const read = await session.read(found.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })));
  found.forEach(({ item }, index) => {
    const range: unknown = read[index]?.value.value;
    if (range instanceof Range) spans.set(item, range.high - range.low);
  });
  return spans;
}
