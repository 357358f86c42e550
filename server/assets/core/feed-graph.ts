// What feeds what with power, water or heat: a graph without circles, asked in both directions.
import type { Medium } from '@louwei/device-profiles';

export interface Feed {
  readonly feederId: string;
  readonly fedId: string;
  readonly medium: Medium;
}

/** Everything that is reached from the equipment, near first, each once. */
function reach(feeds: readonly Feed[], from: string, next: (feed: Feed) => readonly [string, string]) {
  const found = new Set<string>();
  const queue = [from];
  for (const id of queue)
    for (const feed of feeds) {
      const [start, end] = next(feed);
      if (start !== id || end === from || found.has(end)) continue;
      found.add(end);
      queue.push(end);
    }
  return [...found];
}

const down = ({ feederId, fedId }: Feed) => [feederId, fedId] as const;
const up = ({ feederId, fedId }: Feed) => [fedId, feederId] as const;
const of = (feeds: readonly Feed[], medium: Medium) => feeds.filter((feed) => feed.medium === medium);

export const fedBy = (feeds: readonly Feed[], id: string, medium: Medium): readonly string[] =>
  reach(of(feeds, medium), id, down);

export const feedersOf = (feeds: readonly Feed[], id: string, medium: Medium): readonly string[] =>
  reach(of(feeds, medium), id, up);

/**
 * A feed that makes equipment feed itself, by whatever way and media; null when there is none. A pump that waters what
 * powers it would be a circle, too: each failure would be the other's consequence, and nobody would be called.
 */
export const circle = (feeds: readonly Feed[]): Feed | null =>
  feeds.find(({ feederId, fedId }) => feederId === fedId || reach(feeds, fedId, down).includes(feederId)) ?? null;
