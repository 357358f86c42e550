// Every configuration a gateway was given, and the way back to one.
import type { commissioning } from '@louwei/server/contract';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { restoreConfiguration } from '../../api/commissioning.ts';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import { ReasonDialog } from './reason-dialog.tsx';

interface Props {
  readonly gateway: string;
  readonly configuration: commissioning.GatewayConfiguration;
}

/** What was in force gave way to what runs now. */
const stateNow = (
  { version, state }: commissioning.ConfigurationVersion,
  { reported }: commissioning.GatewayConfiguration,
): commissioning.ConfigurationStateName | 'replaced' =>
  state === 'in-force' && reported !== null && reported.version !== version ? 'replaced' : state;

export const History = ({ gateway, configuration }: Props) => {
  const { t } = useWords();
  const [restoring, setRestoring] = useState<commissioning.ConfigurationVersion | null>(null);
  const { history, latestVersion } = configuration;
  if (history.length === 0) return <p className="muted">{t('commission.noHistory')}</p>;
  return (
    <>
      <table className="commission-table commission-cards" data-testid="versions">
        <thead>
          <tr>
            <th className="number">{t('commission.number')}</th>
            <th>{t('commission.state')}</th>
            <th>{t('commission.sentAt')}</th>
            <th>{t('commission.sentBy')}</th>
            <th>{t('commission.why')}</th>
            <th>{t('commission.devices')}</th>
            <th>{t('commission.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {history.map((version) => (
            <tr key={version.version}>
              <td className="number" data-label={t('commission.number')}>
                {version.version}
              </td>
              <td>
                <b>{t(`commission.versionState.${stateNow(version, configuration)}`)}</b>
                {version.detail !== null && <span className="muted"> {version.detail}</span>}
              </td>
              <td className="nowrap">{formatDateTime(Date.parse(version.createdAt))}</td>
              <td>{version.author}</td>
              <td>{version.reason}</td>
              <td className="nowrap">{t('commission.count', { count: version.deviceCount })}</td>
              <td>
                {version.version !== latestVersion && (
                  <Button onPress={() => setRestoring(version)}>{t('commission.restore')}</Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {restoring !== null && (
        <ReasonDialog
          gateway={gateway}
          title={t('commission.restoreTitle', { version: restoring.version })}
          confirm={t('commission.restore')}
          act={(reason) => restoreConfiguration(gateway, restoring.version, { baseVersion: latestVersion, reason })}
          onClose={() => setRestoring(null)}
        >
          <p>{t('commission.restoreExplain', { count: restoring.deviceCount })}</p>
        </ReasonDialog>
      )}
    </>
  );
};
