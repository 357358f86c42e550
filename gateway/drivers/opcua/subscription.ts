// One subscription with its items, and the proof that it lives: the server's own clock is watched too, so that quiet data is
// never mistaken for a dead subscription, nor a subscription without items for quiet data.
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSubscription,
  resolveNodeId,
  TimestampsToReturn,
  VariableIds,
} from 'node-opcua';
import { bornAt, heard, type Word } from './core/proof-of-life.ts';
import { groupsOf, type Item, itemValue, type Lane } from './item.ts';
import type { SessionWork } from './watch.ts';

/** Wanted time between keep-alives, ms. */
const KEEP_ALIVE_MS = 5000;
const LIFETIME_KEEP_ALIVES = 10;
const LEAST_SILENCE_LIMIT_MS = 10_000;

/** Refusals that say "not by subscription", not "not this node": such items can still be read. */
const READ_INSTEAD =
  /BadTooManyMonitoredItems|BadTooManyOperations|BadMonitoringModeUnsupported|BadServiceUnsupported|BadNotImplemented/;

/** @returns the lane, and the items the server would not watch for lack of room. */
export async function subscribe(
  { session, limits, host, end, progress }: SessionWork,
  publishingIntervalMs: number,
  items: readonly Item[],
): Promise<{ readonly lane: Lane; readonly left: readonly Item[] }> {
  const keepAliveCount = Math.max(1, Math.floor(KEEP_ALIVE_MS / publishingIntervalMs));
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publishingIntervalMs,
    requestedMaxKeepAliveCount: keepAliveCount,
    requestedLifetimeCount: keepAliveCount * LIFETIME_KEEP_ALIVES,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 10,
  });
  progress();
  const grantedMs = subscription.publishingInterval * Math.max(1, subscription.maxKeepAliveCount);
  const silenceLimitMs = Math.max(LEAST_SILENCE_LIMIT_MS, 2 * grantedMs);
  let proof = bornAt(host.now(), performance.now());
  const hear = (word: Word) => (): void => {
    proof = heard(proof, word, host.now(), performance.now(), silenceLimitMs);
  };
  subscription.on('keepalive', hear('keep-alive'));
  subscription.on('received_notifications', hear('notification'));
  subscription.on('terminated', () => end('subscription ended by the server'));
  subscription.on('error', (error) => end(`subscription failed: ${error.message}`));
  subscription.on('internal_error', (error) => end(`subscription failed: ${error.message}`));
  subscription.on('status_changed', (status) => end(`subscription changed to ${status.name}`));

  const left: Item[] = [];
  const bySampling = Map.groupBy(items, ({ device }) => device.config.model.opcua.samplingIntervalMs);
  for (const [samplingMs, alike] of bySampling) {
    for (const group of groupsOf(alike, limits.itemsPerCall)) {
      left.push(...(await watchItems(subscription, group, samplingMs)));
      progress();
    }
  }
  await watchServerClock(subscription, hear('tick'));

  const lane: Lane = {
    silenceLimitMs,
    aliveAtMs: () => proof.aliveAtMs,
    aliveAtMonotonicMs: () => proof.aliveAtMonotonicMs,
  };
  return { lane, left };
}

/** Settles with what the server has no room for when it has answered; listens before asking, for the first values may come in the same breath. */
function watchItems(subscription: ClientSubscription, items: readonly Item[], samplingMs: number): Promise<Item[]> {
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
    group.on('err', (message) => {
      if (READ_INSTEAD.test(message)) resolve([...items]);
      else reject(new Error(`the server refuses the items: ${message}`));
    });
    group.on('initialized', () => {
      const left: Item[] = [];
      group.monitoredItems.forEach((monitored, index) => {
        const item = items[index];
        const status = monitored.statusCode;
        if (item === undefined || !status.isNotGood()) return;
        if (READ_INSTEAD.test(status.name)) left.push(item);
        else item.device.refused(item.point, `${status.name} for ${item.node}`);
      });
      resolve(left);
    });
  });
}

function watchServerClock(subscription: ClientSubscription, ticked: () => void): Promise<void> {
  return new Promise((resolve) => {
    const clock = ClientMonitoredItemGroup.create(
      subscription,
      [{ nodeId: resolveNodeId(VariableIds.Server_ServerStatus_CurrentTime), attributeId: AttributeIds.Value }],
      { samplingInterval: 1000, discardOldest: true, queueSize: 1 },
      TimestampsToReturn.Server,
    );
    clock.on('changed', ticked);
    // Without it the keep-alives alone prove that the subscription lives.
    clock.on('err', () => resolve());
    clock.on('initialized', () => resolve());
  });
}
