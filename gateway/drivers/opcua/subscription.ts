// One subscription with the items of its devices, and the proof that it lives: the server's own clock is watched too, so
// quiet data is never mistaken for a dead subscription.
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  type ClientSubscription,
  type DataValue,
  resolveNodeId,
  TimestampsToReturn,
  VariableIds,
  VariantArrayType,
} from 'node-opcua';
import type { DriverHost } from '../port.ts';
import type { OpcuaDevice } from './device.ts';

export interface Watched {
  readonly devices: readonly OpcuaDevice[];
  /** Longest silence of a living subscription, by the intervals the server granted. */
  readonly silenceLimitMs: number;
  /** Last publish response: Unix ms and monotonic ms. */
  aliveAtMs(): number;
  aliveAtMonotonicMs(): number;
}

interface Item {
  readonly device: OpcuaDevice;
  readonly point: string;
  readonly node: string;
}

/** Servers limit the items of one call; 100 is what the trade uses. */
const ITEMS_PER_CALL = 100;
/** Wanted time between keep-alives, ms. */
const KEEP_ALIVE_MS = 5000;
const LIFETIME_KEEP_ALIVES = 10;
const LEAST_SILENCE_LIMIT_MS = 10_000;

export async function subscribe(
  session: ClientSession,
  publishingIntervalMs: number,
  devices: readonly OpcuaDevice[],
  host: DriverHost,
  end: (reason: string) => void,
): Promise<Watched> {
  const keepAliveCount = Math.max(1, Math.floor(KEEP_ALIVE_MS / publishingIntervalMs));
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publishingIntervalMs,
    requestedMaxKeepAliveCount: keepAliveCount,
    requestedLifetimeCount: keepAliveCount * LIFETIME_KEEP_ALIVES,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 10,
  });
  let aliveAtMs = host.now();
  let aliveAtMonotonicMs = performance.now();
  const alive = (): void => {
    aliveAtMs = host.now();
    aliveAtMonotonicMs = performance.now();
  };
  subscription.on('keepalive', alive);
  subscription.on('received_notifications', alive);
  subscription.on('terminated', () => end('subscription ended by the server'));
  subscription.on('error', (error) => end(`subscription failed: ${error.message}`));
  subscription.on('internal_error', (error) => end(`subscription failed: ${error.message}`));
  subscription.on('status_changed', (status) => end(`subscription changed to ${status.name}`));

  const samplingMs = Math.min(...devices.map(({ config }) => config.model.opcua.samplingIntervalMs));
  for (const group of groupsOf(resolvable(devices))) await watchItems(subscription, group, samplingMs);
  await watchServerClock(subscription);
  for (const device of devices) device.flush();

  const grantedMs = subscription.publishingInterval * Math.max(1, subscription.maxKeepAliveCount);
  return {
    devices,
    silenceLimitMs: Math.max(LEAST_SILENCE_LIMIT_MS, 2 * grantedMs),
    aliveAtMs: () => aliveAtMs,
    aliveAtMonotonicMs: () => aliveAtMonotonicMs,
  };
}

/** A node id that cannot be read would spoil its whole group. */
function resolvable(devices: readonly OpcuaDevice[]): Item[] {
  return devices.flatMap((device) =>
    device.nodes.flatMap(([point, node]) => {
      try {
        resolveNodeId(node);
        return [{ device, point, node }];
      } catch {
        device.refused(point, `"${node}" is no node id`);
        return [];
      }
    }),
  );
}

function groupsOf(items: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  for (let at = 0; at < items.length; at += ITEMS_PER_CALL) groups.push(items.slice(at, at + ITEMS_PER_CALL));
  return groups;
}

/** Settles when the server has answered; listens before asking, for the first values may come in the same breath. */
function watchItems(subscription: ClientSubscription, items: readonly Item[], samplingMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const queueSize = Math.max(2, Math.ceil(subscription.publishingInterval / Math.max(50, samplingMs)) + 1);
    const group = ClientMonitoredItemGroup.create(
      subscription,
      items.map(({ node }) => ({ nodeId: node, attributeId: AttributeIds.Value })),
      { samplingInterval: samplingMs, discardOldest: true, queueSize },
      TimestampsToReturn.Both,
    );
    let flushing = false;
    group.on('changed', (_item, value, index) => {
      const item = items[index];
      item?.device.changed(item.point, itemValue(value));
      // The items of one publish response come one by one in the same turn of the event loop.
      if (flushing) return;
      flushing = true;
      setImmediate(() => {
        flushing = false;
        for (const device of new Set(items.map((one) => one.device))) device.flush();
      });
    });
    group.on('err', (message) => reject(new Error(`the server refuses the items: ${message}`)));
    group.on('initialized', () => {
      group.monitoredItems.forEach((monitored, index) => {
        const item = items[index];
        const status = monitored.statusCode;
        if (item !== undefined && status.isNotGood())
          item.device.refused(item.point, `${status.name} for ${item.node}`);
      });
      resolve();
    });
  });
}

function watchServerClock(subscription: ClientSubscription): Promise<void> {
  return new Promise((resolve) => {
    const clock = ClientMonitoredItemGroup.create(
      subscription,
      [{ nodeId: resolveNodeId(VariableIds.Server_ServerStatus_CurrentTime), attributeId: AttributeIds.Value }],
      { samplingInterval: 1000, discardOldest: true, queueSize: 1 },
      TimestampsToReturn.Server,
    );
    // Without it the keep-alives alone prove that the subscription lives.
    clock.on('err', () => resolve());
    clock.on('initialized', () => resolve());
  });
}

const itemValue = (value: DataValue) => ({
  status: value.statusCode.value,
  variant:
    value.value.arrayType === VariantArrayType.Scalar
      ? { dataType: value.value.dataType as number, value: value.value.value as unknown }
      : { dataType: value.value.dataType as number, value: {} },
  sourceTimeMs: value.sourceTimestamp?.getTime() ?? null,
});
