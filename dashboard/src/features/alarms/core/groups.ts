// The list in a flood: alarms of the same kind in the same building stand together under a heading that counts them, in the
// order in which the first of each would have come. Every alarm stays on the list.
import type { alarms } from '@louwei/server/contract';
import { groupKey } from '../../../live/core/alarm-group.ts';

type Alarm = alarms.Alarm;

export interface Heading {
  readonly kind: 'heading';
  readonly key: string;
  readonly building: string;
  /** What the group has: its texts without their values; null over the single alarms of a building. */
  readonly text: Alarm['text'] | null;
  readonly count: number;
  readonly alarm?: undefined;
}

export interface AlarmEntry {
  readonly kind: 'alarm';
  readonly key: string;
  readonly alarm: Alarm;
}

export type Entry = Heading | AlarmEntry;

const MOST_WORDS = 3;

/** The same kind of alarm has other words for each class of equipment; values behind a colon or dash belong to one alarm alone. */
const wordsOf = (rows: readonly Alarm[], language: 'zh' | 'en'): string => {
  const words = [...new Set(rows.map(({ text }) => (text[language].split(/：|: | - /)[0] ?? '').trim()))];
  return words.slice(0, MOST_WORDS).join(' / ') + (words.length > MOST_WORDS ? ' …' : '');
};

const entryOf = (alarm: Alarm): AlarmEntry => ({ kind: 'alarm', key: alarm.id, alarm });

export const entriesOf = (rows: readonly Alarm[], grouped: boolean): readonly Entry[] => {
  if (!grouped) return rows.map(entryOf);
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(groupKey(row), (sizes.get(groupKey(row)) ?? 0) + 1);
  const together = Map.groupBy(rows, (row) => {
    const key = groupKey(row);
    return (sizes.get(key) ?? 0) > 1 ? key : `${row.place.site}\n${row.place.building}`;
  });
  return [...together].flatMap(([key, own]): Entry[] => {
    const first = own[0];
    if (first === undefined) return [];
    const text = key === groupKey(first) ? { zh: wordsOf(own, 'zh'), en: wordsOf(own, 'en') } : null;
    const heading: Heading = { kind: 'heading', key, building: first.place.building, text, count: own.length };
    return [heading, ...own.map(entryOf)];
  });
};
