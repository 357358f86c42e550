// The way in. The language can be chosen here, before anybody is known.
import './sign-in.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { signIn } from '../../api/session.ts';
import { LanguageSwitch } from '../../app/language-switch.tsx';
import { SESSION_KEY } from '../../app/session.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';

export const SignInPage = () => {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const entry = useMutation({
    mutationFn: () => signIn(username.trim(), password),
    onSuccess: (session) => queries.setQueryData(SESSION_KEY, session),
  });
  return (
    <main className="sign-in">
      <form
        className="panel stack"
        onSubmit={(event) => {
          event.preventDefault();
          entry.mutate();
        }}
      >
        <div className="row sign-in-head">
          <div>
            <h1>{t('app.name')}</h1>
            <p className="muted">{t('app.subtitle')}</p>
          </div>
          <LanguageSwitch />
        </div>
        <Field label={t('signIn.username')}>
          {(id) => (
            <input
              id={id}
              data-testid="username"
              autoComplete="username"
              autoCapitalize="none"
              required
              value={username}
              onChange={(event) => setUsername(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('signIn.password')}>
          {(id) => (
            <input
              id={id}
              data-testid="password"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <ProblemNote error={entry.error} />
        <Button type="submit" className="primary" data-testid="sign-in" isDisabled={entry.isPending}>
          {t(entry.isPending ? 'signIn.busy' : 'signIn.submit')}
        </Button>
      </form>
    </main>
  );
};
