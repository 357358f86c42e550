// Shelving: for how long at most, whether only this time, and why.
import type { alarms } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { shelveAlarm } from '../../api/plant.ts';
import { useCanAct } from '../../live/hooks.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { useWords } from '../../ui/words.ts';
import { shelveMinutes } from './core/offers.ts';
import { RefusalNote } from './refusal-note.tsx';

const REASONS = ['repair', 'sensor', 'nuisance', 'test'] as const;

export const ShelveDialog = ({ alarm, onClose }: { readonly alarm: alarms.Alarm; readonly onClose: () => void }) => {
  const { t, say } = useWords();
  const span = (count: number): string =>
    count < 60 ? t('shelveDialog.minutes', { count }) : t('shelveDialog.hours', { count: count / 60 });
  const canAct = useCanAct();
  const choices = shelveMinutes(alarm.priority);
  const [minutes, setMinutes] = useState(choices[0] ?? 10);
  const [oneShot, setOneShot] = useState(false);
  const [reason, setReason] = useState('');
  const shelve = useMutation({
    mutationFn: () => shelveAlarm(alarm.id, minutes, reason.trim(), oneShot && alarm.active),
    onSuccess: onClose,
  });
  return (
    <ModalDialog title={t('shelveDialog.title')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (canAct && isReason(reason)) shelve.mutate();
        }}
      >
        <b>{say(alarm.text)}</b>
        <p className="muted">{t('shelveDialog.explain')}</p>
        <Field
          label={t('shelveDialog.duration')}
          hint={t('shelveDialog.max', { priority: alarm.priority, age: span(choices.at(-1) ?? 0) })}
        >
          {(id) => (
            <select id={id} value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
              {choices.map((choice) => (
                <option key={choice} value={choice}>
                  {span(choice)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <label className="check">
          <input
            type="checkbox"
            data-testid="shelve-one-shot"
            checked={oneShot && alarm.active}
            disabled={!alarm.active}
            onChange={(event) => setOneShot(event.target.checked)}
          />
          {t(alarm.active ? 'shelveDialog.oneShot' : 'shelveDialog.oneShotGone')}
        </label>
        <ReasonField
          label={t('shelveDialog.reason')}
          testId="shelve-reason"
          longest={200}
          usual={REASONS.map((key) => t(`shelveDialog.reasons.${key}`))}
          value={reason}
          onChange={setReason}
        />
        <RefusalNote error={shelve.error} />
        <div className="row">
          <Button
            type="submit"
            className="primary"
            data-testid="shelve-submit"
            isDisabled={!canAct || shelve.isPending || !isReason(reason)}
          >
            {t('shelveDialog.submit')}
          </Button>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
        </div>
      </form>
    </ModalDialog>
  );
};
