// Switches the language at once; for a signed-in person the choice is kept by the server.
import { useQueryClient } from '@tanstack/react-query';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { saveLanguage } from '../api/session.ts';
import { LANGUAGE_NAMES, LANGUAGES, setLanguage } from './language.ts';
import { SESSION_KEY, SessionContext } from './session.ts';

export const LanguageSwitch = () => {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const session = useContext(SessionContext);
  const choose = (value: string): void => {
    const language = LANGUAGES.find((known) => known === value);
    if (language === undefined) return;
    setLanguage(language);
    if (session === null) return;
    // The screen follows at once; if the server cannot keep the choice, it holds for this visit only.
    queries.setQueryData(SESSION_KEY, { ...session, person: { ...session.person, language } });
    saveLanguage(language).catch(() => undefined);
  };
  return (
    <select
      className="language-switch"
      data-testid="language-switch"
      aria-label={t('language.label')}
      value={i18n.language}
      onChange={(event) => choose(event.target.value)}
    >
      {LANGUAGES.map((language) => (
        <option key={language} value={language}>
          {LANGUAGE_NAMES[language]}
        </option>
      ))}
    </select>
  );
};
