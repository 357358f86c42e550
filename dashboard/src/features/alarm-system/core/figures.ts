// Figures as text, and counts as a line for the trend chart.
import type { alarmHealth, equipment } from '@louwei/server/contract';
import type { Trend } from '../../equipment/core/trend.ts';

type Figure = alarmHealth.Figure;

/** As many digits as such a figure deserves: whole above 100, else one decimal, two digits below one. */
export const figureText = (value: number | null, unit: Figure['unit']): string => {
  if (value === null) return '–';
  const size = Math.abs(value);
  const digits = Number.isInteger(value) || size >= 100 ? 0 : 1;
  const text = size > 0 && size < 1 ? String(Number(value.toPrecision(2))) : value.toFixed(digits);
  return unit === 'count' ? text : `${text} ${unit}`;
};

export const countTrend = ({ stepS, counts }: alarmHealth.AlarmHealth['series'], fromMs: number): Trend => {
  const fromS = fromMs / 1000;
  const none = counts.map(() => null);
  return {
    timesS: counts.map((_, index) => fromS + index * stepS),
    series: [{ point: 'count', avg: counts, min: none, max: none }],
    doubtful: [],
    goodShare: null,
  };
};

/** The chart draws points of equipment; a count per step is drawn like one, in steps. */
export const countPoint = (label: equipment.PointDescription['label'], stepS: number): equipment.PointDescription => ({
  point: 'count',
  label,
  kind: 'counter',
  unit: null,
  range: null,
  decimals: 0,
  values: null,
  expectEveryS: stepS,
  limits: [],
});

const DRAFT_FIELD = { deadband: 'deadband', 'on-delay': 'onDelayS', 'off-delay': 'offDelayS' } as const;

/** Address of the equipment's back-test with the proposed change drafted. */
export const backTestAddress = ({ equipmentId, alarm, kind, to }: alarmHealth.Proposal): string =>
  `/equipment/${encodeURIComponent(equipmentId)}?${new URLSearchParams({ alarm, [DRAFT_FIELD[kind]]: String(to) })}`;
