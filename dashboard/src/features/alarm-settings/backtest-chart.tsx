// The point's trend with the activations of today's and the drafted settings shaded in it, one row of bars for each.
import 'uplot/dist/uPlot.min.css';
import type { backtest, equipment } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import { fetchHistory } from '../../api/plant.ts';
import { themeStore } from '../../app/theme.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { chartData, chartOptions } from '../equipment/chart-options.ts';
import { toTrend } from '../equipment/core/trend.ts';

const HEIGHT = 260;
const LANE = 14;

interface Props {
  readonly id: string;
  readonly result: backtest.Backtest;
  readonly point: equipment.PointDescription;
}

export const BacktestChart = ({ id, result, point }: Props) => {
  const { t, say, language } = useWords();
  const theme = useSyncExternalStore(themeStore.subscribe, themeStore.get);
  const place = useRef<HTMLDivElement>(null);
  const [fromMs, toMs] = [Date.parse(result.from), Date.parse(result.to)];
  const { data, error } = useQuery({
    queryKey: ['history', id, point.point, fromMs, toMs],
    queryFn: () => fetchHistory(id, [point.point], fromMs, toMs),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const trend = useMemo(
    () => (data === undefined ? null : toTrend(data, new Map([[point.point, point.expectEveryS]]))),
    [data, point],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and language change colours and words that are read anew
  useEffect(() => {
    const element = place.current;
    if (element === null || trend === null) return;
    const label = point.unit === null ? say(point.label) : `${say(point.label)} (${point.unit})`;
    const options = chartOptions(trend, [point], [label], [fromMs / 1000, toMs / 1000]);
    const lanes = [
      { name: t('backtest.today'), activations: result.today?.activations ?? [], fill: '--hatch' },
      { name: t('backtest.draft'), activations: result.draft.activations, fill: '--strong' },
    ] as const;
    const scales = Object.fromEntries(
      Object.entries(options.scales ?? {}).map(([name, scale]) => [name, name === 'x' ? scale : withRoom(scale)]),
    );
    const hooks = {
      ...options.hooks,
      drawClear: [...(options.hooks?.drawClear ?? []), (u: uPlot) => shade(u, result.draft.activations)],
      draw: [...(options.hooks?.draw ?? []), (u: uPlot) => drawLanes(u, lanes)],
    };
    const chart = new uPlot(
      { ...options, scales, hooks, width: element.clientWidth, height: HEIGHT },
      chartData(trend, [point]),
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [trend, point, result, theme, language]);
  return (
    <div>
      <ProblemNote error={error} />
      <div ref={place} className="trend-chart" data-testid="backtest-chart" />
      <p className="muted field-hint">{t('backtest.lanes')}</p>
    </div>
  );
};

/** The rows of bars lie below the curve, not over it. */
const withRoom = (scale: uPlot.Scale): uPlot.Scale => {
  const { range } = scale;
  if (typeof range !== 'function') return scale;
  return {
    ...scale,
    range: (u, low, high, key) => {
      const [from, to] = range(u, low, high, key);
      return from === null || to === null ? [from, to] : [from - (to - from) * 0.22, to];
    },
  };
};

type Activations = readonly backtest.BacktestRun['activations'][number][];

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Left edge and width in the canvas; at least wide enough to be seen. */
const span = (u: uPlot, { from, to }: Activations[number]): readonly [number, number] => {
  const { left, width } = u.bbox;
  const start = Math.max(left, u.valToPos(Date.parse(from) / 1000, 'x', true));
  const end = to === null ? left + width : Math.min(left + width, u.valToPos(Date.parse(to) / 1000, 'x', true));
  return [start, Math.max(end - start, 2 * devicePixelRatio)];
};

const shade = (u: uPlot, activations: Activations): void => {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.globalAlpha = 0.35;
  ctx.fillStyle = token('--line');
  for (const activation of activations) {
    const [start, width] = span(u, activation);
    ctx.fillRect(start, bbox.top, width, bbox.height);
  }
  ctx.restore();
};

const drawLanes = (
  u: uPlot,
  lanes: readonly { readonly name: string; readonly activations: Activations; readonly fill: string }[],
): void => {
  const { ctx, bbox } = u;
  const height = LANE * devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  // Numbers of the axis beside the rows would be read as theirs.
  const zone = lanes.length * (height + 2) + 6;
  ctx.fillStyle = token('--raised');
  ctx.fillRect(0, bbox.top + bbox.height - zone, bbox.left - 2, zone + 6);
  for (const [row, { name, activations, fill }] of lanes.entries()) {
    const top = bbox.top + bbox.height - (lanes.length - row) * (height + 2) - 2;
    ctx.fillStyle = token('--field');
    ctx.fillRect(bbox.left, top, bbox.width, height);
    ctx.fillStyle = token(fill);
    ctx.strokeStyle = token('--edge');
    for (const activation of activations) {
      const [start, width] = span(u, activation);
      ctx.fillRect(start, top + 1, width, height - 2);
      ctx.strokeRect(start, top + 1, width, height - 2);
    }
    ctx.fillStyle = token('--text');
    ctx.fillText(name, bbox.left - 4, top + height / 2);
  }
  ctx.restore();
};
