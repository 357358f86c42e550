// Small hooks that put times, ages, words of the data and words of the screen into the person's language.
import type { BilingualText } from '@louwei/server/contract';
import { useTranslation } from 'react-i18next';
import { inLanguage, type LanguageKey, languageKey } from './point-text.ts';
import { durationParts } from './time.ts';

type Translate = ReturnType<typeof useTranslation>['t'];

export interface Words {
  readonly t: Translate;
  readonly language: LanguageKey;
  /** Text that the data brings in both languages. */
  readonly say: (text: BilingualText) => string;
  readonly duration: (ms: number) => string;
  /** Word for a code of the contract; the code itself when the screen does not know it. */
  readonly code: (family: string, code: string) => string;
}

export const useWords = (): Words => {
  const { t, i18n } = useTranslation();
  return {
    t,
    language: languageKey(i18n.language),
    say: (text) => inLanguage(text, i18n.language),
    duration: (ms) => {
      const { unit, ...parts } = durationParts(ms);
      return t(`duration.${unit}`, { ...parts });
    },
    code: (family, code) => t(`${family}.${code}`, { defaultValue: code }),
  };
};
