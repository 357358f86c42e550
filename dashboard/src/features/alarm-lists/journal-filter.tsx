// Filter of the journal page.
import { useMemo } from 'react';
import { Button } from 'react-aria-components';
import type { JournalFilter } from '../../api/alarm-lists.ts';
import { en } from '../../app/texts/en.ts';
import { useLive } from '../../live/hooks.ts';
import { formatDate, formatTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { readActor } from './core/note.ts';

export const NO_JOURNAL_FILTER: JournalFilter = { equipmentId: '', event: '', actor: '', from: '', to: '' };

/** Every event that the screens have a word for: all of the contract. */
const EVENTS = Object.keys(en.journalEvent);

interface Props {
  readonly filter: JournalFilter;
  readonly actors: readonly string[];
  readonly onChange: (filter: JournalFilter) => void;
  readonly onRefresh: () => void;
}

/** A time as `datetime-local` shows it, in the browser's time zone. */
const localTime = (iso: string): string => {
  if (iso === '') return '';
  const ms = Date.parse(iso);
  return `${formatDate(ms)}T${formatTime(ms).slice(0, 5)}`;
};

const isoTime = (local: string): string => {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
};

export const JournalFilterBar = ({ filter, actors, onChange, onRefresh }: Props) => {
  const { t, say, code } = useWords();
  const equipment = useLive((state) => state.equipment);
  const devices = useMemo(
    () => [...equipment.values()].map((item) => [item.id, `${say(item.name)} (${item.id})`] as const),
    [equipment, say],
  );
  const choose = (field: 'equipmentId' | 'event' | 'actor', any: string, options: readonly (readonly string[])[]) => (
    <select
      aria-label={any}
      data-testid={`journal-${field}`}
      value={filter[field]}
      onChange={(event) => onChange({ ...filter, [field]: event.target.value })}
    >
      <option value="">{any}</option>
      {options.map(([value = '', text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
  const time = (field: 'from' | 'to') => (
    <label>
      {t(`journalPage.${field}`)}
      <input
        type="datetime-local"
        value={localTime(filter[field])}
        onChange={(event) => onChange({ ...filter, [field]: isoTime(event.target.value) })}
      />
    </label>
  );
  const actorName = (actor: string): string => {
    const { kind, name } = readActor(actor);
    if (kind === 'system') return t('actor.system');
    return kind === 'rule' ? `${t('actor.rule')} ${name}` : name;
  };
  return (
    <div className="row journal-filter">
      {choose(
        'equipmentId',
        t('journalPage.anyEquipment'),
        devices.toSorted((a, b) => a[1].localeCompare(b[1])),
      )}
      {choose(
        'event',
        t('journalPage.anyEvent'),
        EVENTS.map((event) => [event, code('journalEvent', event)]),
      )}
      {choose(
        'actor',
        t('journalPage.anyone'),
        [...new Set([...actors, ...(filter.actor === '' ? [] : [filter.actor])])].map((actor) => [
          actor,
          actorName(actor),
        ]),
      )}
      {time('from')}
      {time('to')}
      <Button onPress={() => onChange(NO_JOURNAL_FILTER)}>{t('journalPage.clear')}</Button>
      <Button data-testid="journal-refresh" onPress={onRefresh}>
        {t('journalPage.refresh')} ↑
      </Button>
    </div>
  );
};
