// History of an equipment's points over HTTP, in buckets.
import { z } from 'zod';
import type { EquipmentDirectory, PointRecord } from '../assets/directory.ts';
import { equipment as contract } from '../contract/index.ts';
import type { Db } from '../migrations/tables.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import { bucketWidthMs } from './core/buckets.ts';
import type { TelemetryStore } from './store.ts';

export interface TelemetryRouteSources {
  readonly db: Db;
  readonly store: TelemetryStore;
  readonly directory: EquipmentDirectory;
}

const MAX_POINTS_A_REQUEST = 50;

export function telemetryRoutes({ db, store, directory }: TelemetryRouteSources): AnyRoute[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/equipment/:id/history',
      permission: 'equipment:read',
      summary: 'Readings of points in buckets of min, max, avg, count and share of good quality',
      tag: 'equipment',
      params: z.object({ id: z.string().min(1).max(200) }),
      query: contract.historyQuery,
      answer: contract.history,
      async handle({ params, query }) {
        const points = pointsOf(directory, params.id, query.points);
        const [fromMs, toMs] = [timeOf('from', query.from), timeOf('to', query.to)];
        if (fromMs >= toMs) throw invalid('from: expected a time before `to`');
        const bucketMs = bucketWidthMs(fromMs, toMs, query.maxPoints);
        const pointIds = points.map((point) => point.pointId);
        const buckets = Map.groupBy(
          await store.history(db, { pointIds, fromMs, toMs, bucketMs }),
          (bucket) => bucket.pointId,
        );
        return {
          body: {
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
            bucketMs,
            series: points.map(({ name, pointId }) => ({
              point: name,
              buckets: (buckets.get(pointId) ?? []).map(
                ({ startMs, min, max, avg, count, goodShare }): z.infer<typeof contract.historyBucket> => [
                  startMs,
                  min,
                  max,
                  avg,
                  count,
                  goodShare,
                ],
              ),
            })),
          },
        };
      },
    }),
  ];
}

function pointsOf(directory: EquipmentDirectory, equipmentId: string, list: string): PointRecord[] {
  const equipment = directory.equipment(equipmentId);
  if (equipment === undefined) throw new ProblemError(404, 'not-found', `there is no equipment ${equipmentId}`);
  const names = [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length === 0 || names.length > MAX_POINTS_A_REQUEST)
    throw invalid(`points: expected 1 to ${MAX_POINTS_A_REQUEST} point names separated by commas`);
  return names.map((name) => {
    const point = equipment.points.get(name);
    if (point === undefined) throw invalid(`points: ${equipmentId} has no point "${name}"`);
    return point;
  });
}

function timeOf(field: string, text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs) || timeMs < 0)
    throw invalid(`${field}: expected an ISO 8601 time, e.g. 2026-01-31T08:00:00Z`);
  return timeMs;
}

const invalid = (detail: string): ProblemError => new ProblemError(400, 'invalid-request', detail);
