// Change of one's own password.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { changePassword } from '../../api/session.ts';
import { SESSION_KEY } from '../../app/session.ts';
import { ModalDialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';

const MIN_LENGTH = 8;
const EMPTY = { current: '', next: '', repeat: '' };
const FIELDS = [
  { key: 'current', autoComplete: 'current-password' },
  { key: 'next', autoComplete: 'new-password' },
  { key: 'repeat', autoComplete: 'new-password' },
] as const;

export const PasswordForm = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [entry, setEntry] = useState(EMPTY);
  const change = useMutation({
    mutationFn: () => changePassword(entry.current, entry.next),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: SESSION_KEY });
      onClose();
    },
  });
  const fault =
    entry.next !== '' && entry.next.length < MIN_LENGTH
      ? t('passwordChange.tooShort')
      : entry.repeat !== '' && entry.next !== entry.repeat
        ? t('passwordChange.mismatch')
        : '';
  const complete = entry.current !== '' && entry.next !== '' && entry.repeat !== '' && fault === '';
  return (
    <ModalDialog title={t('passwordChange.title')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) change.mutate();
        }}
      >
        {FIELDS.map(({ key, autoComplete }) => (
          <Field
            key={key}
            label={t(`passwordChange.${key}`)}
            {...(key === 'next' ? { hint: t('passwordChange.rule') } : {})}
          >
            {(id) => (
              <input
                id={id}
                type="password"
                data-testid={`password-${key}`}
                autoComplete={autoComplete}
                value={entry[key]}
                onChange={(event) => setEntry({ ...entry, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
        {fault !== '' && <p role="alert">{fault}</p>}
        <ProblemNote error={change.error} />
        <div className="row">
          <Button
            type="submit"
            className="primary"
            data-testid="password-save"
            isDisabled={!complete || change.isPending}
          >
            {t('passwordChange.submit')}
          </Button>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
        </div>
      </form>
    </ModalDialog>
  );
};
