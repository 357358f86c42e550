// A work order in one line beside an alarm: number, state, who has it, the clock that runs.
import type { MouseEvent } from 'react';
import { Link } from 'react-router';
import { useLive } from '../../live/hooks.ts';
import { useWords } from '../../ui/words.ts';
import { presentClock } from './core/clocks.ts';
import { ClockText } from './order-clocks.tsx';

export const OrderBadge = ({ id }: { readonly id: string }) => {
  const { t } = useWords();
  const order = useLive((state) => state.workOrders.get(id));
  const name = order === undefined ? null : presentClock(order.clocks);
  return (
    <Link
      className="order-badge"
      to={`/work-orders/${encodeURIComponent(id)}`}
      onClick={(event: MouseEvent) => event.stopPropagation()}
      title={order === undefined ? id : `${order.number} · ${order.assignee ?? t('orders.unassigned')}`}
    >
      <span className="ellipsis">
        {order === undefined ? t('response.order') : order.number.replace(/^WO-\d{4}-0*/, 'WO ')}
      </span>
      {order !== undefined && (
        <span className="ellipsis">
          {t(`orderState.${order.state}`)} {order.assignee}
        </span>
      )}
      {order !== undefined && name !== null && <ClockText clock={order.clocks[name]} />}
    </Link>
  );
};
