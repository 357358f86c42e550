// One webhook: what it tells, how it goes, and what can be done about it.
import type { outward } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { enableWebhook, removeWebhook, retryWebhook, testWebhook } from '../../api/outward.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { choiceOf } from './filter.ts';

const useFilterWords = ({ priorities, sites, classes, events }: outward.WebhookFilter): string => {
  const { t } = useWords();
  const choice = choiceOf(events);
  const parts = [
    choice === undefined ? events.join(', ') : t(`outward.eventChoice.${choice}`),
    priorities.map((priority) => `P${priority}`).join(' '),
    sites.join(', '),
    classes.join(', '),
  ];
  return parts.filter((part) => part !== '').join(' · ');
};

export const WebhookRow = ({ webhook }: { readonly webhook: outward.Webhook }) => {
  const { t } = useWords();
  const queries = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const again = () => queries.invalidateQueries({ queryKey: ['webhooks'] });
  const { id, url, enabled, failed, waiting, lastError, deliveredAt } = webhook;
  const test = useMutation({ mutationFn: () => testWebhook(id), onSettled: again });
  const act = useMutation({ mutationFn: (work: () => Promise<unknown>) => work(), onSettled: again });
  const tells = useFilterWords(webhook.filter);
  return (
    <tr data-testid="webhook">
      <td className="outward-url">
        <code>{url}</code>
        {!enabled && <span className="muted"> {t('outward.disabled')}</span>}
        {lastError !== null && (
          <p className="outward-fault" data-testid="webhook-error">
            {t('outward.lastError')}: {lastError}
          </p>
        )}
        {test.data !== undefined && (
          <p role="status" data-testid="webhook-test-result" className={test.data.ok ? 'muted' : 'outward-fault'}>
            {test.data.ok ? t('outward.testOk') : t('outward.testFailed', { detail: test.data.detail })}
          </p>
        )}
        <ProblemNote error={act.error ?? test.error} />
      </td>
      <td>{tells}</td>
      <td className="nowrap">{deliveredAt === null ? t('outward.never') : formatDateTime(Date.parse(deliveredAt))}</td>
      <td className="number">{waiting}</td>
      <td className="number">{failed}</td>
      <td>
        <div className="outward-actions">
          <Button data-testid="webhook-test" isDisabled={test.isPending} onPress={() => test.mutate()}>
            {t('outward.test')}
          </Button>
          <Button onPress={() => act.mutate(() => enableWebhook(id, !enabled))}>
            {t(enabled ? 'outward.disable' : 'outward.enable')}
          </Button>
          {failed > 0 && (
            <Button onPress={() => act.mutate(() => retryWebhook(id))}>{t('outward.retry', { count: failed })}</Button>
          )}
          <Button data-testid="webhook-remove" onPress={() => setRemoving(true)}>
            {t('outward.remove')}
          </Button>
        </div>
        {removing && (
          <ModalDialog title={t('outward.remove')} onClose={() => setRemoving(false)}>
            <p>
              <code>{url}</code>
            </p>
            <p>{t('outward.confirmRemove', { count: waiting })}</p>
            <p className="outward-actions">
              <Button
                className="primary"
                data-testid="webhook-remove-now"
                onPress={() => {
                  setRemoving(false);
                  act.mutate(() => removeWebhook(id));
                }}
              >
                {t('outward.remove')}
              </Button>
              <Button onPress={() => setRemoving(false)}>{t('common.cancel')}</Button>
            </p>
          </ModalDialog>
        )}
      </td>
    </tr>
  );
};
