// Which number stands for which point: kept in the outbox file, because records refer to it and a Sparkplug alias must
// mean the same point after a restart.
import type { DatabaseSync } from 'node:sqlite';
import type { OutboxPoint, PointType } from './record.ts';

export interface PointTable {
  /** The point's number, given now when it is new. A changed type is adopted. */
  aliasOf(device: string, point: string, type: PointType): number;
  find(device: string, point: string): OutboxPoint | undefined;
  byAlias(alias: number): OutboxPoint | undefined;
  all(): IterableIterator<OutboxPoint>;
}

export function createPointTable(database: () => DatabaseSync): PointTable {
  const byAlias = new Map<number, OutboxPoint>();
  const byDevice = new Map<string, Map<string, OutboxPoint>>();
  const remember = (point: OutboxPoint): OutboxPoint => {
    byAlias.set(point.alias, point);
    let points = byDevice.get(point.device);
    if (points === undefined) {
      points = new Map();
      byDevice.set(point.device, points);
    }
    points.set(point.point, point);
    return point;
  };
  for (const row of database().prepare('SELECT id, device, name, type FROM point ORDER BY id').all()) {
    remember({
      alias: Number(row['id']),
      device: String(row['device']),
      point: String(row['name']),
      type: typeOf(String(row['type'])),
    });
  }
  const find = (device: string, point: string) => byDevice.get(device)?.get(point);
  return {
    find,
    aliasOf(device, point, type) {
      const known = find(device, point);
      if (known?.type === type) return known.alias;
      const row = database()
        .prepare(
          'INSERT INTO point (device, name, type) VALUES (?, ?, ?) ON CONFLICT (device, name) DO UPDATE SET type = excluded.type RETURNING id',
        )
        .get(device, point, type);
      return remember({ alias: Number(row?.['id']), device, point, type }).alias;
    },
    byAlias: (alias) => byAlias.get(alias),
    all: () => byAlias.values(),
  };
}

const typeOf = (text: string): PointType => (text === 'Boolean' || text === 'String' ? text : 'Double');
