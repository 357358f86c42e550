// Acknowledge with a comment, comment, reset a latched alarm, shelve for a limited time with a reason.
import type { alarms } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { acknowledgeAlarm, commentAlarm, resetAlarm, shelveAlarm, unshelveAlarm } from '../../api/plant.ts';
import { useMay } from '../../app/session.ts';
import { useCanAct } from '../../live/hooks.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { isUnacknowledged } from './core/order.ts';

/** Minutes on offer; the longest allowed for each priority comes last (contract: P1 30 min, P2 4 h, P3 8 h, P4 24 h). */
const SHELVE_MINUTES: Readonly<Record<number, readonly number[]>> = {
  1: [10, 30],
  2: [30, 60, 240],
  3: [60, 240, 480],
  4: [60, 480, 1440],
};

export const ResponseActions = ({ alarm }: { readonly alarm: alarms.Alarm }) => {
  const { t, duration } = useWords();
  const canAct = useCanAct();
  const may = {
    acknowledge: useMay('alarm:acknowledge'),
    comment: useMay('alarm:comment'),
    reset: useMay('alarm:reset'),
    shelve: useMay('alarm:shelve'),
  };
  const [text, setText] = useState('');
  const offers = SHELVE_MINUTES[alarm.priority] ?? [30];
  const [minutes, setMinutes] = useState(offers[0] ?? 10);
  const action = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: () => setText(''),
  });
  const run = (work: () => Promise<unknown>) => () => action.mutate(work);
  const blocked = !canAct || action.isPending;
  const words = text.trim();
  return (
    <section className="stack response-actions">
      {(may.acknowledge || may.comment) && (
        <Field label={`${t('response.comment')} / ${t('response.shelveReason')}`}>
          {(id) => <input id={id} value={text} maxLength={200} onChange={(event) => setText(event.target.value)} />}
        </Field>
      )}
      <div className="row">
        {may.acknowledge && isUnacknowledged(alarm) && (
          <Button
            className="primary"
            data-testid={`panel-ack-${alarm.id}`}
            isDisabled={blocked}
            onPress={run(() => acknowledgeAlarm(alarm.id, alarm.activationSeq, words))}
          >
            {t('alarms.acknowledgeFull')}
          </Button>
        )}
        {may.reset && alarm.state === 'LATAK' && (
          <Button isDisabled={blocked} onPress={run(() => resetAlarm(alarm.id))}>
            {t('response.reset')}
          </Button>
        )}
        {may.comment && (
          <Button isDisabled={blocked || words === ''} onPress={run(() => commentAlarm(alarm.id, words))}>
            {t('response.addComment')}
          </Button>
        )}
        {may.shelve && alarm.state === 'SHLVD' && (
          <Button isDisabled={blocked} onPress={run(() => unshelveAlarm(alarm.id))}>
            {t('response.unshelve')}
          </Button>
        )}
        {may.shelve && alarm.state !== 'SHLVD' && (
          <span className="shelve">
            <select
              aria-label={t('response.shelveMinutes')}
              value={minutes}
              onChange={(event) => setMinutes(Number(event.target.value))}
            >
              {offers.map((offer) => (
                <option key={offer} value={offer}>
                  {duration(offer * 60_000)}
                </option>
              ))}
            </select>
            <Button isDisabled={blocked || words === ''} onPress={run(() => shelveAlarm(alarm.id, minutes, words))}>
              {t('response.shelve')}
            </Button>
          </span>
        )}
      </div>
      <ProblemNote error={action.error} />
    </section>
  );
};
