// Lines of the master alarm list; a line opens to its whole rationalisation record.
import type { alarmRegister } from '@louwei/server/contract';
import { Fragment, useState } from 'react';
import { Button } from 'react-aria-components';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { useWords } from '../../ui/words.ts';
import { limitsText, listText } from './core/search.ts';
import { RecordDetails } from './record-details.tsx';

type Entry = alarmRegister.AlarmDefinition;

const keyOf = (entry: Entry): string => `${entry.class}/${entry.alarm}`;

export const ListTable = ({ entries }: { readonly entries: readonly Entry[] }) => {
  const { t } = useWords();
  const [openKey, setOpenKey] = useState<string | null>(null);
  return (
    <section className="panel figures master-list">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('alarmList.alarm')}</th>
            <th scope="col" className="wide-only">
              {t('alarmList.class')}
            </th>
            <th scope="col" className="wide-only">
              {t('alarmList.limits')}
            </th>
            <th scope="col" className="widest-only">
              {t('alarmList.delays')}
            </th>
            <th scope="col" className="wide-only">
              {t('alarmList.respond')}
            </th>
            <th scope="col" className="widest-only">
              {t('alarmList.owner')}
            </th>
            <th scope="col">{t('alarmList.review')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => {
            const key = keyOf(entry);
            const isOpen = key === openKey;
            return (
              <Fragment key={key}>
                <Line entry={entry} isOpen={isOpen} onToggle={() => setOpenKey(isOpen ? null : key)} />
                {isOpen && (
                  <tr>
                    <td colSpan={7}>
                      <RecordDetails entry={entry} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </section>
  );
};

interface LineProps {
  readonly entry: Entry;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

const Line = ({ entry, isOpen, onToggle }: LineProps) => {
  const { t, say } = useWords();
  return (
    <tr data-testid={`definition-${keyOf(entry)}`}>
      <td>
        <span className="actor-text">
          {entry.priority === null ? (
            <span className="tag">{t('alarmList.event')}</span>
          ) : (
            <PriorityChip priority={entry.priority} size={18} />
          )}
          <Button className="quiet line-toggle" aria-expanded={isOpen} onPress={onToggle}>
            {say(listText(entry))}
          </Button>
        </span>
        {entry.because.length > 0 && (
          <span className="muted">{entry.because.map((reason) => t(`notAlarm.${reason}`)).join(' ')}</span>
        )}
        <span className="muted narrow-only">{say(entry.classLabel)}</span>
      </td>
      <td className="wide-only">{say(entry.classLabel)}</td>
      <td className="wide-only nowrap">{limitsText(entry) || '–'}</td>
      <td className="widest-only nowrap">
        {entry.onDelayS} s / {entry.offDelayS} s
      </td>
      <td className="wide-only nowrap">
        {entry.kind === 'event' ? '–' : t('alarmList.minutes', { count: entry.timeToRespondMin })}
      </td>
      <td className="widest-only">{entry.owner ?? '–'}</td>
      <td>
        <span className={entry.review === 'overdue' ? 'verdict-action' : ''}>{t(`reviewState.${entry.review}`)}</span>
        {entry.reviewDue !== null && <span className="muted"> {entry.reviewDue}</span>}
      </td>
    </tr>
  );
};
