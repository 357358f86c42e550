// Stored readings of several points in the order of time, a page at a time: the memory stays the same for a day or a year.
import { qualityOfCode } from '@louwei/device-profiles';
import { sql } from 'kysely';
import type { Db } from '../migrations/tables.ts';
import type { StoredReading } from './core/backtest.ts';

/** Small enough that the readings of a page die young: a server with little memory spends no time on copying them. */
const PAGE = 2000;

interface Row {
  readonly timeMs: number;
  readonly epoch: number;
  readonly seq: number;
  readonly value: number | null;
  readonly text: string | null;
  readonly quality: number;
}

interface Placed extends StoredReading {
  readonly epoch: number;
  readonly seq: number;
}

/** What one gateway says of the same moment is in the order of its stream. */
const inOrder = (a: Placed, b: Placed): number => a.timeMs - b.timeMs || a.epoch - b.epoch || a.seq - b.seq;

/** Pages of readings, each page and the pages among themselves in order; the last reading before the range comes first. */
export async function* readHistory(
  db: Db,
  points: readonly { readonly pointId: number; readonly name: string }[],
  range: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<readonly StoredReading[]> {
  const sources = await Promise.all(points.map((point) => openSource(db, point, range)));
  for (;;) {
    // Up to the smallest end of the pages at hand everything is known.
    const safeMs = Math.min(...sources.map((source) => source.knownUntilMs()));
    const ready = sources.flatMap((source) => source.takeUntil(safeMs));
    if (sources.length > 1) ready.sort(inOrder);
    if (ready.length > 0) yield ready;
    if (safeMs === Number.POSITIVE_INFINITY) return;
    for (const source of sources) await source.refill();
  }
}

async function openSource(
  db: Db,
  { pointId, name }: { readonly pointId: number; readonly name: string },
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
) {
  const first = await page(db, pointId, fromMs, toMs);
  let rows: readonly Row[] = [...(await page(db, pointId, 'before', fromMs)), ...first];
  let next = 0;
  let after = first.at(-1) ?? null;
  let exhausted = first.length < PAGE;
  return {
    /** Infinity once everything has been read. */
    knownUntilMs: () => (exhausted ? Number.POSITIVE_INFINITY : (after?.timeMs ?? Number.NEGATIVE_INFINITY)),
    takeUntil(untilMs: number): Placed[] {
      const from = next;
      while (next < rows.length && (rows[next]?.timeMs ?? Number.POSITIVE_INFINITY) <= untilMs) next++;
      return rows.slice(from, next).map(({ timeMs, epoch, seq, value, text, quality }) => ({
        point: name,
        timeMs,
        epoch,
        seq,
        value,
        text,
        quality: qualityOfCode(quality),
      }));
    },
    async refill(): Promise<void> {
      if (exhausted || next < rows.length) return;
      rows = await page(db, pointId, after ?? fromMs, toMs);
      next = 0;
      after = rows.at(-1) ?? after;
      exhausted = rows.length < PAGE;
    },
  };
}

async function page(db: Db, pointId: number, from: 'before' | number | Row, untilMs: number): Promise<Row[]> {
  const seconds = (ms: number) => sql`to_timestamp(${ms / 1000}::float8)`;
  const where =
    from === 'before'
      ? sql`time < ${seconds(untilMs)}`
      : typeof from === 'number'
        ? sql`time >= ${seconds(from)} AND time < ${seconds(untilMs)}`
        : sql`time >= ${seconds(from.timeMs)} AND time < ${seconds(untilMs)}
            AND (time, epoch, seq) > (${seconds(from.timeMs)}, ${from.epoch}, ${from.seq})`;
  const order = from === 'before' ? sql`time DESC, epoch DESC, seq DESC` : sql`time, epoch, seq`;
  const { rows } = await sql<Row>`
    SELECT (extract(epoch FROM time) * 1000)::float8 AS "timeMs", epoch, seq, value, text, quality FROM sample
    WHERE point_id = ${pointId} AND ${where} ORDER BY ${order} LIMIT ${from === 'before' ? 1 : PAGE}`.execute(db);
  return rows;
}
