// Shelved alarms, the next to come back first.
import type { alarms } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { unshelveAlarm } from '../../api/plant.ts';
import { useMay } from '../../app/session.ts';
import { useCanAct, useServerNow } from '../../live/hooks.ts';
import { formatRecent, formatStopwatch } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { RefusalNote } from '../alarms/refusal-note.tsx';
import { useShelved } from './aside.ts';
import { ListFrame } from './list-frame.tsx';
import { ListRow } from './list-row.tsx';
import { useStill } from './use-still.ts';

const idOf = ({ id }: alarms.Alarm): string => id;

export const ShelvedPage = () => {
  const { t } = useWords();
  const may = useMay('alarm:shelve');
  const canAct = useCanAct();
  const { items, count } = useShelved();
  const { rows, hand } = useStill(items, idOf);
  const unshelve = useMutation({ mutationFn: unshelveAlarm });
  return (
    <ListFrame>
      <p className="muted">{t('lists.explainShelved')}</p>
      <RefusalNote error={unshelve.error} />
      {count === null && <p>{t('common.loading')}</p>}
      {rows.length === 0 && count !== null && <p className="panel">{t('lists.noneShelved')}</p>}
      <ul className="alarm-list" data-testid="list-shelved" {...hand}>
        {rows.map(({ item, gone }) => (
          <ListRow
            key={item.id}
            testId={`shelved-${item.id}`}
            priority={item.priority}
            text={item.text}
            equipmentId={item.equipmentId}
            alarmId={item.id}
            gone={gone}
            facts={[
              [t('lists.until'), <Until key="until" alarm={item} />],
              [t('lists.by'), item.shelvedBy ?? '–'],
              [t('lists.reason'), item.shelvedReason ?? '–'],
              [t('lists.condition'), t(item.active ? 'lists.holds' : 'lists.normal')],
            ]}
          >
            {may && (
              <Button isDisabled={!canAct || unshelve.isPending} onPress={() => unshelve.mutate(item.id)}>
                {t('response.unshelve')}
              </Button>
            )}
          </ListRow>
        ))}
      </ul>
    </ListFrame>
  );
};

const Until = ({ alarm: { shelvedUntil, shelvedOneShot } }: { readonly alarm: alarms.Alarm }) => {
  const { t } = useWords();
  const now = useServerNow();
  if (shelvedUntil === null) return '–';
  const untilMs = Date.parse(shelvedUntil);
  return (
    <>
      <b className="nowrap">{formatRecent(untilMs, now)}</b>{' '}
      <span className="muted nowrap">{t('lists.left', { age: formatStopwatch(Math.max(0, untilMs - now)) })}</span>
      {shelvedOneShot === true && <span className="muted"> {t('lists.oneShot')}</span>}
    </>
  );
};
