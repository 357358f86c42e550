// One entry of the journal.
import type { alarms } from '@louwei/server/contract';
import { memo } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'react-router';
import { useLive } from '../../live/hooks.ts';
import { measured } from '../../ui/point-text.ts';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { useOpenAlarm } from './list-frame.tsx';
import { useEntryWords } from './use-cause-words.ts';

/** A source time that differs by less from the server's is the same moment for a reader. */
const WORTH_SAYING_MS = 2_000;

/** The text of these entries is that of the activation, which had another value. */
const VALUE_UNSAID: ReadonlySet<string> = new Set(['RTN', 'HISTORICAL']);

export const JournalLine = memo(({ entry }: { readonly entry: alarms.JournalEntry }) => {
  const { t, say } = useWords();
  const words = useEntryWords();
  const [, open] = useOpenAlarm();
  const { alarmId, equipmentId, text } = entry;
  const item = useLive((state) => (equipmentId === null ? undefined : state.equipment.get(equipmentId)));
  const serverMs = Date.parse(entry.serverTime);
  const sourceMs = Date.parse(entry.sourceTime);
  const title = text === undefined ? (entry.alarm ?? '') : say(text);
  return (
    <li className="journal-line" data-testid={`journal-${entry.seq}`}>
      <time>
        {formatDateTime(serverMs)}
        {Math.abs(serverMs - sourceMs) > WORTH_SAYING_MS && (
          <span className="muted"> {t('journalPage.source', { time: formatDateTime(sourceMs) })}</span>
        )}
      </time>
      <b>{t(`journalEvent.${entry.event}`)}</b>
      <span>
        {alarmId === null ? (
          title
        ) : (
          <Button className="quiet list-open" onPress={() => open(alarmId)}>
            {title}
          </Button>
        )}{' '}
        {equipmentId !== null && (
          <Link className="muted" to={`/equipment/${encodeURIComponent(equipmentId)}`}>
            {item === undefined ? equipmentId : say(item.name)}
          </Link>
        )}
        {entry.value !== null && VALUE_UNSAID.has(entry.event) && (
          <span className="muted"> {t('journalPage.value', { value: measured(entry.value, null) })}</span>
        )}
      </span>
      <span>{words.who(entry)}</span>
      <span>{words.note(entry)}</span>
    </li>
  );
});
