// Asks for an own password as long as the present one was given by somebody else.
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from '../features/sign-in/password-form.tsx';
import { useSession } from './session.ts';

export const PasswordReminder = () => {
  const { t } = useTranslation();
  const { mustChangePassword } = useSession();
  const [open, setOpen] = useState(false);
  if (!mustChangePassword) return null;
  return (
    <div className="notice-bar" data-testid="password-reminder">
      <b>{t('passwordChange.reminder')}</b>
      <Button onPress={() => setOpen(true)} data-testid="change-password">
        {t('passwordChange.open')}
      </Button>
      {open && <PasswordForm onClose={() => setOpen(false)} />}
    </div>
  );
};
