// What feeds what with power, water or heat: a graph without circles, asked in both directions.
import type { Medium } from '@louwei/device-profiles';

export interface Feed {
  readonly feederId: string;
  readonly fedId: string;
  readonly medium: Medium;
}

/** Everything that is reached from the equipment, near first, each once. */
function reach(feeds: readonly Feed[], medium: Medium, from: string, next: (feed: Feed) => readonly [string, string]) {
  const found = new Set<string>();
  const queue = [from];
  for (const id of queue)
    for (const feed of feeds) {
      const [start, end] = next(feed);
      if (feed.medium !== medium || start !== id || end === from || found.has(end)) continue;
      found.add(end);
      queue.push(end);
    }
  return [...found];
}

export const fedBy = (feeds: readonly Feed[], id: string, medium: Medium): readonly string[] =>
  reach(feeds, medium, id, ({ feederId, fedId }) => [feederId, fedId]);

export const feedersOf = (feeds: readonly Feed[], id: string, medium: Medium): readonly string[] =>
  reach(feeds, medium, id, ({ feederId, fedId }) => [fedId, feederId]);

/** A feed that makes equipment feed itself, by whatever way; null when there is none. */
export const circle = (feeds: readonly Feed[]): Feed | null =>
  feeds.find(({ feederId, fedId, medium }) => feederId === fedId || fedBy(feeds, fedId, medium).includes(feederId)) ??
  null;
