// Which number stands for which point: kept in the outbox file, because records refer to it and a Sparkplug alias must
// mean the same point after a restart.
import type { DatabaseSync } from 'node:sqlite';
import type { OutboxPoint, PointType } from './record.ts';

export interface PointTable {
  /** The point's number, given now when it is new. A changed type is adopted. */
  aliasOf(device: string, point: string, type: PointType): number;
  /** {@link aliasOf} of many, in one transaction. */
  register(points: readonly Omit<OutboxPoint, 'alias'>[]): OutboxPoint[];
  /** Deletes the points of other devices, except those still in use; the table has to be read anew afterwards. */
  forgetExcept(devices: ReadonlySet<string>, inUse: (aliases: readonly number[]) => number[]): void;
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
  const pointOf = (device: string, point: string, type: PointType): OutboxPoint => {
    const known = find(device, point);
    if (known?.type === type) return known;
    const row = database()
      .prepare(
        'INSERT INTO point (device, name, type) VALUES (?, ?, ?) ON CONFLICT (device, name) DO UPDATE SET type = excluded.type RETURNING id',
      )
      .get(device, point, type);
    return remember({ alias: Number(row?.['id']), device, point, type });
  };
  return {
    find,
    aliasOf: (device, point, type) => pointOf(device, point, type).alias,
    register(wanted) {
      const db = database();
      db.exec('BEGIN IMMEDIATE');
      try {
        const known = wanted.map(({ device, point, type }) => pointOf(device, point, type));
        db.exec('COMMIT');
        return known;
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    forgetExcept(devices, inUse) {
      const orphans = [...byAlias.values()].filter(({ device }) => !devices.has(device)).map(({ alias }) => alias);
      const living = new Set(inUse(orphans));
      const remove = database().prepare('DELETE FROM point WHERE id = ?');
      for (const alias of orphans) if (!living.has(alias)) remove.run(alias);
    },
    byAlias: (alias) => byAlias.get(alias),
    all: () => byAlias.values(),
  };
}

const typeOf = (text: string): PointType => (text === 'Boolean' || text === 'String' ? text : 'Double');
