// The signed-in person: change the password, sign out.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { signOut } from '../api/session.ts';
import { PasswordForm } from '../features/sign-in/password-form.tsx';
import { SESSION_KEY, useSession } from './session.ts';

export const PersonMenu = () => {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { person } = useSession();
  const [changing, setChanging] = useState(false);
  const leave = async (): Promise<void> => {
    await signOut().catch(() => undefined);
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
    await queries.invalidateQueries({ queryKey: SESSION_KEY });
  };
  return (
    <>
      <MenuTrigger>
        <Button data-testid="person-menu">{person.name || person.username} ▾</Button>
        <Popover className="menu">
          <Menu onAction={(key) => (key === 'leave' ? void leave() : setChanging(true))}>
            <MenuItem id="password">{t('passwordChange.open')}</MenuItem>
            <MenuItem id="leave" data-testid="sign-out">
              {t('signIn.signOut')}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {changing && <PasswordForm onClose={() => setChanging(false)} />}
    </>
  );
};
