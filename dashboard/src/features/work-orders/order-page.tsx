// One work order, made for a phone in one hand: what, where, how long, the next step as a big button.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { fetchWorkOrder } from '../../api/plant.ts';
import { useLive } from '../../live/hooks.ts';
import { placeLine } from '../../ui/place.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { OrderClocks } from './order-clocks.tsx';
import { OrderSteps } from './order-steps.tsx';

export const OrderPage = () => {
  const { id = '' } = useParams();
  const { t, say, code, language } = useWords();
  const live = useLive((state) => state.workOrders.get(id));
  const { data, error, refetch } = useQuery({
    // A change of the order brings a new journal.
    queryKey: ['work-order', id, live?.updatedAt ?? 'closed', live?.state ?? ''],
    queryFn: () => fetchWorkOrder(id),
    placeholderData: (former) => (former?.id === id ? former : undefined),
  });
  if (data === undefined) return error === null ? <p>{t('common.loading')}</p> : <ProblemNote error={error} />;
  const order = { ...data, ...live };
  return (
    <article className="order-page stack">
      <Link to="/work-orders">‹ {t('orders.back')}</Link>
      <header className="panel stack order-head">
        <div className="order-card-head">
          <PriorityChip priority={order.priority} size={28} />
          <h1>{say(order.title)}</h1>
        </div>
        <p>
          <b className="tag">{t(`orderState.${order.state}`)}</b> {t(`orderKind.${order.kind}`)} · {order.number}
        </p>
        <p>
          <b>{placeLine(order.place)}</b> <span className="muted">{order.place.site}</span>
          {order.equipmentId !== null && (
            <>
              <br />
              <Link to={`/equipment/${encodeURIComponent(order.equipmentId)}`} data-testid="order-equipment">
                {order.equipmentName === null ? order.equipmentId : say(order.equipmentName)}
              </Link>
            </>
          )}
        </p>
        <p className="muted">
          {t('orders.assignee')}: <b>{order.assignee ?? t('orders.unassigned')}</b> · {t('orders.skill')}:{' '}
          {code('skill', order.skill)}
          <br />
          {t('orders.created')} {formatDateTime(Date.parse(order.createdAt))}{' '}
          {t('orders.createdBy', { name: code('author', order.createdBy) })}
        </p>
      </header>
      <OrderClocks clocks={order.clocks} />
      <OrderSteps id={order.id} steps={order.steps} onTaken={() => void refetch()} />
      {say(order.description) !== '' && <p className="panel lines">{say(order.description)}</p>}
      {order.checklist[language].length > 0 && (
        <section className="panel">
          <h2>{t('orders.checklist')}</h2>
          <ol className="checklist">
            {order.checklist[language].map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ol>
        </section>
      )}
      {order.alarmIds.length > 0 && (
        <section className="panel">
          <h2>{t('orders.alarms')}</h2>
          <ul className="journal">
            {order.alarmIds.map((alarmId) => (
              <li key={alarmId}>
                <AlarmLink id={alarmId} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel">
        <h2>{t('orders.journal')}</h2>
        <ul className="journal">
          {[...order.journal]
            .sort((a, b) => b.seq - a.seq)
            .map((entry) => (
              <li key={entry.seq}>
                <time className="muted">{formatDateTime(Date.parse(entry.at))}</time>{' '}
                <b>{t(`orderStep.${entry.step}`)}</b> {entry.actor} → {t(`orderState.${entry.to}`)}
                {entry.note !== null && entry.note !== '' && <p>{code('holdReason', entry.note)}</p>}
              </li>
            ))}
        </ul>
      </section>
    </article>
  );
};

const AlarmLink = ({ id }: { readonly id: string }) => {
  const { t, say } = useWords();
  const alarm = useLive((state) => state.alarms.get(id));
  return (
    <Link to={`/alarms?open=${encodeURIComponent(id)}`}>
      {alarm === undefined
        ? `${id} (${t('alarmState.NORM')})`
        : `${say(alarm.text)} (${t(`alarmState.${alarm.state}`)})`}
    </Link>
  );
};
