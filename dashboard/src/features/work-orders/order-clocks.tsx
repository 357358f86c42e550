// The clocks of a work order, ticking in server time.
import './work-orders.css';
import type { workOrders } from '@louwei/server/contract';
import { useServerNow } from '../../live/hooks.ts';
import { formatDateTime, formatStopwatch } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { CLOCK_NAMES, isBreached, readClock } from './core/clocks.ts';

export const ClockText = ({ clock }: { readonly clock: workOrders.Clock }) => {
  const { t } = useWords();
  const reading = readClock(clock, useServerNow());
  return (
    <span className={`clock-text ${isBreached(reading) ? 'breached' : ''}`}>
      {t(`clock.${reading.kind}`, { age: formatStopwatch(reading.ms) })}
    </span>
  );
};

export const OrderClocks = ({ clocks }: { readonly clocks: workOrders.WorkOrder['clocks'] }) => {
  const { t } = useWords();
  return (
    <dl className="clocks">
      {CLOCK_NAMES.map((name) => (
        <div key={name} data-testid={`clock-${name}`}>
          <dt>{t(`clock.${name}`)}</dt>
          <dd>
            <ClockText clock={clocks[name]} />
            <span className="muted clock-due">
              {t('clock.due', { time: formatDateTime(Date.parse(clocks[name].dueAt)) })}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
};
