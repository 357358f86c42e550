// The master alarm list: search, filter, the whole record of each alarm, export, import of reviews.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import { exportAlarmDefinitions, fetchAlarmDefinitions } from '../../api/alarm-system.ts';
import { useMay } from '../../app/session.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { type ListFilter, matches, NO_LIST_FILTER } from './core/search.ts';
import { ImportDialog } from './import-dialog.tsx';
import { ListTable } from './list-table.tsx';
import { saveFile } from './save-file.ts';

const LIST_KEY = ['alarm-definitions'] as const;
const REVIEWS = ['overdue', 'due-soon', 'never', 'current'] as const;

export const ListPage = () => {
  const { t, say } = useWords();
  const queries = useQueryClient();
  const mayManage = useMay('alarm-system:manage');
  const [filter, setFilter] = useState<ListFilter>(NO_LIST_FILTER);
  const [importing, setImporting] = useState(false);
  const { data, error } = useQuery({ queryKey: LIST_KEY, queryFn: fetchAlarmDefinitions });
  const save = useMutation({ mutationFn: exportAlarmDefinitions, onSuccess: saveFile });
  const all = data?.items ?? [];
  const shown = useMemo(() => (data?.items ?? []).filter((entry) => matches(entry, filter)), [data, filter]);
  const classes = [...new Map(all.map((entry) => [entry.class, say(entry.classLabel)]))];
  const overdue = all.filter((entry) => entry.review === 'overdue').length;
  const choose = (field: keyof ListFilter, label: string, options: readonly (readonly [string, string])[]) => (
    <select
      aria-label={label}
      value={filter[field]}
      onChange={(event) => setFilter({ ...filter, [field]: event.target.value })}
    >
      <option value="">
        {label}: {t('common.all')}
      </option>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
  return (
    <>
      <div className="row list-tools">
        <input
          type="search"
          aria-label={t('alarmList.search')}
          placeholder={t('alarmList.search')}
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        />
        {choose('class', t('alarmList.class'), classes)}
        {choose('priority', t('alarms.filterPriority'), [
          ...[1, 2, 3, 4].map((n) => [String(n), `${n} ${t(`priority.p${n}` as 'priority.p1')}`] as const),
          ['null', t('alarmList.event')],
        ])}
        {choose(
          'review',
          t('alarmList.review'),
          REVIEWS.map((state) => [state, t(`reviewState.${state}`)]),
        )}
        <Button isDisabled={save.isPending} onPress={() => save.mutate('csv')} data-testid="export-csv">
          {t('alarmList.exportCsv')}
        </Button>
        <Button isDisabled={save.isPending} onPress={() => save.mutate('json')}>
          {t('alarmList.exportJson')}
        </Button>
        {mayManage && (
          <Button onPress={() => setImporting(true)} data-testid="import-reviews">
            {t('alarmList.import')}
          </Button>
        )}
      </div>
      <ProblemNote error={error ?? save.error} />
      {data === undefined ? (
        error === null && <p>{t('common.loading')}</p>
      ) : (
        <>
          <p>
            {t('alarmList.count', { count: shown.length, all: all.length })}{' '}
            {overdue > 0 && (
              <Button onPress={() => setFilter({ ...NO_LIST_FILTER, review: 'overdue' })}>
                <b>{t('alarmList.overdue', { count: overdue })}</b>
              </Button>
            )}
          </p>
          {shown.length === 0 ? <p className="panel">{t('alarmList.empty')}</p> : <ListTable entries={shown} />}
        </>
      )}
      {importing && (
        <ImportDialog
          onClose={() => setImporting(false)}
          onImported={() => void queries.invalidateQueries({ queryKey: LIST_KEY })}
        />
      )}
    </>
  );
};
