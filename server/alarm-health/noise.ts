// How far a point swung while its alarm chattered, from the stored readings.
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { Db } from '../migrations/tables.ts';
import type { TelemetryStore } from '../telemetry/store.ts';

/** The chatter itself and a little on both sides. */
const BEFORE_MS = 60_000;
const AFTER_MS = 120_000;

export type MeasureNoise = (equipmentId: string, point: string, chatterAtMs: number) => Promise<number | null>;

/** @returns peak to peak of good readings; null without at least two of them. */
export const createNoiseMeter =
  (db: Db, store: Pick<TelemetryStore, 'history'>, directory: EquipmentDirectory): MeasureNoise =>
  async (equipmentId, point, chatterAtMs) => {
    const record = directory.equipment(equipmentId)?.points.get(point);
    if (record === undefined) return null;
    const [fromMs, toMs] = [chatterAtMs - BEFORE_MS, chatterAtMs + AFTER_MS];
    const buckets = await store.history(db, { pointIds: [record.pointId], fromMs, toMs, bucketMs: toMs - fromMs });
    const lows = buckets.flatMap(({ min }) => min ?? []);
    const highs = buckets.flatMap(({ max }) => max ?? []);
    const readings = buckets.reduce((sum, { count }) => sum + count, 0);
    return readings < 2 || lows.length === 0 ? null : Math.max(...highs) - Math.min(...lows);
  };
