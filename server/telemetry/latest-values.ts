// Present value of every point, in memory. Of two readings of one point the one later in its gateway's stream wins,
// whatever their clocks say.
import { type Quality, qualityOfCode } from '@louwei/device-profiles';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { equipment as contract } from '../contract/index.ts';
import type { IngestedSample } from '../ingest/participant.ts';
import type { LatestReading } from './store.ts';

export interface LatestValue {
  readonly value: number | string | null;
  readonly quality: Quality;
  readonly timeMs: number;
  readonly deviceTimeMs: number | null;
  readonly epoch: number;
  readonly seq: number;
}

export interface ChangedValue {
  readonly equipmentId: string;
  readonly point: string;
  readonly latest: LatestValue;
}

export interface LatestValues {
  /** Empty for equipment that has never sent anything. */
  of(equipmentId: string): ReadonlyMap<string, LatestValue>;
  /** Committed readings that are now their points' present values. */
  onChange(listener: (changes: readonly ChangedValue[]) => void): void;
  /** Gateway time of the newest committed reading, Unix ms; null before the first. */
  readonly newestMs: number | null;
  load(readings: readonly LatestReading[], directory: EquipmentDirectory): void;
  adopt(samples: readonly IngestedSample[]): void;
}

export function createLatestValues(): LatestValues {
  const byEquipment = new Map<string, Map<string, LatestValue>>();
  const listeners: ((changes: readonly ChangedValue[]) => void)[] = [];
  const nothing: ReadonlyMap<string, LatestValue> = new Map();
  let newestMs: number | null = null;

  function put(equipmentId: string, point: string, latest: LatestValue): boolean {
    let values = byEquipment.get(equipmentId);
    if (values === undefined) {
      values = new Map();
      byEquipment.set(equipmentId, values);
    }
    const known = values.get(point);
    if (known !== undefined && !isLater(latest, known)) return false;
    values.set(point, latest);
    if (newestMs === null || latest.timeMs > newestMs) newestMs = latest.timeMs;
    return true;
  }

  return {
    of: (equipmentId) => byEquipment.get(equipmentId) ?? nothing,
    onChange(listener) {
      listeners.push(listener);
    },
    get newestMs() {
      return newestMs;
    },
    load(readings, directory) {
      const byPoint = new Map(readings.map((reading) => [reading.pointId, reading]));
      for (const equipment of directory.all())
        for (const point of equipment.points.values()) {
          const reading = byPoint.get(point.pointId);
          if (reading === undefined) continue;
          const { text, value, quality, timeMs, deviceTimeMs, epoch, seq } = reading;
          const latest = { value: text ?? value, quality: qualityOfCode(quality), timeMs, deviceTimeMs, epoch, seq };
          put(equipment.id, point.name, latest);
        }
    },
    adopt(samples) {
      const changed = new Map<string, ChangedValue>();
      for (const sample of samples) {
        const { equipmentId, point, text, value, quality, timeMs, deviceTimeMs, epoch, seq } = sample;
        const latest = { value: text ?? value, quality, timeMs, deviceTimeMs, epoch, seq };
        if (put(equipmentId, point, latest)) changed.set(`${equipmentId}\n${point}`, { equipmentId, point, latest });
      }
      if (changed.size === 0) return;
      const changes = [...changed.values()];
      for (const listener of listeners) listener(changes);
    },
  };
}

const isLater = (a: LatestValue, b: LatestValue): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);

/** Present values as the API shows them. */
export const pointValues = (values: ReadonlyMap<string, LatestValue>): contract.PointValue[] =>
  [...values].map(([point, { value, quality, timeMs, deviceTimeMs }]) => ({
    point,
    value,
    quality,
    time: new Date(timeMs).toISOString(),
    deviceTime: deviceTimeMs === null ? null : new Date(deviceTimeMs).toISOString(),
  }));
