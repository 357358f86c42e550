// The values of multi-register points decoded in every order of words and bytes, side by side, for a person to choose.
import type { commissioning } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { testRead } from '../../api/commissioning.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { type Device, draftOf } from './core/devices.ts';
import { bestOrder, implausible, type OrderRead, verdictOf } from './core/readings.ts';
import { ORDER_FIELD } from './core/schema-form.ts';
import { useReadingText } from './read-table.tsx';

interface Props {
  readonly gateway: string;
  readonly device: Device;
  readonly model: commissioning.ModelSummary;
  readonly points: commissioning.ModelPoints['points'];
  /** As the driver's schema offers them. */
  readonly orders: readonly string[];
  readonly onChoose: (order: string) => void;
}

export const OrderCheck = ({ gateway, device, model, points, orders, onChoose }: Props) => {
  const { t, say } = useWords();
  const textOf = useReadingText();
  const [reads, setReads] = useState<readonly OrderRead[]>([]);
  const { connection } = draftOf(device);
  const compare = useMutation({
    mutationFn: async () => {
      setReads([]);
      // One after the other: it is the same device.
      for (const order of orders) {
        const read = await testRead(gateway, { ...device, connection: { ...connection, [ORDER_FIELD]: order } });
        setReads((before) => [...before, { order, read }]);
        if (!read.online) break;
      }
    },
  });
  const judged = model.multiRegisterPoints;
  const used = connection[ORDER_FIELD] ?? model.wordOrder;
  const best = reads.length === orders.length ? bestOrder(reads, points, judged) : null;
  const rows = points.filter(({ point }) => judged.includes(point));
  return (
    <div className="stack commission-order">
      <h3>{t('commission.order')}</h3>
      <p className="muted">{t('commission.orderExplain')}</p>
      <div>
        <Button data-testid="compare-orders" isDisabled={compare.isPending} onPress={() => compare.mutate()}>
          {compare.isPending
            ? t('commission.ordersRead', { count: reads.length, all: orders.length })
            : t('commission.orderCheck')}
        </Button>
      </div>
      <ProblemNote error={compare.error} />
      {reads.length > 0 && (
        <div className="commission-scroll">
          <table className="commission-table" data-testid="orders">
            <thead>
              <tr>
                <th>{t('commission.point')}</th>
                {reads.map(({ order }) => (
                  <th key={order} className="number">
                    <b>{order}</b>
                    {order === model.wordOrder && <span> · {t('commission.orderOfModel')}</span>}
                    {order === best && <span data-testid="best-order"> · {t('commission.orderBest')}</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((point) => (
                <tr key={point.point}>
                  <td>{say(point.label)}</td>
                  {reads.map(({ order, read }) => {
                    const reading = read.readings.find((one) => one.point === point.point);
                    const odd = reading !== undefined && verdictOf(reading, point) === 'implausible';
                    return (
                      <td key={order} className={`number nowrap ${odd ? 'commission-odd' : ''}`}>
                        {textOf(reading, point)}
                      </td>
                    );
                  })}
                </tr>
              ))}
              <tr>
                <td />
                {reads.map(({ order, read }) => (
                  <td key={order} className="number">
                    <p className="muted">{t('commission.orderWrong', { count: implausible(read, points, judged) })}</p>
                    {order === used ? (
                      <b>{t('commission.orderUsed')}</b>
                    ) : (
                      <Button data-testid={`use-${order}`} onPress={() => onChoose(order)}>
                        {t('commission.orderUse', { order })}
                      </Button>
                    )}
                  </td>
                ))}
              </tr>
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};
