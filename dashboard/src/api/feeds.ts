// What feeds one piece of equipment with power, water or heat.
import type { equipment } from '@louwei/server/contract';
import { pathOf, request } from './request.ts';

const path = (id: string): string => pathOf('equipment', id, 'feeds');

export const feedsKey = (id: string) => ['feeds', id] as const;
export const fetchFeeds = (id: string): Promise<equipment.Feeds> => request('GET', path(id));
export const saveFeeds = (id: string, feeds: equipment.Feeds): Promise<equipment.Feeds> =>
  request('PUT', path(id), feeds);
