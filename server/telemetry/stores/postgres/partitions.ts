// Native daily partitions of `sample` (UTC days): made ahead, and on demand for late readings inside their transaction.
import { sql } from 'kysely';
import type { Db, Trx } from '../../../migrations/tables.ts';
import { DAY_MS, startOfDayMs } from '../../core/buckets.ts';
import { isStray, keptFromMs } from '../../core/retention.ts';
import type { Layout } from './layout.ts';

const DAYS_AHEAD = 2;
const NAME = /^sample_(\d{4})(\d{2})(\d{2})$/;

const nameOf = (dayMs: number): string => `sample_${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
const dayOf = (name: string): number | undefined => {
  const parts = NAME.exec(name);
  return parts === null ? undefined : Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
};

interface Partition {
  readonly name: string;
  readonly dayMs: number;
}

export function createPartitions(): Layout {
  const known = new Set<number>();
  /** Made in the open transaction; known only when it has committed. */
  const made = new Set<number>();

  async function make(executor: Db | Trx, dayMs: number): Promise<void> {
    const [from, to] = [dayMs, dayMs + DAY_MS].map((ms) => new Date(ms).toISOString());
    await sql`CREATE TABLE IF NOT EXISTS ${sql.table(nameOf(dayMs))} PARTITION OF sample
      FOR VALUES FROM (${sql.lit(from)}) TO (${sql.lit(to)})`.execute(executor);
  }

  async function holding(db: Db, days: readonly Partition[]): Promise<Partition[]> {
    const full: Partition[] = [];
    for (const day of days) {
      const { rows } = await sql`SELECT 1 FROM ${sql.table(day.name)} LIMIT 1`.execute(db);
      if (rows.length > 0) full.push(day);
    }
    return full;
  }

  async function existing(db: Db): Promise<Partition[]> {
    const { rows } = await sql<{ name: string }>`
      SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'sample'::regclass ORDER BY c.relname`.execute(db);
    return rows.flatMap(({ name }) => {
      const dayMs = dayOf(name);
      return dayMs === undefined ? [] : [{ name, dayMs }];
    });
  }

  async function ahead(db: Db, nowMs: number): Promise<void> {
    for (let day = -1; day <= DAYS_AHEAD; day++) {
      const dayMs = startOfDayMs(nowMs) + day * DAY_MS;
      if (known.has(dayMs)) continue;
      await make(db, dayMs);
      known.add(dayMs);
    }
  }

  return {
    async start(db, nowMs) {
      known.clear();
      for (const { dayMs } of await existing(db)) known.add(dayMs);
      await ahead(db, nowMs);
    },
    async ensure(trx, timesMs) {
      for (const timeMs of timesMs) {
        const dayMs = startOfDayMs(timeMs);
        if (known.has(dayMs) || made.has(dayMs)) continue;
        await make(trx, dayMs);
        made.add(dayMs);
      }
    },
    settled(committed) {
      if (committed) for (const dayMs of made) known.add(dayMs);
      made.clear();
    },
    async maintain(db, nowMs, retentionDays) {
      await ahead(db, nowMs);
      const days = await existing(db);
      const drop = async (gone: readonly Partition[]): Promise<void> => {
        for (const { name, dayMs } of gone) {
          known.delete(dayMs);
          await sql`DROP TABLE ${sql.table(name)}`.execute(db);
        }
      };
      const pastMs = nowMs - retentionDays * DAY_MS;
      if (!days.some(({ dayMs }) => dayMs + DAY_MS <= pastMs || isStray(dayMs, nowMs, retentionDays)))
        return { dropped: [], keptFromMs: pastMs };
      const held = new Set(await holding(db, days));
      const fromMs = keptFromMs(
        [...held].map(({ dayMs }) => dayMs),
        nowMs,
        retentionDays,
      );
      const old = days.filter((day) => held.has(day) && day.dayMs + DAY_MS <= fromMs);
      await drop(days.filter((day) => !held.has(day) && isStray(day.dayMs, nowMs, retentionDays)));
      await drop(old);
      return { dropped: old.map(({ name }) => name), keptFromMs: fromMs };
    },
  };
}
