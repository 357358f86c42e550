import { describe, expect, it } from 'vitest';
import { browserLanguage } from '../language.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

const leaves = (node: object, path = ''): [string, string][] =>
  Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1] ?? '').sort();

describe('texts of both languages', () => {
  it('have exactly the same keys', () => {
    expect(leaves(zh).map(([key]) => key)).toEqual(expect.arrayContaining(leaves(en).map(([key]) => key)));
    expect(leaves(zh)).toHaveLength(leaves(en).length);
  });

  it('are never empty', () => {
    expect([...leaves(zh), ...leaves(en)].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('use the same placeholders, apart from the number of a singular', () => {
    const english = new Map(leaves(en));
    const differing = leaves(zh).filter(
      ([key, text]) =>
        !key.endsWith('_one') && placeholders(text).join() !== placeholders(english.get(key) ?? '').join(),
    );
    expect(differing).toEqual([]);
  });

  it('start in Chinese for a Chinese browser and in English for any other', () => {
    expect(browserLanguage(['zh-TW', 'en'])).toBe('zh-CN');
    expect(browserLanguage(['de-AT', 'zh'])).toBe('en');
    expect(browserLanguage([])).toBe('en');
  });
});
