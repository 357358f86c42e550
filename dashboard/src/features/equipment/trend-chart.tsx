// Draws a trend with uPlot and follows the width of its place.
import 'uplot/dist/uPlot.min.css';
import type { equipment } from '@louwei/server/contract';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import { themeStore } from '../../app/theme.ts';
import { useWords } from '../../ui/words.ts';
import { chartData, chartOptions } from './chart-options.ts';
import type { Trend } from './core/trend.ts';

interface Props {
  readonly trend: Trend;
  readonly points: readonly equipment.PointDescription[];
  readonly fromS: number;
  readonly toS: number;
}

const HEIGHT = 250;

export const TrendChart = ({ trend, points, fromS, toS }: Props) => {
  const { say, language } = useWords();
  const theme = useSyncExternalStore(themeStore.subscribe, themeStore.get);
  const place = useRef<HTMLDivElement>(null);
  const labels = useMemo(
    () => points.map((point) => (point.unit === null ? say(point.label) : `${say(point.label)} (${point.unit})`)),
    [points, say],
  ).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and language change colours and words that are read anew
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const options = chartOptions(trend, points, labels.split('\n'), [fromS, toS]);
    const chart = new uPlot(
      { ...options, width: element.clientWidth, height: HEIGHT },
      chartData(trend, points),
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [trend, points, labels, fromS, toS, theme, language]);
  return <div ref={place} className="trend-chart" data-testid="trend-chart" />;
};
