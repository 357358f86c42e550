// A new webhook: where to, and what of. Its secret is shown once, right after it was made.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { addWebhook } from '../../api/outward.ts';
import { useLive } from '../../live/hooks.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { EVENT_CHOICES, eventsOf, PRIORITIES, type Priority } from './filter.ts';

const EMPTY = { url: '', events: 'main', priorities: PRIORITIES, site: '', kind: '' };

export const NewWebhook = () => {
  const { t } = useWords();
  const queries = useQueryClient();
  const equipment = useLive((state) => state.equipment);
  const [entry, setEntry] = useState(EMPTY);
  const add = useMutation({
    mutationFn: () =>
      addWebhook(entry.url.trim(), {
        priorities: entry.priorities.length === PRIORITIES.length ? [] : [...entry.priorities],
        sites: entry.site === '' ? [] : [entry.site],
        classes: entry.kind === '' ? [] : [entry.kind],
        events: eventsOf(EVENT_CHOICES.find((choice) => choice === entry.events) ?? 'all'),
      }),
    onSuccess: () => {
      setEntry(EMPTY);
      return queries.invalidateQueries({ queryKey: ['webhooks'] });
    },
  });
  const all = [...equipment.values()];
  const sites = [...new Set(all.map(({ place }) => place.site))].filter((site) => site !== '').sort();
  const classes = [...new Set(all.map((item) => item.class))].sort();
  const toggle = (priority: Priority): void => {
    const chosen = entry.priorities.includes(priority)
      ? entry.priorities.filter((one) => one !== priority)
      : [...entry.priorities, priority].sort();
    setEntry({ ...entry, priorities: chosen });
  };
  const choice = (key: 'site' | 'kind' | 'events', label: string, options: readonly (readonly [string, string])[]) => (
    <Field label={label}>
      {(id) => (
        <select id={id} value={entry[key]} onChange={(event) => setEntry({ ...entry, [key]: event.target.value })}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const anyOf = (values: readonly string[]) => [
    ['', t('outward.all')] as const,
    ...values.map((value) => [value, value] as const),
  ];
  return (
    <form
      className="outward-form stack"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <h3>{t('outward.add')}</h3>
      <Field label={t('outward.url')} hint={t('outward.urlHint')}>
        {(id) => (
          <input
            id={id}
            data-testid="webhook-url"
            type="url"
            required
            maxLength={2000}
            placeholder="https://bms.example.org/louwei"
            value={entry.url}
            onChange={(event) => setEntry({ ...entry, url: event.target.value })}
          />
        )}
      </Field>
      <div className="outward-choices">
        <fieldset className="outward-priorities">
          <legend className="field-label">{t('outward.priorities')}</legend>
          {PRIORITIES.map((priority) => (
            <label key={priority}>
              <input type="checkbox" checked={entry.priorities.includes(priority)} onChange={() => toggle(priority)} />{' '}
              {priority} {t(`priority.p${priority}`)}
            </label>
          ))}
        </fieldset>
        {choice(
          'events',
          t('outward.events'),
          EVENT_CHOICES.map((value) => [value, t(`outward.eventChoice.${value}`)] as const),
        )}
        {choice('site', t('outward.site'), anyOf(sites))}
        {choice('kind', t('outward.class'), anyOf(classes))}
      </div>
      <ProblemNote error={add.error} />
      <p>
        <Button
          type="submit"
          className="primary"
          data-testid="webhook-add"
          isDisabled={add.isPending || entry.priorities.length === 0}
        >
          {t('outward.add')}
        </Button>
      </p>
      {add.data !== undefined && (
        <div className="outward-secret" role="status">
          <b>{t('outward.secretTitle')}</b>
          <code data-testid="webhook-secret">{add.data.secret}</code>
          <span className="muted">{t('outward.secretHint')}</span>
          <Button onPress={() => add.reset()}>{t('common.close')}</Button>
        </div>
      )}
    </form>
  );
};
