// Asks before many alarms, or urgent ones among others, are acknowledged at once.
import type { alarms } from '@louwei/server/contract';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from '../../ui/dialog.tsx';

interface Props {
  readonly list: readonly alarms.Alarm[];
  readonly onYes: () => void;
  readonly onNo: () => void;
}

export const ConfirmMany = ({ list, onYes, onNo }: Props) => {
  const { t } = useTranslation();
  const urgent = list.filter((alarm) => alarm.priority === 1).length;
  return (
    <ModalDialog title={t('alarms.confirmMany', { count: list.length })} onClose={onNo}>
      <div className="stack">
        {urgent > 0 && <p>{t('alarms.confirmUrgent', { count: urgent })}</p>}
        <div className="row">
          <Button className="primary" data-testid="confirm-ack" onPress={onYes}>
            {t('alarms.confirmYes')}
          </Button>
          <Button onPress={onNo}>{t('common.cancel')}</Button>
        </div>
      </div>
    </ModalDialog>
  );
};
