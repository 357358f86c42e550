// For admins: how other systems hear of alarms, whether that works, and what did not get through.
import './outward.css';
import { useQuery } from '@tanstack/react-query';
import { fetchOutward, fetchWebhooks } from '../../api/outward.ts';
import { useMay } from '../../app/session.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { NewWebhook } from './new-webhook.tsx';
import { WebhookRow } from './webhook-row.tsx';

const REFRESH_MS = 3_000;

export const OutwardPage = () => {
  const { t } = useWords();
  const may = useMay('outward:manage');
  if (!may) return <p>{t('problem.forbidden')}</p>;
  return (
    <div className="outward-page stack">
      <section className="panel stack">
        <h1>{t('outward.title')}</h1>
        <p className="muted">{t('outward.explain')}</p>
        <Channels />
      </section>
      <section className="panel stack">
        <h2>{t('outward.webhooks')}</h2>
        <Webhooks />
        <NewWebhook />
      </section>
    </div>
  );
};

const Channels = () => {
  const { t } = useWords();
  const { data, error } = useQuery({ queryKey: ['outward'], queryFn: fetchOutward, refetchInterval: REFRESH_MS });
  return (
    <>
      <ProblemNote error={error} />
      <dl className="outward-channels">
        {data?.items
          .filter(({ id }) => id !== 'webhook')
          .map(({ id, state, address, detail }) => (
            <div key={id} data-testid={`channel-${id}`}>
              <dt>{t(`outward.channel.${id}`)}</dt>
              <dd>
                <span className={`outward-state outward-${state}`}>{t(`outward.state.${state}`)}</span>
                {address !== null && <code>{address}</code>}
                {detail !== null && <span className="outward-fault">{detail}</span>}
              </dd>
            </div>
          ))}
      </dl>
    </>
  );
};

const Webhooks = () => {
  const { t } = useWords();
  const { data, error } = useQuery({ queryKey: ['webhooks'], queryFn: fetchWebhooks, refetchInterval: REFRESH_MS });
  if (error !== null) return <ProblemNote error={error} />;
  if (data === undefined) return <p className="muted">{t('common.loading')}</p>;
  if (data.items.length === 0) return <p className="muted">{t('outward.none')}</p>;
  return (
    <div className="outward-scroll">
      <table className="outward-table">
        <thead>
          <tr>
            <th>{t('outward.url')}</th>
            <th>{t('outward.tells')}</th>
            <th>{t('outward.delivered')}</th>
            <th className="number">{t('outward.waiting')}</th>
            <th className="number">{t('outward.failed')}</th>
            <th>{t('outward.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} />
          ))}
        </tbody>
      </table>
    </div>
  );
};
