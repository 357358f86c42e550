// Causes and notes of the journal as a person reads them.
import type { alarms } from '@louwei/server/contract';
import { useContext } from 'react';
import { useLive } from '../../live/hooks.ts';
import { valueText } from '../../ui/point-text.ts';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { DescriptionsContext } from '../equipment/descriptions.ts';
import { descriptionKey } from '../overview/core.ts';
import { readCause, shortest } from './core/cause.ts';
import { readActor, readNote } from './core/note.ts';

/** What suppresses an alarm of this equipment; needs the descriptions of its points around it, or names the point as it is. */
export const useCauseWords = (): ((cause: string, equipmentId: string) => string) => {
  const { t, say, language } = useWords();
  const equipment = useLive((state) => state.equipment);
  const descriptions = useContext(DescriptionsContext);
  return (text, equipmentId) => {
    const cause = readCause(text);
    if (cause.kind === 'feed') {
      const feeder = equipment.get(cause.equipmentId)?.name;
      return t('cause.feed', { name: feeder === undefined ? cause.equipmentId : say(feeder) });
    }
    if (cause.kind === 'bus') {
      const bus = equipment.get(cause.name)?.name;
      return t('cause.bus', { name: bus === undefined ? cause.name : say(bus) });
    }
    if (cause.kind !== 'condition') return t(`cause.${cause.kind}`, { name: cause.name });
    const item = equipment.get(equipmentId);
    const point = item === undefined ? undefined : descriptions.get(descriptionKey(item))?.get(cause.point);
    const unit = point?.unit == null ? '' : ` ${point.unit}`;
    const equal = shortest(cause.values, Object.keys(point?.values ?? {}));
    const said = cause.sign === '=' ? equal : { sign: cause.sign, values: cause.values };
    const value = said.values
      .map((one) => `${valueText(Number(one), point, language)}${unit}`)
      .join(t(said.sign === '≠' ? 'cause.nor' : 'cause.or'));
    return t('cause.condition', {
      point: point === undefined ? cause.point : say(point.label),
      sign: said.sign,
      value,
    });
  };
};

type Entry = Pick<alarms.JournalEntry, 'event' | 'note' | 'actor' | 'equipmentId'>;

export const useEntryWords = () => {
  const { t, code } = useWords();
  const causeWords = useCauseWords();
  return {
    who: ({ actor, equipmentId }: Entry): string => {
      const { kind, name } = readActor(actor);
      if (kind === 'cause') return causeWords(name, equipmentId ?? '');
      return kind === 'person' ? name : t(`actor.${kind}`);
    },
    note: (entry: Entry): string => {
      const note = readNote(entry);
      switch (note.kind) {
        case 'none':
          return '';
        case 'plain':
          return note.text;
        case 'code':
          return code('noteCode', code('quality', note.code));
        case 'cause':
          return causeWords(note.cause, entry.equipmentId ?? '');
        case 'until': {
          const { reason, reference, untilMs } = note;
          const time = formatDateTime(untilMs);
          return reference === null
            ? t('noteUntil', { reason, time })
            : t('noteReview', { reason, reference, time: time.slice(0, 10) });
        }
      }
    },
  };
};
