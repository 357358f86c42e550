// The alarm journal: newest first, further back as long as one scrolls, by equipment, event, person and time.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { fetchJournal, type JournalFilter } from '../../api/alarm-lists.ts';
import { fetchPeople } from '../../api/session.ts';
import { useMay } from '../../app/session.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { JournalFilterBar, NO_JOURNAL_FILTER } from './journal-filter.tsx';
import { JournalLine } from './journal-line.tsx';
import { ListFrame } from './list-frame.tsx';

const usePeopleNames = (): readonly string[] => {
  const may = useMay('people:read');
  const { data } = useQuery({ queryKey: ['people'], queryFn: fetchPeople, enabled: may, staleTime: 60_000 });
  return useMemo(() => (data?.items ?? []).map(({ username }) => username), [data]);
};

export const JournalPage = () => {
  const { t } = useWords();
  const [filter, setFilter] = useState<JournalFilter>(NO_JOURNAL_FILTER);
  const people = usePeopleNames();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['alarm-journal', filter],
    queryFn: ({ pageParam }) => fetchJournal(filter, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    // New entries come when the person asks: rows must not move while he reads.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  });
  const entries = useMemo(() => (data?.pages ?? []).flatMap((page) => page.items), [data]);
  const actors = useMemo(
    () => [...new Set([...people, ...entries.map(({ actor }) => actor)])].sort(),
    [people, entries],
  );
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (mark === null || !hasNextPage) return;
    const watcher = new IntersectionObserver(([one]) => one?.isIntersecting === true && void fetchNextPage());
    watcher.observe(mark);
    return () => watcher.disconnect();
  }, [hasNextPage, fetchNextPage]);
  return (
    <ListFrame>
      <JournalFilterBar filter={filter} actors={actors} onChange={setFilter} onRefresh={() => void refetch()} />
      <ProblemNote error={error} />
      {data === undefined && error === null && <p>{t('common.loading')}</p>}
      {data !== undefined && entries.length === 0 && <p className="panel">{t('journalPage.empty')}</p>}
      <div className="alarm-list" data-testid="list-journal">
        <ol>
          {entries.map((entry) => (
            <JournalLine key={entry.seq} entry={entry} />
          ))}
        </ol>
        <div ref={end} className="journal-end">
          {hasNextPage ? (
            <Button isDisabled={isFetching} onPress={() => void fetchNextPage()}>
              {t('journalPage.more')}
            </Button>
          ) : (
            entries.length > 0 && <span className="muted">{t('journalPage.end')}</span>
          )}
        </div>
      </div>
    </ListFrame>
  );
};
