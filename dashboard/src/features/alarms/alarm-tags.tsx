// What is special about an alarm, in a few words beside its text.
import type { alarms } from '@louwei/server/contract';
import { useWords } from '../../ui/words.ts';

export const AlarmTags = ({ alarm }: { readonly alarm: alarms.Alarm }) => {
  const { t } = useWords();
  const { affectedEquipment, chattering, activations, firstOut, acknowledgeOverdue } = alarm;
  return (
    <>
      {affectedEquipment !== undefined && (
        <span className="tag">{t('alarmTag.affected', { count: affectedEquipment })}</span>
      )}
      {firstOut && <span className="tag">{t('alarmTag.firstOut')}</span>}
      {chattering && <span className="tag">{t('alarmTag.chattering', { count: activations })}</span>}
      {acknowledgeOverdue && <span className="tag">{t('alarmTag.overdue')}</span>}
    </>
  );
};
