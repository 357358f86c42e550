// Language of the screen: the browser's before sign-in, the person's own after it; switchable at any moment.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './texts/en.ts';
import { zh } from './texts/zh.ts';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { 'zh-CN': '中文', en: 'English' };

/** Chinese for any Chinese browser, English for every other. */
export const browserLanguage = (preferred: readonly string[]): Language =>
  preferred[0]?.toLowerCase().startsWith('zh') === true ? 'zh-CN' : 'en';

const follow = (language: string): void => {
  document.documentElement.lang = language;
};

export const startLanguage = async (): Promise<void> => {
  i18next.on('languageChanged', follow);
  await i18next.use(initReactI18next).init({
    lng: browserLanguage(navigator.languages),
    fallbackLng: 'en',
    supportedLngs: LANGUAGES,
    resources: { 'zh-CN': { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
};

export const setLanguage = (language: Language): void => {
  if (i18next.language !== language) void i18next.changeLanguage(language);
};
