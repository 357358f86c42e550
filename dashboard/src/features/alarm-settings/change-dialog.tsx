// Changes numbers with a reason. What the server refuses is shown with its words; a long on-delay has to be confirmed.
import type { alarmSettings } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { changeSettings } from '../../api/alarm-settings.ts';
import { useCanAct } from '../../live/hooks.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { useWords } from '../../ui/words.ts';
import { type ChangeRequest, settingsKey } from './change-request.ts';
import { changedValues, isInvalid, slowDelays } from './core/draft.ts';
import { NumberField } from './number-field.tsx';

interface Props {
  readonly id: string;
  readonly settings: alarmSettings.AlarmSettings;
  readonly request: ChangeRequest;
  readonly onClose: () => void;
}

export const ChangeDialog = ({ id, settings, request, onClose }: Props) => {
  const { t } = useWords();
  const canAct = useCanAct();
  const queries = useQueryClient();
  // The version that was on the screen when the dialog opened: a change by somebody else in between is refused.
  const [version] = useState(settings.version);
  const [entries, setEntries] = useState(request.entries);
  const [reason, setReason] = useState('');
  const [confirmed, setConfirmed] = useState(false);
  const values = changedValues(request.fields, entries) ?? {};
  const slow = slowDelays(settings, values);
  const save = useMutation({
    mutationFn: () => changeSettings(id, { version, reason: reason.trim(), values, confirmed }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: settingsKey(id) }),
        queries.invalidateQueries({ queryKey: ['equipment', id] }),
      ]),
    onSuccess: onClose,
  });
  const invalid = request.fields.some((field) => isInvalid(field, entries[field.field] ?? ''));
  const ready =
    canAct &&
    !save.isPending &&
    !invalid &&
    Object.keys(values).length > 0 &&
    isReason(reason) &&
    (slow.length === 0 || confirmed);
  return (
    <ModalDialog title={request.title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        {request.fields.map((field) => (
          <NumberField
            key={field.field}
            field={field}
            text={entries[field.field] ?? ''}
            onChange={(text) => setEntries({ ...entries, [field.field]: text })}
          />
        ))}
        <ReasonField
          label={t('settings.reason')}
          hint={t('settings.reasonHint')}
          testId="settings-reason"
          rows={2}
          value={reason}
          onChange={setReason}
        />
        {slow.map(({ alarm, onDelayS }) => (
          <p key={alarm.alarm} className="problem" role="alert">
            {t('settings.slow', {
              delay: onDelayS,
              longest: alarm.longestOnDelayS,
              minutes: alarm.timeToRespondMin,
            })}
          </p>
        ))}
        {slow.length > 0 && (
          <label className="check">
            <input type="checkbox" checked={confirmed} onChange={(event) => setConfirmed(event.target.checked)} />
            {t('settings.confirmSlow')}
          </label>
        )}
        <ProblemNote error={save.error} />
        <div className="row">
          <Button type="submit" className="primary" data-testid="settings-save" isDisabled={!ready}>
            {t('common.save')}
          </Button>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
        </div>
      </form>
    </ModalDialog>
  );
};
