// What the operator needs at the moment of an alarm: cause, consequence, steps, time left, order, journal.
import type { alarms } from '@louwei/server/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'react-router';
import { fetchAlarm } from '../../api/plant.ts';
import { useLive, useServerNow } from '../../live/hooks.ts';
import { placeLine } from '../../ui/place.ts';
import { measured } from '../../ui/point-text.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { formatDateTime, formatStopwatch } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { useCauseWords, useEntryWords } from '../alarm-lists/use-cause-words.ts';
import { OrderBadge } from '../work-orders/order-badge.tsx';
import { blinkOf, isHollow } from './alarm-row.tsx';
import { ResponseActions, type Task } from './response-actions.tsx';

type Detail = alarms.AlarmDetail;

interface Props {
  readonly id: string;
  readonly onClose: () => void;
  /** A dialog that opens with the panel, e.g. by a key in the list. */
  readonly task?: Task;
  readonly onTask?: (task: Task) => void;
}

export const ResponsePanel = ({ id, onClose, task, onTask }: Props) => {
  const { t, say } = useWords();
  const [ownTask, setOwnTask] = useState<Task>(null);
  const live = useLive((state) => state.alarms.get(id));
  // A change of the occurrence brings a new journal.
  const version = live === undefined ? 'closed' : JSON.stringify(live);
  const { data, error } = useQuery({
    queryKey: ['alarm', id, version],
    queryFn: () => fetchAlarm(id),
    placeholderData: (former) => former,
  });
  const alarm = live ?? data;
  return (
    <aside className="response panel" aria-label={t('response.title')} data-testid="response-panel">
      <div className="response-head">
        {alarm !== undefined && (
          <PriorityChip priority={alarm.priority} blink={blinkOf(alarm)} hollow={isHollow(alarm)} size={28} />
        )}
        <h1>{alarm === undefined ? t('response.title') : say(alarm.text)}</h1>
        <Button className="quiet" aria-label={t('common.close')} onPress={onClose}>
          ✕
        </Button>
      </div>
      {alarm !== undefined && (
        <p>
          {t(`alarmState.${live?.state ?? 'NORM'}`)} ·{' '}
          {alarm.value !== null && `${t('alarms.at', { value: measured(alarm.value, alarm.unit) })} · `}
          {alarm.limit !== null && `${t('alarms.limit', { value: measured(alarm.limit, alarm.unit) })} · `}
          {t('alarms.activations', { count: alarm.activationSeq })}
          <br />
          <span className="muted">
            {placeLine(alarm.place)} › {say(alarm.equipmentName)}
          </span>
        </p>
      )}
      {alarm !== undefined && (
        <div className="row">
          <Link className="button" to={`/equipment/${encodeURIComponent(alarm.equipmentId)}`}>
            {t('response.equipment')}
          </Link>
          {alarm.workOrderId !== null && <OrderBadge id={alarm.workOrderId} />}
        </div>
      )}
      {live !== undefined && <SetAside alarm={live} />}
      {live !== undefined && (
        <ResponseActions alarm={live} guidance={data?.guidance} task={task ?? ownTask} setTask={onTask ?? setOwnTask} />
      )}
      <ProblemNote error={error} />
      {data?.consequences !== undefined && <Consequences of={data.consequences} />}
      {data !== undefined && <Guidance detail={data} isOpen={live !== undefined} />}
      {data !== undefined && <Journal entries={data.journal} />}
    </aside>
  );
};

const Guidance = ({ detail, isOpen }: { readonly detail: Detail; readonly isOpen: boolean }) => {
  const { t, say, language, duration } = useWords();
  const now = useServerNow();
  const { guidance } = detail;
  const leftMs = Date.parse(detail.activeAt) + guidance.timeToRespondMin * 60_000 - now;
  const left = t(leftMs >= 0 ? 'response.left' : 'response.overdue', { age: formatStopwatch(Math.abs(leftMs)) });
  return (
    <section className="stack guidance">
      <p>
        <b>
          {t('response.respondWithin')} {duration(guidance.timeToRespondMin * 60_000)}
        </b>
        {isOpen && !detail.acknowledged && <span className={leftMs < 0 ? 'overdue' : ''}> · {left}</span>}
      </p>
      <div>
        <h2>{t('response.action')}</h2>
        <ol>
          {guidance.action[language].map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
      <div>
        <h2>{t('response.cause')}</h2>
        <p>{say(guidance.cause)}</p>
      </div>
      <div>
        <h2>{t('response.consequence')}</h2>
        <p>{say(guidance.consequence)}</p>
      </div>
    </section>
  );
};

/** What hangs on what is lost; its own alarms are hidden meanwhile, and counted here. */
const Consequences = ({ of }: { readonly of: NonNullable<Detail['consequences']> }) => {
  const { t, say } = useWords();
  const all = useLive((state) => state.equipment);
  return (
    <details data-testid="consequences">
      <summary>
        {t('alarmTag.affected', { count: of.equipmentIds.length })} ·{' '}
        {t('response.hidden', { count: of.alarms.length })}
      </summary>
      <ul>
        {of.equipmentIds.map((id) => (
          <li key={id}>
            <Link to={`/equipment/${encodeURIComponent(id)}`}>{say(all.get(id)?.name ?? { zh: id, en: id })}</Link>
            {of.alarms
              .filter(({ equipmentId }) => equipmentId === id)
              .map((alarm) => (
                <span key={alarm.id}> – {say(alarm.text)}</span>
              ))}
          </li>
        ))}
      </ul>
    </details>
  );
};

/** Why the alarm is not on the main list: who shelved it until when, or which cause suppresses it. */
const SetAside = ({ alarm }: { readonly alarm: alarms.Alarm }) => {
  const { t } = useWords();
  const causeWords = useCauseWords();
  const { shelvedUntil, shelvedBy, shelvedReason, suppressedBy = [], equipmentId } = alarm;
  if (shelvedUntil === null && suppressedBy.length === 0) return null;
  return (
    <ul className="set-aside">
      {shelvedUntil !== null && (
        <li>
          <b>{t('alarmState.SHLVD')}</b> {shelvedBy}:{' '}
          {t('noteUntil', { reason: shelvedReason, time: formatDateTime(Date.parse(shelvedUntil)) })}
          {alarm.shelvedOneShot === true && ` ${t('lists.oneShot')}`}
        </li>
      )}
      {suppressedBy.map((cause) => (
        <li key={cause}>
          <b>{t('lists.cause')}</b> {causeWords(cause, equipmentId)}
        </li>
      ))}
    </ul>
  );
};

const Journal = ({ entries }: { readonly entries: Detail['journal'] }) => {
  const { t } = useWords();
  const words = useEntryWords();
  return (
    <section>
      <h2>{t('response.journal')}</h2>
      <ul className="journal">
        {[...entries]
          .sort((a, b) => b.seq - a.seq)
          .map((entry) => (
            <li key={entry.seq}>
              <time className="muted">{formatDateTime(Date.parse(entry.serverTime))}</time>{' '}
              <b>{t(`journalEvent.${entry.event}`)}</b> {words.who(entry)}
              {entry.note !== null && <span> – {words.note(entry)}</span>}
            </li>
          ))}
      </ul>
    </section>
  );
};
