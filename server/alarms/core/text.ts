// The line the operator reads, with value and limit at activation filled in.
import type { AlarmValue } from './facts.ts';

export type ValueNames = Readonly<Record<string, { readonly zh: string; readonly en: string }>>;

interface Filling {
  readonly value: AlarmValue;
  readonly limit: number | null;
  readonly unit: string | null;
  readonly names: ValueNames;
  readonly decimals: number | undefined;
}

export function fillText(
  text: { readonly zh: string; readonly en: string },
  filling: Filling,
): { readonly zh: string; readonly en: string } {
  return { zh: fill(text.zh, 'zh', filling), en: fill(text.en, 'en', filling) };
}

function fill(text: string, language: 'zh' | 'en', filling: Filling): string {
  return text.replace(/\{(value|limit)\}/g, (_, what: 'value' | 'limit') => show(filling[what], language, filling));
}

function show(value: AlarmValue, language: 'zh' | 'en', { names, decimals }: Filling): string {
  if (value === null) return '?';
  const name = names[String(value)]?.[language];
  if (name !== undefined) return name;
  if (typeof value === 'string') return value;
  return decimals === undefined ? String(Number(value.toFixed(2))) : value.toFixed(decimals);
}
