// A point's value as text: decimals of the point, words for states, never more digits than the point has.
import type { BilingualText, equipment } from '@louwei/server/contract';

export type LanguageKey = keyof BilingualText;
export type ShownValue = number | string | null;
type Description = Pick<equipment.PointDescription, 'kind' | 'decimals' | 'unit' | 'values'>;

export const languageKey = (language: string): LanguageKey => (language.startsWith('zh') ? 'zh' : 'en');
export const inLanguage = (text: BilingualText, language: string): string => text[languageKey(language)];

/** A number of which only the value is known: at most four significant digits, no exponent. */
export const plainNumber = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 10_000) return value.toFixed(0);
  return String(Number(value.toPrecision(4)));
};

export const valueText = (value: ShownValue, point: Description | undefined, language: LanguageKey): string => {
  if (value === null) return '–';
  const word = point?.values?.[String(value)];
  if (word !== undefined) return word[language];
  if (typeof value === 'string') return value;
  if (point === undefined) return plainNumber(value);
  if (point.kind === 'state' || point.kind === 'enumeration') return String(value);
  return value.toFixed(point.decimals);
};

/** With the unit, as on alarms and tiles. */
export const measured = (value: ShownValue, unit: string | null): string => {
  const text = typeof value === 'number' ? plainNumber(value) : (value ?? '–');
  return unit === null || unit === '' ? text : `${text} ${unit}`;
};
