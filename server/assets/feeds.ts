// The feeds of a site: entered by an engineer, kept in the database, answered from memory.
import { MEDIA, type Medium } from '@louwei/device-profiles';
import { z } from 'zod';
import { type Feeds as FeedList, feeds as feedList } from '../contract/equipment.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import type { SerialQueue } from '../platform/serial-queue.ts';
import { circle, type Feed, fedBy, feedersOf } from './core/feed-graph.ts';
import type { EquipmentDirectory } from './directory.ts';

export interface Feeds {
  /** Equipment that hangs on it, directly or further on. */
  fedBy(equipmentId: string, medium: Medium): readonly string[];
  feedersOf(equipmentId: string, medium: Medium): readonly string[];
}

export interface FeedRegister extends Feeds {
  load(): Promise<void>;
  readonly routes: readonly AnyRoute[];
  /** Inside the queue, after the change; with the equipment whose feeders are other ones now. */
  onChange(listener: (fed: readonly string[]) => Promise<void>): void;
}

export const NO_FEEDS: Feeds & Pick<FeedRegister, 'onChange'> = {
  fedBy: () => [],
  feedersOf: () => [],
  onChange: () => {},
};

export function createFeeds(options: {
  readonly db: Db;
  readonly directory: EquipmentDirectory;
  readonly queue: SerialQueue;
  readonly now: () => number;
}): FeedRegister {
  const { db, directory, queue, now } = options;
  const listeners: ((fed: readonly string[]) => Promise<void>)[] = [];
  let known: readonly Feed[] = [];
  const shown = (id: string): FeedList => ({
    items: known.filter(({ fedId }) => fedId === id).map(({ feederId, medium }) => ({ feederId, medium })),
  });
  const requireEquipment = (id: string): void => {
    if (directory.equipment(id) === undefined) throw new ProblemError(404, 'not-found', `no equipment ${id}`);
  };

  async function enter(fedId: string, wanted: FeedList, by: string): Promise<FeedList> {
    requireEquipment(fedId);
    for (const { feederId } of wanted.items)
      if (directory.equipment(feederId) === undefined)
        throw new ProblemError(400, 'invalid-request', `feederId: found "${feederId}", expected equipment that exists`);
    const added = wanted.items.map((one) => ({ ...one, fedId }));
    const next = [...known.filter((feed) => feed.fedId !== fedId), ...added];
    const closed = circle(next);
    if (closed !== null)
      throw new ProblemError(
        409,
        'conflict',
        `items: found a circle through ${closed.feederId} and ${closed.fedId} (${closed.medium}), expected that nothing feeds itself, by other media neither`,
      );
    await db.transaction().execute(async (trx) => {
      await trx.deleteFrom('equipment_feed').where('fed_id', '=', fedId).execute();
      if (added.length > 0)
        await trx
          .insertInto('equipment_feed')
          .values(
            added.map(({ feederId, medium }) => ({
              feeder_id: feederId,
              fed_id: fedId,
              medium,
              entered_by: by,
              entered_at: new Date(now()),
            })),
          )
          .execute();
    });
    known = next;
    const concerned = new Set([fedId, ...MEDIA.flatMap((medium) => fedBy(known, fedId, medium))]);
    for (const listener of listeners) await listener([...concerned]);
    return shown(fedId);
  }

  const params = z.object({ id: z.string().max(64) });
  const path = '/api/v1/equipment/:id/feeds';
  return {
    fedBy: (id, medium) => fedBy(known, id, medium),
    feedersOf: (id, medium) => feedersOf(known, id, medium),
    async load() {
      const rows = await db.selectFrom('equipment_feed').selectAll().execute();
      known = rows.map((row) => ({ feederId: row.feeder_id, fedId: row.fed_id, medium: row.medium as Medium }));
    },
    onChange: (listener) => void listeners.push(listener),
    routes: [
      route({
        method: 'GET',
        path,
        permission: 'equipment:read',
        summary: 'What feeds the equipment with power, water or heat',
        tag: 'equipment',
        params,
        answer: feedList,
        async handle({ params: { id } }) {
          requireEquipment(id);
          return { body: shown(id) };
        },
      }),
      route({
        method: 'PUT',
        path,
        permission: 'feed:manage',
        summary:
          'Say what feeds the equipment; alarms that follow from the loss of a feed are suppressed while it lasts',
        tag: 'equipment',
        params,
        body: feedList,
        answer: feedList,
        handle: ({ params: { id }, body, caller }) =>
          queue.run(async () => ({ body: await enter(id, body, caller.username) })),
      }),
    ],
  };
}
