// Asks for the reason of a change to a gateway, and shows what the gateway says to it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { useCanAct } from '../../live/hooks.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { useWords } from '../../ui/words.ts';
import { configurationKey } from './use-gateway.ts';

interface Props {
  readonly gateway: string;
  readonly title: string;
  readonly confirm: string;
  readonly act: (reason: string) => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export const ReasonDialog = ({ gateway, title, confirm, act, onClose, children }: Props) => {
  const { t } = useWords();
  const queries = useQueryClient();
  const canAct = useCanAct();
  const [reason, setReason] = useState('');
  const send = useMutation({
    mutationFn: () => act(reason.trim()),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: configurationKey(gateway) }),
  });
  return (
    <ModalDialog title={title} onClose={onClose}>
      <div className="stack">
        {children}
        <ReasonField label={t('commission.reason')} testId="reason" value={reason} onChange={setReason} />
        <ProblemNote error={send.error} />
        <div className="row">
          <Button
            className="primary"
            data-testid="reason-confirm"
            isDisabled={!canAct || send.isPending || !isReason(reason)}
            onPress={() => send.mutate()}
          >
            {send.isPending ? t('commission.saving') : confirm}
          </Button>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
        </div>
      </div>
    </ModalDialog>
  );
};
