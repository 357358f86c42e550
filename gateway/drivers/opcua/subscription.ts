// One subscription with its items, and the proof that it lives: the server's own clock is watched too, so that quiet data is
// never mistaken for a dead subscription, nor a subscription without items for quiet data.
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  ClientSubscription,
  resolveNodeId,
  TimestampsToReturn,
  VariableIds,
} from 'node-opcua';
import { askedIntervals, expectedEveryMs, keepAliveCount, slowerPublishing, slowerSampling } from './core/granted.ts';
import { queueSize, rawDeadband } from './core/item-wish.ts';
import { bornAt, heard, type Word } from './core/proof-of-life.ts';
import { isOverflow } from './core/status.ts';
import type { FilteredItem } from './deadband-check.ts';
import type { ItemValue } from './device.ts';
import { groupsOf, type Item, type Lane } from './item.ts';
import { type ItemSettings, rangeSpans, watchItems } from './monitored-items.ts';
import type { SessionWork } from './watch.ts';

// The library throws, where nobody catches, when a server revises the keep-alive beyond the timeout of the session, unless it is
// told so each time; the session has a keep-alive of its own.
Object.defineProperty(ClientSubscription, 'ignoreNextWarning', { get: () => true, set: () => undefined });

const NOTHING_TOLD = { value: null, told: 0 };
const LIFETIME_KEEP_ALIVES = 10;
const LEAST_SILENCE_LIMIT_MS = 10_000;

/** @returns the lane, what the server filters, and the items it would not watch for lack of room. */
export async function subscribe(
  work: SessionWork,
  publishingIntervalMs: number,
  items: readonly Item[],
): Promise<{ readonly lane: Lane; readonly left: readonly Item[]; readonly filtered: readonly FilteredItem[] }> {
  const { session, limits, host, closed, end, progress } = work;
  const subscription = await create(session, publishingIntervalMs);
  progress();
  const publishing = {
    publishingMs: subscription.publishingInterval,
    keepAliveMs: subscription.publishingInterval * Math.max(1, subscription.maxKeepAliveCount),
  };
  const silenceLimitMs = Math.max(LEAST_SILENCE_LIMIT_MS, 2 * publishing.keepAliveMs);
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

  const overflowed = new Set<Item>();
  const told = new Map<Item, { readonly value: ItemValue; readonly told: number }>();
  const onValue = (item: Item, value: ItemValue): void => {
    // What a given-up session still brings is old, and would come with the time of now.
    if (closed.aborted) return;
    const { device, point } = item;
    told.set(item, { value, told: (told.get(item)?.told ?? 0) + 1 });
    device.changed(point, value);
    if (!isOverflow(value.status) || overflowed.has(item)) return;
    overflowed.add(item);
    const which = { device: device.config.id, point };
    host.log.warn(which, 'the queue of the OPC UA server was full, values in between are lost');
  };
  const filtered: FilteredItem[] = [];
  const left: Item[] = [];
  const plain: Item[] = [];
  const notes = new Set<string>();
  const note = (words: string | null): void => {
    if (words !== null) notes.add(words);
  };
  for (const { settings, items: alike } of await bySettings(work, subscription.publishingInterval, items)) {
    const asked = askedIntervals(publishingIntervalMs, settings.samplingMs);
    const ask = async (group: readonly Item[], settingsOfGroup: ItemSettings): Promise<void> => {
      const watched = await watchItems(subscription, group, settingsOfGroup, onValue);
      progress();
      left.push(...watched.left);
      const { deadband } = settingsOfGroup;
      for (const [item, samplingMs] of watched.granted) {
        const everyMs = expectedEveryMs({ ...publishing, samplingMs });
        item.device.granted(item.point, everyMs);
        const last = () => told.get(item) ?? NOTHING_TOLD;
        const tellsWithinMs = publishing.publishingMs + samplingMs;
        if (deadband !== null) filtered.push({ item, deadband, tellsWithinMs, last });
      }
      note(slowerPublishing(asked, { ...publishing, samplingMs: settings.samplingMs }));
      for (const words of slowerSampling(asked, named(watched.granted))) note(words);
      if (watched.unfiltered.length === 0) return;
      plain.push(...watched.unfiltered);
      await ask(watched.unfiltered, { ...settingsOfGroup, deadband: null });
    };
    for (const group of groupsOf(alike, limits.itemsPerCall)) await ask(group, settings);
  }
  if (plain.length > 0) note(`the server knows no deadband for ${plain.length} items, the gateway's own applies`);
  await watchServerClock(subscription, hear('tick'));

  const lane: Lane = {
    silenceLimitMs,
    notes: [...notes],
    aliveAtMs: () => proof.aliveAtMs,
    aliveAtMonotonicMs: () => proof.aliveAtMonotonicMs,
  };
  return { lane, left, filtered };
}

/** A server that publishes more slowly than asked is asked for a keep-alive that fits: it may be the only word for minutes. */
async function create(session: ClientSession, publishingMs: number): Promise<ClientSubscription> {
  const counts = (intervalMs: number) => ({
    requestedMaxKeepAliveCount: keepAliveCount(intervalMs),
    requestedLifetimeCount: keepAliveCount(intervalMs) * LIFETIME_KEEP_ALIVES,
  });
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publishingMs,
    ...counts(publishingMs),
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 10,
  });
  const grantedMs = subscription.publishingInterval;
  if (keepAliveCount(grantedMs) < keepAliveCount(publishingMs))
    // Without it everything holds, only later.
    await subscription.modify({ requestedPublishingInterval: grantedMs, ...counts(grantedMs) }).catch(() => undefined);
  return subscription;
}

const named = (granted: readonly (readonly [Item, number])[]): (readonly [string, number])[] =>
  granted.map(([{ device, point }, samplingMs]) => [`${device.config.id} ${point}`, samplingMs]);

/** As few calls as possible: devices of one model share their settings. */
async function bySettings(
  { session, deadbands }: SessionWork,
  publishingMs: number,
  items: readonly Item[],
): Promise<{ readonly settings: ItemSettings; readonly items: readonly Item[] }[]> {
  const percent = items.filter(({ wish }) => deadbands && wish.deadband?.kind === 'percent');
  const spans = await rangeSpans(session, percent);
  const groups = new Map<string, { readonly settings: ItemSettings; readonly items: Item[] }>();
  for (const item of items) {
    const samplingMs = item.device.config.model.opcua.samplingIntervalMs;
    const deadband = deadbands ? rawDeadband(item.wish.deadband, spans.get(item) ?? null) : null;
    const settings = { samplingMs, queueSize: queueSize(item.wish, publishingMs, samplingMs), deadband };
    const key = JSON.stringify(settings);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { settings, items: [item] });
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
