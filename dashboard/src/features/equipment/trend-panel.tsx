// The trend of the chosen points with its time span. Refreshes itself while the page is live.
import type { equipment } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { fetchHistory } from '../../api/plant.ts';
import { clockStore } from '../../live/clock.ts';
import { useCanAct } from '../../live/hooks.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { toTrend } from './core/trend.ts';
import { TrendChart } from './trend-chart.tsx';

const HOUR_MS = 3_600_000;
const WINDOWS = [
  { key: '1h', ms: HOUR_MS, refreshMs: 10_000 },
  { key: '24h', ms: 24 * HOUR_MS, refreshMs: 60_000 },
  { key: '7d', ms: 168 * HOUR_MS, refreshMs: 300_000 },
] as const;

interface Props {
  readonly id: string;
  readonly points: readonly equipment.PointDescription[];
}

export const TrendPanel = ({ id, points }: Props) => {
  const { t } = useWords();
  const [windowKey, setWindowKey] = useState<(typeof WINDOWS)[number]['key']>('1h');
  const span = WINDOWS.find(({ key }) => key === windowKey) ?? WINDOWS[0];
  const names = points.map((point) => point.point);
  const isLive = useCanAct();
  const { data, error } = useQuery({
    queryKey: ['history', id, names.join(), windowKey],
    queryFn: () => {
      const nowMs = clockStore.get().serverNowMs;
      return fetchHistory(id, names, nowMs - span.ms, nowMs);
    },
    enabled: names.length > 0,
    refetchInterval: isLive ? span.refreshMs : false,
    placeholderData: (former) => former,
  });
  const trend = useMemo(
    () => (data === undefined ? null : toTrend(data, new Map(points.map((p) => [p.point, p.expectEveryS])))),
    [data, points],
  );
  return (
    <section className="panel trend">
      <div className="row">
        <h2>{t('equipment.trend')}</h2>
        {WINDOWS.map(({ key }) => (
          <ToggleButton key={key} isSelected={key === windowKey} onChange={() => setWindowKey(key)}>
            {t(`equipment.window.${key}`)}
          </ToggleButton>
        ))}
        <span className="muted trend-note">
          {names.length === 0
            ? t('equipment.trendHint')
            : trend !== null &&
              trend.goodShare !== null &&
              t('equipment.share', { share: Math.floor(trend.goodShare * 1000) / 10 })}
        </span>
      </div>
      <ProblemNote error={error} />
      {trend !== null &&
        data !== undefined &&
        names.length > 0 &&
        (trend.timesS.length === 0 ? (
          <p className="muted">{t('equipment.noHistory')}</p>
        ) : (
          <TrendChart
            trend={trend}
            points={points}
            fromS={Date.parse(data.from) / 1000}
            toS={Date.parse(data.to) / 1000}
          />
        ))}
    </section>
  );
};
