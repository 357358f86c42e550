// Step 4: what changes, why, and then what the gateway makes of it until the values are live.
import type { commissioning } from '@louwei/server/contract';
import type { UseMutationResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'react-router';
import { useCanAct, useLive, useWatch } from '../../live/hooks.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { isReason, ReasonField } from '../../ui/reason-field.tsx';
import { useWords } from '../../ui/words.ts';
import { ChangeList } from './change-list.tsx';
import type { DeviceChange } from './core/devices.ts';
import { useEquipmentOf } from './use-gateway.ts';
import { VersionNote } from './version-note.tsx';

interface Props {
  readonly changes: readonly DeviceChange[];
  readonly isComplete: boolean;
  /** What the last test read of this very entry gave. */
  readonly reading: 'good' | 'failed' | 'none';
  readonly save: UseMutationResult<commissioning.GatewayConfiguration, Error, string>;
}

export const SavePanel = ({ changes, isComplete, reading, save }: Props) => {
  const { t } = useWords();
  const canAct = useCanAct();
  const [reason, setReason] = useState('');
  return (
    <div className="stack">
      <ChangeList changes={changes} />
      <ReasonField label={t('commission.reason')} testId="save-reason" value={reason} onChange={setReason} />
      {reading !== 'good' && isComplete && changes.length > 0 && (
        <p className="muted">{t(reading === 'failed' ? 'commission.untestedFailed' : 'commission.untested')}</p>
      )}
      <ProblemNote error={save.error} />
      <div className="row">
        <Button
          className="primary"
          data-testid="save-device"
          isDisabled={!canAct || !isComplete || save.isPending || changes.length === 0 || !isReason(reason)}
          onPress={() => save.mutate(reason.trim())}
        >
          {t(save.isPending ? 'commission.saving' : 'commission.save')}
        </Button>
      </div>
    </div>
  );
};

interface SavedProps {
  readonly gateway: string;
  readonly device: string;
  readonly version: commissioning.ConfigurationVersion | undefined;
  readonly onAnother: () => void;
}

/** After saving: the version on its way, and the device's first values. */
export const SavedPanel = ({ gateway, device, version, onAnother }: SavedProps) => {
  const { t } = useWords();
  const equipment = useEquipmentOf(gateway, device);
  const id = equipment?.id ?? device;
  useWatch(
    useMemo(() => [id], [id]),
    'all',
  );
  const values = useLive((state) => state.values.get(id));
  const good = [...(values?.values() ?? [])].filter(({ quality }) => quality === 'good').length;
  const live = equipment?.online === true && good > 0;
  return (
    <div className="stack">
      {version !== undefined && <VersionNote version={version} />}
      {(version?.state === 'trial' || version?.state === 'in-force') && (
        <p role="status" data-testid={live ? 'values-live' : 'values-waiting'}>
          {live ? t('commission.live', { count: good }) : t('commission.liveWaiting')}
        </p>
      )}
      <div className="row">
        {equipment !== undefined && (
          <Link className="button primary" to={`/equipment/${encodeURIComponent(id)}`} data-testid="open-equipment">
            {t('commission.openEquipment')}
          </Link>
        )}
        <Link className="button" to={`/gateways/${encodeURIComponent(gateway)}`}>
          {t('commission.backToDevices')}
        </Link>
        <Button onPress={onAnother}>{t('commission.another')}</Button>
      </div>
    </div>
  );
};
