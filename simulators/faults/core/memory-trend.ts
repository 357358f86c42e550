// How fast a process's memory grows, and how sure an hour of samples makes us of it.

export interface MemorySample {
  readonly atS: number;
  readonly rssMiB: number;
}

export interface MemoryTrend {
  readonly slopeMiBPerHour: number;
  /** Standard error of the slope: a slope within twice this is no growth that the run can show. */
  readonly standardErrorMiBPerHour: number;
  /** What the slope was taken over, seconds, warm-up left out. */
  readonly overS: number;
}

/** Caches fill and the heap finds its size; a shorter life than three times this gives a third of itself. */
const WARM_UP_S = 600;
const FEWEST_MINUTES = 5;

/**
 * Least squares over the medians of the minutes after the warm-up. A heap breathes within seconds, so samples of one
 * minute are not independent of each other: their median counts once. Null for less than five minutes.
 */
export function memoryTrend(life: readonly MemorySample[]): MemoryTrend | null {
  const [first, last] = [life[0], life.at(-1)];
  if (first === undefined || last === undefined) return null;
  const from = first.atS + Math.min(WARM_UP_S, (last.atS - first.atS) / 3);
  const warm = life.filter(({ atS }) => atS >= from);
  const minutes = Object.values(Object.groupBy(warm, ({ atS }) => Math.floor((atS - from) / 60)))
    .map((minute) => minute ?? [])
    .map((minute) => ({ atS: median(minute.map(({ atS }) => atS)), rssMiB: median(minute.map((one) => one.rssMiB)) }));
  if (minutes.length < FEWEST_MINUTES) return null;
  const mean = { atS: average(minutes.map(({ atS }) => atS)), rssMiB: average(minutes.map(({ rssMiB }) => rssMiB)) };
  const spread = sum(minutes.map(({ atS }) => (atS - mean.atS) ** 2));
  const slope = sum(minutes.map((one) => (one.atS - mean.atS) * (one.rssMiB - mean.rssMiB))) / spread;
  const missed = minutes.map((one) => one.rssMiB - mean.rssMiB - slope * (one.atS - mean.atS));
  const variance = sum(missed.map((miss) => miss ** 2)) / (minutes.length - 2);
  return {
    slopeMiBPerHour: slope * 3600,
    standardErrorMiBPerHour: Math.sqrt(variance / spread) * 3600,
    overS: last.atS - from,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
