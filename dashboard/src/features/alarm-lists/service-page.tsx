// Alarms out of service, the next review first; overdue reviews are counted.
import type { alarms } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { returnToService } from '../../api/alarm-lists.ts';
import { useMay } from '../../app/session.ts';
import { useCanAct, useServerNow } from '../../live/hooks.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDate } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { RefusalNote } from '../alarms/refusal-note.tsx';
import { OUT_OF_SERVICE_KEY } from '../alarms/service-dialog.tsx';
import { useOutOfService } from './aside.ts';
import { ListFrame } from './list-frame.tsx';
import { ListRow } from './list-row.tsx';
import { useStill } from './use-still.ts';

type Out = alarms.OutOfService;

const keyOf = ({ equipmentId, alarm }: Out): string => `${equipmentId}/${alarm}`;

export const ServicePage = () => {
  const { t } = useWords();
  const queries = useQueryClient();
  const may = useMay('alarm:out-of-service');
  const canAct = useCanAct();
  const { items, count, error } = useOutOfService();
  const { rows, hand } = useStill(items, keyOf);
  const back = useMutation({
    mutationFn: returnToService,
    onSuccess: () => queries.invalidateQueries({ queryKey: OUT_OF_SERVICE_KEY }),
  });
  const overdue = items.filter((item) => item.overdue).length;
  return (
    <ListFrame>
      <p className="muted">{t('lists.explainOut')}</p>
      {overdue > 0 && <b data-testid="overdue-reviews">{t('lists.overdue', { count: overdue })}</b>}
      <ProblemNote error={error} />
      <RefusalNote error={back.error} />
      {count === null && error === null && <p>{t('common.loading')}</p>}
      {rows.length === 0 && count !== null && <p className="panel">{t('lists.noneOut')}</p>}
      <ul className="alarm-list" data-testid="list-out-of-service" {...hand}>
        {rows.map(({ item, gone }) => (
          <ListRow
            key={keyOf(item)}
            testId={`out-${keyOf(item)}`}
            priority={item.priority}
            text={item.text}
            equipmentId={item.equipmentId}
            alarmId={item.alarmId}
            gone={gone}
            facts={[
              [t('lists.review'), <Review key="review" item={item} />],
              [t('lists.reference'), item.reference],
              [t('lists.by'), item.by],
              [t('lists.reason'), item.reason],
            ]}
          >
            {may && (
              <Button isDisabled={!canAct || back.isPending} onPress={() => back.mutate(item)}>
                {t('verb.returnToService')}
              </Button>
            )}
          </ListRow>
        ))}
      </ul>
    </ListFrame>
  );
};

const Review = ({ item }: { readonly item: Out }) => {
  const { t, duration } = useWords();
  const now = useServerNow();
  const reviewMs = Date.parse(item.reviewAt);
  if (!item.overdue) return <b>{formatDate(reviewMs)}</b>;
  return <b className="overdue">{t('lists.reviewOverdue', { age: duration(now - reviewMs) })}</b>;
};
