// Suppressed alarms under the causes that suppress them.
import type { alarms } from '@louwei/server/contract';
import { useMemo } from 'react';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { useSuppressed } from './aside.ts';
import { runsOf } from './core/runs.ts';
import { ListFrame } from './list-frame.tsx';
import { ListRow } from './list-row.tsx';
import { useCauseWords } from './use-cause-words.ts';
import { useStill } from './use-still.ts';

type Suppressed = alarms.SuppressedAlarm;

const keyOf = ({ equipmentId, alarm }: Suppressed): string => `${equipmentId}/${alarm}`;

export const SuppressedPage = () => (
  <ListFrame>
    <SuppressedList />
  </ListFrame>
);

const SuppressedList = () => {
  const { t } = useWords();
  const causeWords = useCauseWords();
  const { items, count, error } = useSuppressed();
  // Together by cause; what hides a condition that holds comes first within each.
  const sorted = useMemo(() => items.toSorted((a, b) => a.by.join().localeCompare(b.by.join())), [items]);
  const { rows, hand } = useStill(sorted, keyOf);
  const wordsOf = ({ by, equipmentId }: Suppressed): string =>
    by.map((cause) => causeWords(cause, equipmentId)).join('; ');
  const runs = runsOf(rows, ({ item }) => wordsOf(item));
  return (
    <>
      <p className="muted">{t('lists.explainSuppressed')}</p>
      <ProblemNote error={error} />
      {count === null && error === null && <p>{t('common.loading')}</p>}
      {rows.length === 0 && count !== null && <p className="panel">{t('lists.noneSuppressed')}</p>}
      <div className="alarm-list" data-testid="list-suppressed" {...hand}>
        {runs.map(({ heading: cause, items: own }) => (
          <section
            key={own
              .slice(0, 1)
              .map(({ item }) => keyOf(item))
              .join()}
          >
            <h2 className="cause-heading">{t('lists.causeHeading', { cause, count: own.length })}</h2>
            <ul>
              {own.map(({ item, gone }) => (
                <ListRow
                  key={keyOf(item)}
                  testId={`suppressed-${keyOf(item)}`}
                  priority={item.priority}
                  text={item.text}
                  equipmentId={item.equipmentId}
                  alarmId={item.alarmId}
                  gone={gone}
                  facts={[[t('lists.condition'), t(item.active ? 'lists.holds' : 'lists.normal')]]}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
};
