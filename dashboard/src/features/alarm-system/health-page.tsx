// Figures of one operating position against their targets, the alarms over time, the worst alarms and what would help.
import type { alarmHealth } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { fetchAlarmHealth } from '../../api/alarm-system.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { TrendChart } from '../equipment/trend-chart.tsx';
import { BadActors } from './bad-actors.tsx';
import { countPoint, countTrend } from './core/figures.ts';
import { FigureTable } from './figure-table.tsx';
import { Proposals } from './proposals.tsx';

const DAY_MS = 86_400_000;
const WINDOWS = [
  { key: '1d', days: 1 },
  { key: '7d', days: 7 },
  { key: '30d', days: 30 },
  { key: '90d', days: 90 },
] as const;
const CONTROL_ROOM = 'control-room';
/** Figures of days do not change from second to second. */
const REFRESH_MS = 60_000;

export const HealthPage = () => {
  const { t, say } = useWords();
  const [position, setPosition] = useState(CONTROL_ROOM);
  const [days, setDays] = useState(30);
  const { data, error } = useQuery({
    queryKey: ['alarm-health', position, days],
    queryFn: () => fetchAlarmHealth(position, Date.now() - days * DAY_MS),
    refetchInterval: REFRESH_MS,
    placeholderData: (former) => former,
  });
  return (
    <>
      <div className="row health-tools">
        <fieldset className="row" aria-label={t('health.windowLabel')}>
          {WINDOWS.map((window) => (
            <ToggleButton key={window.key} isSelected={window.days === days} onChange={() => setDays(window.days)}>
              {t(`health.window.${window.key}`)}
            </ToggleButton>
          ))}
        </fieldset>
        {data !== undefined && data.positions.length > 1 && (
          <select
            aria-label={t('health.position')}
            value={position}
            onChange={(event) => setPosition(event.target.value)}
          >
            {data.positions.map((one) => (
              <option key={one.id} value={one.id}>
                {say(one.name)}
              </option>
            ))}
          </select>
        )}
        {data !== undefined && (
          <span className="muted">
            {t('health.counted', { annunciated: data.annunciated, notAnnunciated: data.notAnnunciated })}
          </span>
        )}
      </div>
      <ProblemNote error={error} />
      {data === undefined ? error === null && <p>{t('common.loading')}</p> : <HealthReport health={data} />}
    </>
  );
};

const HealthReport = ({ health }: { readonly health: alarmHealth.AlarmHealth }) => {
  const { t } = useTranslation();
  return (
    <div className="health-grid">
      <FigureTable figures={health.figures} />
      <div className="stack">
        <Series health={health} />
        <BadActors title={t('health.top10')} actors={health.top10} />
        {health.others.length > 0 && <BadActors title={t('health.others')} actors={health.others} />}
        <Proposals proposals={health.proposals} />
      </div>
    </div>
  );
};

const Series = ({ health: { series, from, to } }: { readonly health: alarmHealth.AlarmHealth }) => {
  const { t } = useTranslation();
  const label = t(`health.per.${series.stepS}` as 'health.per.600');
  const trend = useMemo(() => countTrend(series, Date.parse(from)), [series, from]);
  const points = useMemo(() => [countPoint({ zh: label, en: label }, series.stepS)], [label, series.stepS]);
  return (
    <section className="panel">
      <div className="row">
        <h2>{t('health.series')}</h2>
        <span className="muted">
          {formatDateTime(Date.parse(from)).slice(0, 16)} – {formatDateTime(Date.parse(to)).slice(0, 16)}
        </span>
      </div>
      <TrendChart trend={trend} points={points} fromS={Date.parse(from) / 1000} toS={Date.parse(to) / 1000} />
    </section>
  );
};
