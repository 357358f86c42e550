// Every verb of one alarm, as far as the person may and the alarm allows, and the reason where it does not.
import type { alarms } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { returnToService } from '../../api/alarm-lists.ts';
import { acknowledgeAlarm, commentAlarm, resetAlarm, unshelveAlarm } from '../../api/plant.ts';
import { useMay } from '../../app/session.ts';
import { useCanAct } from '../../live/hooks.ts';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../ui/words.ts';
import { type Guidance, offersOf } from './core/offers.ts';
import { RefusalNote } from './refusal-note.tsx';
import { OUT_OF_SERVICE_KEY, ServiceDialog } from './service-dialog.tsx';
import { ShelveDialog } from './shelve-dialog.tsx';
import { useSilence } from './silence.ts';

export type Task = 'shelve' | 'service' | null;

interface Props {
  readonly alarm: alarms.Alarm;
  readonly guidance: Guidance | undefined;
  readonly task: Task;
  readonly setTask: (task: Task) => void;
}

export const ResponseActions = ({ alarm, guidance, task, setTask }: Props) => {
  const { t } = useWords();
  const queries = useQueryClient();
  const canAct = useCanAct();
  const silence = useSilence();
  const may = {
    acknowledge: useMay('alarm:acknowledge'),
    silence: useMay('alarm:silence'),
    comment: useMay('alarm:comment'),
    reset: useMay('alarm:reset'),
    shelve: useMay('alarm:shelve'),
    service: useMay('alarm:out-of-service'),
  };
  const [text, setText] = useState('');
  /** Activation that was silenced from here. */
  const [silenced, setSilenced] = useState<number | null>(null);
  const action = useMutation({ mutationFn: (work: () => Promise<unknown>) => work() });
  const words = text.trim();
  const offers = offersOf(alarm, guidance);
  const takeText = (work: Promise<unknown>): Promise<unknown> => work.then(() => setText(''));
  const button = (
    name: string,
    label: ReactNode,
    work: () => Promise<unknown>,
    { isPrimary = false, isOff = false }: { readonly isPrimary?: boolean; readonly isOff?: boolean } = {},
  ) => (
    <Button
      {...(isPrimary ? { className: 'primary' } : {})}
      data-testid={`panel-${name}-${alarm.id}`}
      isDisabled={!canAct || action.isPending || isOff}
      onPress={() => action.mutate(work)}
    >
      {label}
    </Button>
  );
  const opens = (name: Task & string, label: string, isOff = false) => (
    <Button data-testid={`panel-${name}-${alarm.id}`} isDisabled={!canAct || isOff} onPress={() => setTask(name)}>
      {label}
    </Button>
  );
  return (
    <section className="stack response-actions">
      {may.comment && (
        <Field label={t('verb.comment')} {...(offers.acknowledge ? { hint: t('verb.commentHint') } : {})}>
          {(id) => <input id={id} value={text} maxLength={500} onChange={(event) => setText(event.target.value)} />}
        </Field>
      )}
      <div className="row">
        {may.acknowledge &&
          offers.acknowledge &&
          button(
            'ack',
            t('alarms.acknowledgeFull'),
            () => takeText(acknowledgeAlarm(alarm.id, alarm.activationSeq, words)),
            { isPrimary: true },
          )}
        {may.silence &&
          offers.silence &&
          button(
            'silence',
            t(silenced === alarm.activationSeq ? 'verb.silenced' : 'verb.silence'),
            () => silence.one(alarm).then(() => setSilenced(alarm.activationSeq)),
            { isOff: silenced === alarm.activationSeq },
          )}
        {may.comment &&
          button('comment', t('response.addComment'), () => takeText(commentAlarm(alarm.id, words)), {
            isOff: words === '',
          })}
        {may.reset &&
          offers.reset !== 'hidden' &&
          button('reset', t('verb.reset'), () => resetAlarm(alarm.id), { isOff: offers.reset !== 'possible' })}
        {may.shelve && offers.unshelve && button('unshelve', t('response.unshelve'), () => unshelveAlarm(alarm.id))}
        {may.shelve &&
          opens('shelve', t(offers.unshelve ? 'verb.prolong' : 'verb.shelve'), offers.shelve !== 'possible')}
        {may.service && offers.takeOutOfService && opens('service', t('verb.outOfService'))}
        {may.service &&
          offers.returnToService &&
          button('return', t('verb.returnToService'), () =>
            returnToService(alarm).then(() => queries.invalidateQueries({ queryKey: OUT_OF_SERVICE_KEY })),
          )}
      </div>
      {may.reset && (offers.reset === 'conditionPresent' || offers.reset === 'notAcknowledged') && (
        <p className="muted verb-reason">{t(`verb.notReset.${offers.reset}`)}</p>
      )}
      {may.shelve && offers.shelve !== 'possible' && (
        <p className="muted verb-reason">{t(`verb.notShelve.${offers.shelve}`)}</p>
      )}
      <RefusalNote error={action.error} />
      {task === 'shelve' && may.shelve && offers.shelve === 'possible' && (
        <ShelveDialog alarm={alarm} onClose={() => setTask(null)} />
      )}
      {task === 'service' && may.service && <ServiceDialog alarm={alarm} onClose={() => setTask(null)} />}
    </section>
  );
};
