// Who is here decides what is shown: the sign-in page, or the shell with its screens.
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { BrowserRouter } from 'react-router';
import { fetchSession } from '../api/session.ts';
import { SignInPage } from '../features/sign-in/sign-in-page.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { setLanguage } from './language.ts';
import { SESSION_KEY, SessionContext } from './session.ts';
import { Shell } from './shell.tsx';

const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false, staleTime: 5_000 } },
});

const Entrance = () => {
  const { t } = useTranslation();
  const { data: session, error } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: fetchSession,
    retry: true,
    retryDelay: 2_000,
    refetchInterval: 60_000,
  });
  const language = session?.person.language;
  useEffect(() => {
    if (language !== undefined) setLanguage(language);
  }, [language]);
  if (session === undefined) {
    return <main className="waiting">{error === null ? t('common.loading') : <ProblemNote error={error} />}</main>;
  }
  if (session === null) return <SignInPage />;
  return (
    <SessionContext value={session}>
      <Shell />
    </SessionContext>
  );
};

export const App = () => {
  const { i18n } = useTranslation();
  return (
    <I18nProvider locale={i18n.language}>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <Entrance />
        </BrowserRouter>
      </QueryClientProvider>
    </I18nProvider>
  );
};
