// Labels, units and decimals of the faceplate points, fetched once for each model instead of once for each device.
import type { equipment } from '@louwei/server/contract';
import { useQueries } from '@tanstack/react-query';
import { createContext, useMemo } from 'react';
import { fetchEquipment } from '../../api/plant.ts';
import { useLive } from '../../live/hooks.ts';
import { oneOfEachModel } from '../overview/core.ts';

export type Points = ReadonlyMap<string, equipment.PointDescription>;

/** Descriptions for rows that are too many to ask on their own. */
export const DescriptionsContext = createContext<ReadonlyMap<string, Points>>(new Map());

export const useDescriptions = (): ReadonlyMap<string, Points> => {
  const all = useLive((state) => state.equipment);
  const models = useMemo(() => [...oneOfEachModel(all.values())], [all]);
  return useQueries({
    queries: models.map(([key, id]) => ({
      queryKey: ['description', key],
      queryFn: async (): Promise<readonly [string, Points]> => {
        const detail = await fetchEquipment(id);
        return [key, new Map(detail.points.map((point) => [point.point, point]))];
      },
      staleTime: 10 * 60_000,
    })),
    combine: (results) => new Map(results.flatMap((result) => (result.data === undefined ? [] : [result.data]))),
  });
};
