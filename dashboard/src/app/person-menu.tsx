// The signed-in person: change the password, sign out; for those who set up, the way to gateways and settings.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { signOut } from '../api/session.ts';
import { PasswordForm } from '../features/sign-in/password-form.tsx';
import { SESSION_KEY, useMay, useSession } from './session.ts';

export const PersonMenu = () => {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { person } = useSession();
  const mayConnect = useMay('outward:manage');
  const mayCommission = useMay('gateway:manage');
  const go = useNavigate();
  const [changing, setChanging] = useState(false);
  const leave = async (): Promise<void> => {
    await signOut().catch(() => undefined);
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
    await queries.invalidateQueries({ queryKey: SESSION_KEY });
  };
  const actions: Readonly<Record<string, () => void>> = {
    gateways: () => void go('/gateways'),
    outward: () => void go('/outward'),
    password: () => setChanging(true),
    leave: () => void leave(),
  };
  return (
    <>
      <MenuTrigger>
        <Button data-testid="person-menu">{person.name || person.username} ▾</Button>
        <Popover className="menu">
          <Menu onAction={(key) => actions[String(key)]?.()}>
            {mayCommission && (
              <MenuItem id="gateways" data-testid="open-gateways">
                {t('commission.gateways')}
              </MenuItem>
            )}
            {mayConnect && (
              <MenuItem id="outward" data-testid="open-outward">
                {t('outward.title')}
              </MenuItem>
            )}
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
