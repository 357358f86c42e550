// History buckets as a line with a band. Readings come by exception, so an empty bucket alone is no gap: only a silence
// of more than three expected turns is, and it is shown as one.
import type { equipment } from '@louwei/server/contract';
import { MISSED_TURNS } from '../../../live/core/freshness.ts';

type Bucket = equipment.History['series'][number]['buckets'][number];

/** null breaks the line; undefined (another series' time) does not. */
type Column = readonly (number | null | undefined)[];

export interface TrendSeries {
  readonly point: string;
  readonly avg: Column;
  readonly min: Column;
  readonly max: Column;
}

export interface Trend {
  /** Unix seconds, as the chart wants them. */
  readonly timesS: readonly number[];
  readonly series: readonly TrendSeries[];
  /** Spans in Unix seconds that are doubtful or missing. */
  readonly doubtful: readonly Span[];
  /** Share of good readings over all, 0..1; null without any. */
  readonly goodShare: number | null;
}

type Span = readonly [number, number];

/** Silences longer than three expected turns (and than one and a half buckets), ms. */
const silentSpans = (
  buckets: readonly Bucket[],
  bucketMs: number,
  expectEveryS: number,
  fromMs: number,
  toMs: number,
): readonly Span[] => {
  const patienceMs = Math.max(expectEveryS * MISSED_TURNS * 1000, bucketMs * 1.5);
  const spans: Span[] = [];
  let heardMs = fromMs;
  for (const [startMs, , , , count] of buckets) {
    if (count === 0) continue;
    if (startMs - heardMs > patienceMs) spans.push([heardMs, startMs]);
    heardMs = startMs + bucketMs;
  }
  if (toMs - heardMs > patienceMs) spans.push([heardMs, toMs]);
  return spans;
};

/** Spans where a series is missing or not wholly good, ms. */
export const doubtfulSpans = (...range: Parameters<typeof silentSpans>): readonly Span[] => {
  const [buckets, bucketMs, , , toMs] = range;
  const bad = buckets.filter((bucket) => bucket[4] > 0 && bucket[5] < 1);
  return merged([...silentSpans(...range), ...bad.map(([at]): Span => [at, Math.min(at + bucketMs, toMs)])]);
};

const merged = (spans: readonly Span[]): readonly Span[] => {
  const out: [number, number][] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
};

interface Cell {
  readonly avg: number | null;
  readonly min: number | null;
  readonly max: number | null;
}
const GAP: Cell = { avg: null, min: null, max: null };

/** All series on one time axis. */
export const toTrend = (history: equipment.History, expectEveryS: ReadonlyMap<string, number>): Trend => {
  const { bucketMs } = history;
  const fromMs = Date.parse(history.from);
  const toMs = Date.parse(history.to);
  const rows = history.series.map(({ point, buckets }) => {
    const range = [buckets, bucketMs, expectEveryS.get(point) ?? 60, fromMs, toMs] as const;
    const at = new Map<number, Cell>();
    for (const [startMs, min, max, avg, count] of buckets) {
      if (count > 0) at.set(startMs + bucketMs / 2, { avg, min, max });
    }
    for (const [from, to] of silentSpans(...range)) at.set((from + to) / 2, GAP);
    return { point, at, buckets, spans: doubtfulSpans(...range) };
  });
  const times = [...new Set(rows.flatMap((row) => [...row.at.keys()]))].sort((a, b) => a - b);
  const column = (row: (typeof rows)[number], key: keyof Cell) => times.map((t) => row.at.get(t)?.[key]);
  const all = rows.flatMap((row) => row.buckets);
  const count = all.reduce((sum, bucket) => sum + bucket[4], 0);
  const good = all.reduce((sum, bucket) => sum + bucket[4] * bucket[5], 0);
  return {
    timesS: times.map((t) => t / 1000),
    series: rows.map((row) => ({
      point: row.point,
      avg: column(row, 'avg'),
      min: column(row, 'min'),
      max: column(row, 'max'),
    })),
    doubtful: merged(rows.flatMap((row) => row.spans)).map(([from, to]) => [from / 1000, to / 1000] as const),
    goodShare: count === 0 ? null : good / count,
  };
};
