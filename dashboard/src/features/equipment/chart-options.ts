// How a trend looks: a line of averages inside its min-max band, limit lines of the alarms, hatched doubtful spans.
import type { equipment } from '@louwei/server/contract';
import uPlot from 'uplot';
import { formatDateTime, formatTime } from '../../ui/time.ts';
import type { Trend } from './core/trend.ts';

type Point = equipment.PointDescription;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const scaleOf = (point: Point): string => point.unit ?? 'state';

export const chartData = (trend: Trend, points: readonly Point[]): uPlot.AlignedData => {
  const columns = points.flatMap((point) => {
    const own = trend.series.find((series) => series.point === point.point);
    const none = trend.timesS.map(() => null);
    return [own?.avg ?? none, own?.max ?? none, own?.min ?? none];
  });
  return [[...trend.timesS], ...columns.map((column) => [...column])];
};

const hatch = (u: uPlot, spans: Trend['doubtful']): void => {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = token('--hatch');
  ctx.lineWidth = 3;
  for (const [from, to] of spans) {
    const left = Math.max(bbox.left, u.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, u.valToPos(to, 'x', true));
    if (right <= left) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.beginPath();
    for (let x = left - bbox.height; x < right; x += 10) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
};

const limitLines = (u: uPlot, point: Point): void => {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.font = `${12 * devicePixelRatio}px sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.setLineDash([8, 5]);
  ctx.lineWidth = 2;
  for (const limit of point.limits) {
    for (const [at, sign] of [
      [limit.above, '>'],
      [limit.below, '<'],
    ] as const) {
      if (at === null) continue;
      const y = u.valToPos(at, scaleOf(point), true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.strokeStyle = token(`--p${limit.priority}-edge`);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillStyle = token('--text');
      ctx.fillText(`${limit.priority} ${sign} ${at}`, bbox.left + 6, y - 4);
    }
  }
  ctx.restore();
};

/** Whole range of one point, its limits included when they are near what was measured. */
const rangeWithLimits =
  (point: Point | undefined) =>
  (_u: uPlot, low: number, high: number): [number, number] => {
    const span = Math.max(high - low, Math.abs(high) * 0.02, 0.1);
    const limits = (point?.limits ?? []).flatMap((limit) => [limit.above ?? [], limit.below ?? []].flat());
    const near = limits.filter((at) => at > low - span * 3 && at < high + span * 3);
    const pad = span * 0.1;
    return [Math.min(low, ...near) - pad, Math.max(high, ...near) + pad];
  };

const seriesOf = (point: Point, index: number, label: string): uPlot.Series[] => {
  const stroke = token(`--trend-${index + 1}`);
  const scale = scaleOf(point);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const paths = point.kind === 'analog' || stepped === undefined ? {} : { paths: stepped };
  const edge: uPlot.Series = { scale, stroke: 'transparent', points: { show: false } };
  const shown = (_u: uPlot, value: number | null): string => (value === null ? '–' : value.toFixed(point.decimals));
  return [
    {
      label,
      scale,
      stroke,
      width: 2,
      dash: index === 0 ? [] : [6 + index * 3, 3],
      points: { size: 5 },
      value: shown,
      ...paths,
    },
    { ...edge, label: 'max' },
    { ...edge, label: 'min' },
  ];
};

export const chartOptions = (
  trend: Trend,
  points: readonly Point[],
  labels: readonly string[],
  [fromS, toS]: readonly [number, number],
): Omit<uPlot.Options, 'width' | 'height'> => {
  const scales = [...new Set(points.map(scaleOf))];
  const axis = {
    stroke: token('--text'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { stroke: token('--edge') },
  };
  const single = points.length === 1 ? points[0] : undefined;
  const day = 86_400;
  const time = (_u: uPlot, splits: number[]): string[] =>
    splits.map((s) => (toS - fromS > day ? formatDateTime(s * 1000).slice(5, 16) : formatTime(s * 1000).slice(0, 5)));
  return {
    scales: {
      x: { time: true, range: () => [fromS, toS] },
      ...Object.fromEntries(scales.map((scale) => [scale, { range: rangeWithLimits(single) }])),
    },
    axes: [
      { ...axis, values: time, space: 90 },
      ...scales.slice(0, 2).map(
        (scale, index): uPlot.Axis => ({
          ...axis,
          scale,
          side: index === 0 ? 3 : 1,
          size: 56,
          ...(index === 0 ? {} : { grid: { show: false } }),
        }),
      ),
    ],
    series: [
      { label: ' ', value: (_u, s) => (s === null ? '' : formatDateTime(s * 1000)) },
      ...points.flatMap((point, index) => seriesOf(point, index, labels[index] ?? point.point)),
    ],
    bands: points.map((_, index) => ({
      series: [2 + index * 3, 3 + index * 3],
      fill: `${token(`--trend-${index + 1}`)}33`,
    })),
    hooks: {
      drawClear: [(u) => hatch(u, trend.doubtful)],
      draw: [(u) => (single === undefined ? undefined : limitLines(u, single))],
    },
  };
};
