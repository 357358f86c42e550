// Floods of the last 30 days, each with its report.
import type { alarmHealth } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { fetchFloods } from '../../api/alarm-system.ts';
import { useLive } from '../../live/hooks.ts';
import { Age } from '../../ui/age.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';

export const FloodsPage = () => {
  const { t } = useWords();
  const open = useLive((state) => state.floods);
  const { data, error } = useQuery({
    // One that begins or ends brings a new list; one that grows is asked for from time to time.
    queryKey: ['alarm-floods', [...open.keys()].join()],
    queryFn: fetchFloods,
    refetchInterval: 10_000,
    placeholderData: (former) => former,
  });
  return (
    <>
      <p className="muted">{t('floods.explain')}</p>
      <ProblemNote error={error} />
      {data === undefined && error === null && <p>{t('common.loading')}</p>}
      {data?.items.length === 0 && <p className="panel">{t('floods.none')}</p>}
      {data?.items.map((flood) => (
        <FloodReport key={flood.id} flood={flood} />
      ))}
    </>
  );
};

const FloodReport = ({ flood }: { readonly flood: alarmHealth.FloodReport }) => {
  const { t, say, duration } = useWords();
  const startMs = Date.parse(flood.start);
  const missing = t(flood.end === null ? 'floods.noAckYet' : 'floods.noAck');
  const ackText = flood.firstAckS === null ? missing : duration(flood.firstAckS * 1000);
  return (
    <article className="panel stack flood" data-testid={`flood-${flood.id}`}>
      <h2>
        {formatDateTime(startMs)} – {flood.end === null ? t('floods.lasts') : formatDateTime(Date.parse(flood.end))}{' '}
        <span className="muted">{say(flood.positionName)}</span>
      </h2>
      <dl className="facts">
        <div>
          <dt>{t('floods.duration')}</dt>
          <dd>{flood.end === null ? <Age sinceMs={startMs} /> : duration(Date.parse(flood.end) - startMs)}</dd>
        </div>
        <div>
          <dt>{t('floods.alarms')}</dt>
          <dd>{flood.alarms}</dd>
        </div>
        <div>
          <dt>{t('floods.groups')}</dt>
          <dd>{flood.groups}</dd>
        </div>
        <div>
          <dt>{t('floods.peak')}</dt>
          <dd>{flood.peakPer10Min}</dd>
        </div>
        <div>
          <dt>{t('floods.firstAck')}</dt>
          <dd>{ackText}</dd>
        </div>
      </dl>
      <p>
        <span className="muted">{t('floods.firstOut')}:</span> {formatDateTime(Date.parse(flood.firstOut.at))}{' '}
        <Link to={`/equipment/${encodeURIComponent(flood.firstOut.equipmentId)}`}>
          {say(flood.firstOut.equipmentName)}
        </Link>{' '}
        <b>{say(flood.firstOut.text)}</b>
      </p>
      <details>
        <summary>{t('floods.top10')}</summary>
        <ol className="flood-top">
          {flood.top10.map((one) => (
            <li key={`${one.equipmentId}/${one.alarm}`}>
              <b>{one.count}</b> {say(one.equipmentName)} · {say(one.text)}
            </li>
          ))}
        </ol>
      </details>
    </article>
  );
};
