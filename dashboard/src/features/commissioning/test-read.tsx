// Step 3: the gateway reads the device once, as it is entered, and a person judges the values.
import type { commissioning } from '@louwei/server/contract';
import type { UseMutationResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { fetchModelPoints } from '../../api/commissioning.ts';
import { useCanAct } from '../../live/hooks.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import type { Device } from './core/devices.ts';
import { readFaultOf } from './core/read-fault.ts';
import { OrderCheck } from './order-check.tsx';
import { ReadTable } from './read-table.tsx';

export interface DoneRead {
  readonly device: Device;
  readonly read: commissioning.TestRead;
}

interface Props {
  readonly gateway: string;
  readonly device: Device;
  readonly model: commissioning.ModelSummary;
  /** Empty: the driver takes no order, or nothing depends on it. */
  readonly orders: readonly string[];
  readonly isComplete: boolean;
  /** Labels of what has to be entered before it can be read. */
  readonly missing: readonly string[];
  /** Whether the last reading is of the entry as it is now. */
  readonly isCurrent: boolean;
  readonly test: UseMutationResult<DoneRead, Error, Device>;
  readonly onOrder: (order: string) => void;
}

export const TestRead = ({ gateway, device, model, orders, isComplete, missing, isCurrent, test, onOrder }: Props) => {
  const { t } = useWords();
  const canAct = useCanAct();
  const { data } = useQuery({
    queryKey: ['model-points', model.model],
    queryFn: () => fetchModelPoints(model.model),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const points = data?.points ?? [];
  const read = test.data?.read;
  const fault = readFaultOf(read?.reason ?? '');
  const good = read?.readings.filter(({ quality }) => quality === 'good').length ?? 0;
  return (
    <div className="stack">
      <div className="row">
        <Button
          className="primary"
          data-testid="test-read"
          isDisabled={!canAct || !isComplete || test.isPending}
          onPress={() => test.mutate(device)}
        >
          {t(test.isPending ? 'commission.reading' : 'commission.read')}
        </Button>
        <span className="muted">{read === undefined ? t('commission.readFirst') : read.connection}</span>
      </div>
      {missing.length > 0 && (
        <p className="muted">{t('commission.missing', { fields: missing.join(t('command.comma')) })}</p>
      )}
      <ProblemNote error={test.error} />
      {read !== undefined && (
        <>
          {read.online ? (
            <p role="status" data-testid="read-ok">
              {t('commission.readOk', { ms: Math.round(read.durationMs), good, all: read.readings.length })}
            </p>
          ) : (
            <p className="problem" role="alert" data-testid="read-failed">
              {t(`commission.readFault.${fault}.what`)} {t(`commission.readFault.${fault}.check`)}
              {read.reason !== null && <span className="muted commission-words">{read.reason}</span>}
            </p>
          )}
          {!isCurrent && <p className="muted">{t('commission.readOld')}</p>}
          {read.online && <ReadTable read={read} points={points} />}
        </>
      )}
      {read?.online === true && orders.length > 0 && (
        <OrderCheck
          gateway={gateway}
          device={device}
          model={model}
          points={points}
          orders={orders}
          onChoose={onOrder}
        />
      )}
    </div>
  );
};
