// Filter of the master alarm list.
import type { alarmRegister } from '@louwei/server/contract';

type Entry = alarmRegister.AlarmDefinition;

export interface ListFilter {
  readonly text: string;
  /** Empty: all. */
  readonly class: string;
  readonly priority: string;
  readonly review: string;
}

export const NO_LIST_FILTER: ListFilter = { text: '', class: '', priority: '', review: '' };

const searched = ({ class: name, classLabel, alarm, text, point, owner, cause, rule }: Entry): string =>
  [name, classLabel.zh, classLabel.en, alarm, text.zh, text.en, point, owner ?? '', cause.zh, cause.en, rule]
    .join('\n')
    .toLowerCase();

export const matches = (entry: Entry, filter: ListFilter): boolean =>
  (filter.class === '' || entry.class === filter.class) &&
  (filter.priority === '' || String(entry.priority) === filter.priority) &&
  (filter.review === '' || entry.review === filter.review) &&
  (filter.text === '' || searched(entry).includes(filter.text.trim().toLowerCase()));

/** The alarm's text before it ever came: no value yet, and the limit when there is only one. */
export const listText = ({ text, limits }: Pick<Entry, 'text' | 'limits'>): Entry['text'] => {
  const bounds = limits.flatMap(({ above, below }) => [above ?? [], below ?? []].flat());
  const limit = bounds.length === 1 ? String(bounds[0]) : '…';
  const fill = (words: string): string => words.replaceAll('{value}', '…').replaceAll('{limit}', limit);
  return { zh: fill(text.zh), en: fill(text.en) };
};

/** Limits in one line: `> 130 °C`, `Δ > 8 °C` from a set-point; several from the mildest to the most severe. */
export const limitsText = ({ limits, unit, deviation }: Pick<Entry, 'limits' | 'unit' | 'deviation'>): string =>
  limits
    .flatMap(({ above, below }) => [above === null ? [] : `> ${above}`, below === null ? [] : `< ${below}`].flat())
    .map((limit) => `${deviation ? 'Δ ' : ''}${limit}${unit === null ? '' : ` ${unit}`}`)
    .join(', ');
