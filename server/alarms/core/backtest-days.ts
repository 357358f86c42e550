// Sums of a back-test that people compare: activations a day in the site's time zone, and what differs between two runs.
import type { Activation, BacktestResult } from './backtest.ts';

export interface DayCount {
  /** `2026-01-31` in the time zone. */
  readonly day: string;
  readonly today: number;
  readonly draft: number;
}

const HOUR_MS = 3_600_000;

/** Every day of the range, also those without an activation. */
export function countsPerDay(
  today: readonly Activation[],
  draft: readonly Activation[],
  { fromMs, toMs, timeZone }: { readonly fromMs: number; readonly toMs: number; readonly timeZone: string },
): readonly DayCount[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const days = new Map<string, { today: number; draft: number }>();
  // A day has 23 hours or more, so no day is stepped over.
  for (let atMs = fromMs; atMs < toMs; atMs += 12 * HOUR_MS) days.set(format.format(atMs), { today: 0, draft: 0 });
  if (toMs > fromMs) days.set(format.format(toMs - 1), { today: 0, draft: 0 });
  for (const [which, activations] of [
    ['today', today],
    ['draft', draft],
  ] as const)
    for (const { fromMs: atMs, announced } of activations) {
      const counts = days.get(format.format(Math.min(atMs, toMs - 1)));
      if (announced && counts !== undefined) counts[which]++;
    }
  return [...days].map(([day, counts]) => ({ day, ...counts })).sort((a, b) => (a.day < b.day ? -1 : 1));
}

const overlaps = (a: Activation, b: Activation): boolean =>
  a.fromMs <= (b.toMs ?? Number.POSITIVE_INFINITY) && b.fromMs <= (a.toMs ?? Number.POSITIVE_INFINITY);

/** Announced activations of `these` at whose time none of `others` was announced. Both are in order of time. */
export function onlyIn(these: readonly Activation[], others: readonly Activation[]): number {
  const rivals = others.filter(({ announced }) => announced);
  let from = 0;
  return these.filter((activation) => {
    if (!activation.announced) return false;
    while (from < rivals.length && (rivals[from]?.toMs ?? Number.POSITIVE_INFINITY) < activation.fromMs) from++;
    const rival = rivals[from];
    return rival === undefined || !overlaps(activation, rival);
  }).length;
}

export const difference = (today: BacktestResult, draft: BacktestResult) => ({
  count: draft.count - today.count,
  totalMs: draft.totalMs - today.totalMs,
  onlyToday: onlyIn(today.activations, draft.activations),
  onlyDraft: onlyIn(draft.activations, today.activations),
});

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Listens to the times of one point and notes where its history is missing. */
export function createCoverage({ fromMs, toMs }: Span, patienceMs: number) {
  const gaps: Span[] = [];
  let heardMs = fromMs;
  let missingMs = 0;
  let readings = 0;
  let usable = 0;
  const gap = (untilMs: number): void => {
    if (untilMs - heardMs <= patienceMs) return;
    missingMs += untilMs - heardMs;
    if (gaps.length < 100) gaps.push({ fromMs: heardMs, toMs: untilMs });
  };
  return {
    note(timeMs: number, isUsable: boolean): void {
      if (timeMs < fromMs) return;
      readings++;
      if (isUsable) usable++;
      gap(timeMs);
      heardMs = Math.max(heardMs, timeMs);
    },
    end() {
      gap(toMs);
      heardMs = toMs;
      return { readings, usable, missingMs, gaps };
    },
  };
}
