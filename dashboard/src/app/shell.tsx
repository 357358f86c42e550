// What is around every screen: the banner, the bar of a lost connection, the navigation, the live socket.
import './shell.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { initialState } from '../live/core/state.ts';
import { LiveSocketContext, useLink } from '../live/hooks.ts';
import { type LiveSocket, startLiveSocket } from '../live/socket.ts';
import { liveStore } from '../live/store.ts';
import { Banner } from './banner.tsx';
import { DisconnectedBar } from './disconnected-bar.tsx';
import { MissedAlarms } from './missed-alarms.tsx';
import { PasswordReminder } from './password-reminder.tsx';
import { NAVIGATION, Screens } from './routes.tsx';
import { SESSION_KEY } from './session.ts';

const liveUrl = (): string => `${location.origin.replace(/^http/, 'ws')}/api/v1/live`;

/** One socket as long as somebody is signed in; a refusal may mean that the session has ended. */
const useLiveSocket = (): LiveSocket | null => {
  const queries = useQueryClient();
  const [socket, setSocket] = useState<LiveSocket | null>(null);
  useEffect(() => {
    const own = startLiveSocket(liveUrl(), () => void queries.invalidateQueries({ queryKey: SESSION_KEY }));
    setSocket(own);
    return () => {
      own.stop();
      liveStore.set(initialState(Date.now()));
    };
  }, [queries]);
  return socket;
};

export const Shell = () => {
  const { t } = useTranslation();
  const frozen = useLink().kind === 'frozen';
  return (
    <LiveSocketContext value={useLiveSocket()}>
      <div className={`shell ${frozen ? 'frozen' : ''}`}>
        <DisconnectedBar />
        <Banner>
          <nav className="navigation" aria-label={t('nav.label')}>
            {NAVIGATION.map(({ path, key }) => (
              <NavLink key={path} to={path} end={path === '/'} data-testid={`nav-${key}`}>
                {t(`nav.${key}`)}
              </NavLink>
            ))}
          </nav>
        </Banner>
        <PasswordReminder />
        <MissedAlarms />
        <main className="screen">
          <Screens />
        </main>
      </div>
    </LiveSocketContext>
  );
};
