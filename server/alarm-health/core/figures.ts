// The figures of one operating position against the targets of ISA-18.2-2016 and EEMUA 191.
import type { Figure, FigureKey } from '../../contract/alarm-health.ts';
import { type Flood, OPENS_ABOVE } from './flood.ts';
import { type AlarmTally, PERIOD_MS, type Tally } from './tally.ts';

interface Target {
  readonly unit: Figure['unit'];
  readonly target: number | null;
  readonly limit?: number;
  /** Default `atMost`; `below`: the target itself is too much, as in "< 1 %". */
  readonly compare?: Figure['compare'];
}

/**
 * Shares are those of four priorities, 80 / 15 / 5 / < 1 %. Up to twice as much, and three quarters of the low ones, is
 * called manageable: the standards name no figure between.
 */
const TARGETS: Readonly<Record<FigureKey, Target>> = {
  per10Min: { unit: 'count', target: 1, limit: 2 },
  perHour: { unit: 'count', target: 6, limit: 12 },
  perDay: { unit: 'count', target: 150, limit: 300 },
  maxPer10Min: { unit: 'count', target: 10 },
  periodsAbove10: { unit: '%', target: 1, compare: 'below' },
  timeInFlood: { unit: '%', target: 1, compare: 'below' },
  top10Share: { unit: '%', target: 1, limit: 5 },
  chattering: { unit: 'count', target: 0 },
  fleeting: { unit: 'count', target: 0 },
  stale: { unit: 'count', target: 5, compare: 'below' },
  unauthorisedSuppression: { unit: 'count', target: 0 },
  unauthorisedChanges: { unit: 'count', target: 0 },
  priority1: { unit: '%', target: 1, limit: 2, compare: 'below' },
  priority2: { unit: '%', target: 5, limit: 10 },
  priority3: { unit: '%', target: 15, limit: 30 },
  priority4: { unit: '%', target: 80, limit: 60, compare: 'atLeast' },
  timeToAck: { unit: 's', target: null },
  dataDays: { unit: 'd', target: 30, compare: 'atLeast' },
};

const COMPARE: Readonly<Record<Figure['compare'], (value: number, bound: number) => boolean>> = {
  atMost: (value, bound) => value <= bound,
  below: (value, bound) => value < bound,
  atLeast: (value, bound) => value >= bound,
};

export function judge(key: FigureKey, value: number | null): Figure['verdict'] {
  const { target, limit, compare = 'atMost' } = TARGETS[key];
  if (value === null || target === null) return null;
  if (COMPARE[compare](value, target)) return 'acceptable';
  return limit !== undefined && COMPARE[compare](value, limit) ? 'manageable' : 'action';
}

const figure = (key: FigureKey, value: number | null): Figure => {
  const { unit, target, limit, compare = 'atMost' } = TARGETS[key];
  return {
    key,
    value,
    unit,
    target,
    limit: limit ?? null,
    compare,
    verdict: judge(key, value),
  };
};

/** Most annunciated first; the key decides among equals, so that the order is total. */
export const byCount = (tally: Tally): readonly AlarmTally[] =>
  [...tally.alarms.entries()].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1)).map(([, own]) => own);

/** Part of the window that lies in floods; one that lasts counts up to `nowMs`. */
export function floodMs(floods: readonly Flood[], fromMs: number, toMs: number, nowMs: number): number {
  let sum = 0;
  for (const { startMs, endMs } of floods)
    sum += Math.max(0, Math.min(endMs ?? nowMs, toMs, nowMs) - Math.max(startMs, fromMs));
  return sum;
}

const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  return high === undefined || low === undefined ? null : (low + high) / 2;
};

/** @param journalFromMs first entry of the whole journal, so that a short history is not taken for a quiet plant. */
export function figuresOf(
  tally: Tally,
  floods: readonly Flood[],
  nowMs: number,
  journalFromMs: number | null,
  unauthorisedChanges = 0,
): readonly Figure[] {
  const { annunciated, fromMs, toMs, byPriority } = tally;
  const periods = (toMs - fromMs) / PERIOD_MS;
  const counts = [...tally.periods.values()];
  const above = counts.filter((count) => count > OPENS_ABOVE).length;
  const alarms = [...tally.alarms.values()];
  const top10 = byCount(tally)
    .slice(0, 10)
    .reduce((sum, { count }) => sum + count, 0);
  const share = (part: number): number | null => (annunciated === 0 ? null : (part / annunciated) * 100);
  const seenMs = Math.min(nowMs, toMs) - Math.max(fromMs, journalFromMs ?? nowMs);
  const ackMs = median(tally.ackMs);
  const per10Min = annunciated / periods;
  return [
    figure('per10Min', per10Min),
    figure('perHour', per10Min * 6),
    figure('perDay', per10Min * 144),
    figure(
      'maxPer10Min',
      counts.reduce((most, count) => Math.max(most, count), 0),
    ),
    figure('periodsAbove10', (above / periods) * 100),
    figure('timeInFlood', (floodMs(floods, fromMs, toMs, nowMs) / (toMs - fromMs)) * 100),
    figure('top10Share', share(top10)),
    figure('chattering', alarms.filter(({ chatter }) => chatter).length),
    figure('fleeting', alarms.filter(({ fleetingMs }) => fleetingMs.length > 0).length),
    figure(
      'stale',
      [...tally.staleOn.values()].reduce((most, keys) => Math.max(most, keys.size), 0),
    ),
    figure('unauthorisedSuppression', tally.unauthorised),
    figure('unauthorisedChanges', unauthorisedChanges),
    figure('priority1', share(byPriority[0] ?? 0)),
    figure('priority2', share(byPriority[1] ?? 0)),
    figure('priority3', share(byPriority[2] ?? 0)),
    figure('priority4', share(byPriority[3] ?? 0)),
    figure('timeToAck', ackMs === null ? null : ackMs / 1000),
    figure('dataDays', Math.max(0, seenMs) / 86_400_000),
  ];
}

/** Steps worth drawing: at most some 750 of them. */
const STEPS_S = [600, 3600, 6 * 3600, 86_400] as const;

export function seriesOf({ fromMs, toMs, periods }: Tally): { readonly stepS: number; readonly counts: number[] } {
  const stepS = STEPS_S.find((step) => (toMs - fromMs) / (step * 1000) <= 750) ?? 86_400;
  const counts = new Array<number>(Math.ceil((toMs - fromMs) / (stepS * 1000))).fill(0);
  for (const [period, count] of periods) {
    const index = Math.floor((period * PERIOD_MS - fromMs) / (stepS * 1000));
    counts[index] = (counts[index] ?? 0) + count;
  }
  return { stepS, counts };
}
