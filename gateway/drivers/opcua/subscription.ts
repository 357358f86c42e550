// One subscription with its items, and the proof that it lives: the server's own clock is watched too, so that quiet data is
// never mistaken for a dead subscription, nor a subscription without items for quiet data.
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  type ClientSubscription,
  resolveNodeId,
  TimestampsToReturn,
  VariableIds,
} from 'node-opcua';
import { queueSize, settingsKey } from './core/item-wish.ts';
import { bornAt, heard, type Word } from './core/proof-of-life.ts';
import { groupsOf, type Item, type Lane } from './item.ts';
import { type ItemSettings, watchItems, withEuRange } from './monitored-items.ts';
import type { SessionWork } from './watch.ts';

/** Wanted time between keep-alives, ms. */
const KEEP_ALIVE_MS = 5000;
const LIFETIME_KEEP_ALIVES = 10;
const LEAST_SILENCE_LIMIT_MS = 10_000;

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

  const overflowed = new Set<string>();
  const onOverflow = ({ device: { config }, point }: Item): void => {
    const which = `${config.id} ${point}`;
    if (overflowed.has(which)) return;
    overflowed.add(which);
    host.log.warn({ device: config.id, point }, 'the queue of the OPC UA server was full, values in between are lost');
  };
  const left: Item[] = [];
  for (const { settings, items: alike } of await bySettings(session, subscription.publishingInterval, items)) {
    for (const group of groupsOf(alike, limits.itemsPerCall)) {
      const watched = await watchItems(subscription, group, settings, onOverflow);
      progress();
      left.push(...watched.left);
      if (watched.unfiltered.length === 0) continue;
      const plain = await watchItems(subscription, watched.unfiltered, { ...settings, deadband: null }, onOverflow);
      progress();
      left.push(...plain.left);
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

/** As few calls as possible: devices of one model share their settings. */
async function bySettings(
  session: ClientSession,
  publishingMs: number,
  items: readonly Item[],
): Promise<{ readonly settings: ItemSettings; readonly items: readonly Item[] }[]> {
  const percent = items.filter(({ wish }) => wish.deadband?.kind === 'percent');
  const ranged = await withEuRange(session, percent);
  const groups = new Map<string, { readonly settings: ItemSettings; readonly items: Item[] }>();
  for (const item of items) {
    const samplingMs = item.device.config.model.opcua.samplingIntervalMs;
    const wish =
      item.wish.deadband?.kind === 'percent' && !ranged.has(item) ? { ...item.wish, deadband: null } : item.wish;
    const size = queueSize(wish, publishingMs, samplingMs);
    const key = settingsKey(wish, size, samplingMs);
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { settings: { samplingMs, queueSize: size, deadband: wish.deadband }, items: [item] });
    else group.items.push(item);
  }
  return [...groups.values()];
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
