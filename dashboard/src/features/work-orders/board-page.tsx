// The board of work orders: columns by progress on a desk, one list on a phone.
import type { workOrders } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { Link } from 'react-router';
import { fetchClosedWorkOrders } from '../../api/plant.ts';
import { useMay, useSession } from '../../app/session.ts';
import { useLive } from '../../live/hooks.ts';
import { placeLine } from '../../ui/place.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { useWords } from '../../ui/words.ts';
import { presentClock } from './core/clocks.ts';
import { COLUMNS, columnOf, compareOrders } from './core/steps.ts';
import { ClockText } from './order-clocks.tsx';

export const BoardPage = () => {
  const { t } = useWords();
  const { person } = useSession();
  const mayCreate = useMay('work-order:dispatch');
  const open = useLive((state) => state.workOrders);
  const [mine, setMine] = useState(false);
  const closed = useQuery({ queryKey: ['closed-orders', open.size], queryFn: fetchClosedWorkOrders });
  const orders = useMemo(
    () => [...open.values()].filter((order) => !mine || order.assignee === person.username).sort(compareOrders),
    [open, mine, person.username],
  );
  return (
    <div className="stack board-page">
      <div className="row">
        <h1>{t('orders.title')}</h1>
        <ToggleButton isSelected={mine} onChange={setMine}>
          {t('orders.mine')}
        </ToggleButton>
        {mayCreate && (
          <Link className="button primary" to="/work-orders/new" data-testid="new-work-order">
            {t('orders.create')}
          </Link>
        )}
      </div>
      {orders.length === 0 && <p>{t('orders.empty')}</p>}
      <div className="board">
        {COLUMNS.map((column) => {
          const own = orders.filter((order) => columnOf(order.state) === column);
          return (
            <section key={column} className={`panel board-column ${own.length === 0 ? 'board-empty' : ''}`}>
              <h2>
                {t(`orders.${column}`)} <span className="muted">{own.length}</span>
              </h2>
              {own.map((order) => (
                <OrderCard key={order.id} order={order} />
              ))}
            </section>
          );
        })}
        <section className="panel board-column">
          <h2>{t('orders.closed')}</h2>
          {closed.data?.items.map((order) => (
            <OrderCard key={order.id} order={order} />
          ))}
        </section>
      </div>
    </div>
  );
};

export const OrderCard = ({ order }: { readonly order: workOrders.WorkOrder }) => {
  const { t, say } = useWords();
  const name = presentClock(order.clocks);
  return (
    <Link
      className="order-card"
      to={`/work-orders/${encodeURIComponent(order.id)}`}
      data-testid={`work-order-${order.id}`}
    >
      <span className="order-card-head">
        {order.state === 'CLOSED' || order.state === 'CANCELLED' ? (
          <span className="muted">{order.priority}</span>
        ) : (
          <PriorityChip priority={order.priority} size={20} />
        )}
        <b>{say(order.title)}</b>
      </span>
      <span className="muted">
        {order.number} · {placeLine(order.place)}
        {order.equipmentName !== null && ` › ${say(order.equipmentName)}`}
      </span>
      <span className="order-card-foot">
        <span>
          {t(`orderState.${order.state}`)} · {order.assignee ?? t('orders.unassigned')}
        </span>
        {name !== null && order.state !== 'CANCELLED' && (
          <span>
            {t(`clock.${name}`)} <ClockText clock={order.clocks[name]} />
          </span>
        )}
      </span>
    </Link>
  );
};
