// Out of service: why, under which work order or permit, and when somebody looks at it again.
import type { alarms } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { takeOutOfService } from '../../api/alarm-lists.ts';
import { useCanAct, useLive, useServerNow } from '../../live/hooks.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { formatDate } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { RefusalNote } from './refusal-note.tsx';

const DAY_MS = 86_400_000;
/** The server allows 90 days; the review is at the end of its day. */
const LATEST_DAYS = 89;
const USUAL_DAYS = 7;
export const OUT_OF_SERVICE_KEY = ['alarms-out-of-service'] as const;

export const ServiceDialog = ({ alarm, onClose }: { readonly alarm: alarms.Alarm; readonly onClose: () => void }) => {
  const { t, say } = useWords();
  const queries = useQueryClient();
  const canAct = useCanAct();
  const nowMs = useServerNow();
  const order = useLive((state) => state.workOrders.get(alarm.workOrderId ?? ''));
  const [entry, setEntry] = useState({
    reason: '',
    reference: order?.number ?? '',
    review: formatDate(nowMs + USUAL_DAYS * DAY_MS),
  });
  const change = (field: keyof typeof entry) => (event: { target: { value: string } }) =>
    setEntry({ ...entry, [field]: event.target.value });
  const take = useMutation({
    mutationFn: () =>
      takeOutOfService(alarm, {
        reason: entry.reason.trim(),
        reference: entry.reference.trim(),
        reviewAt: new Date(`${entry.review}T23:59:59`).toISOString(),
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: OUT_OF_SERVICE_KEY });
      onClose();
    },
  });
  const isComplete = isReason(entry.reason) && entry.reference.trim() !== '' && entry.review !== '';
  return (
    <ModalDialog title={t('serviceDialog.title')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (canAct && isComplete) take.mutate();
        }}
      >
        <b>{say(alarm.text)}</b>
        <p className="muted">{t('serviceDialog.explain')}</p>
        <ReasonField
          label={t('serviceDialog.reason')}
          testId="service-reason"
          longest={200}
          value={entry.reason}
          onChange={(reason) => setEntry({ ...entry, reason })}
        />
        <Field label={t('serviceDialog.reference')}>
          {(id) => (
            <input
              id={id}
              data-testid="service-reference"
              required
              maxLength={64}
              value={entry.reference}
              onChange={change('reference')}
            />
          )}
        </Field>
        <Field label={t('serviceDialog.review')} hint={t('serviceDialog.reviewHint')}>
          {(id) => (
            <input
              id={id}
              type="date"
              required
              min={formatDate(nowMs)}
              max={formatDate(nowMs + LATEST_DAYS * DAY_MS)}
              value={entry.review}
              onChange={change('review')}
            />
          )}
        </Field>
        <RefusalNote error={take.error} />
        <div className="row">
          <Button
            type="submit"
            className="primary"
            data-testid="service-submit"
            isDisabled={!canAct || take.isPending || !isComplete}
          >
            {t('serviceDialog.submit')}
          </Button>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
        </div>
      </form>
    </ModalDialog>
  );
};
