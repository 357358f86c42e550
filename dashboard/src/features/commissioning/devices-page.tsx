// One gateway: its devices as it says them, what became of its last configuration, and every version before.
import './commissioning.css';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useParams } from 'react-router';
import { saveConfiguration } from '../../api/commissioning.ts';
import { useLive } from '../../live/hooks.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { ChangeList } from './change-list.tsx';
import { basisOf, changesBetween, draftOf, idOf, withoutDevice } from './core/devices.ts';
import { connectionParts, DeviceRow } from './device-row.tsx';
import { History } from './history.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { descriptionKey, useConfiguration, useDescription } from './use-gateway.ts';
import { VersionNote } from './version-note.tsx';

export const DevicesPage = () => {
  const { id: gateway = '' } = useParams();
  const { t } = useWords();
  const queries = useQueryClient();
  const online = useLive((state) => state.gateways.get(gateway)?.online);
  const silent = useLive(
    (state) => [...state.equipment.values()].filter((one) => one.gatewayId === gateway && !one.online).length,
  );
  const description = useDescription(gateway);
  const configuration = useConfiguration(gateway);
  const [search, setSearch] = useState('');
  const [removing, setRemoving] = useState<string | null>(null);
  const running = configuration.data?.reported?.version;
  const known = description.data?.configurationVersion;
  // Another configuration than the one described runs by now.
  useEffect(() => {
    if (running !== undefined && known !== undefined && running !== known)
      void queries.invalidateQueries({ queryKey: descriptionKey(gateway) });
  }, [running, known, gateway, queries]);
  const devices =
    description.data !== undefined && configuration.data !== undefined
      ? basisOf(description.data, configuration.data)
      : [];
  const wanted = search.trim().toLowerCase();
  const shown = devices.filter((device) => {
    const { id, name, model } = draftOf(device);
    return [id, name.zh, name.en, model, ...connectionParts(device).flat()].join(' ').toLowerCase().includes(wanted);
  });
  const newest = configuration.data?.history[0];
  return (
    <section className="stack commission-page">
      <div className="panel stack">
        <header className="row">
          <h1>
            <Link to="/gateways">{t('commission.gateways')}</Link> / {gateway} · {t('commission.devices')}
          </h1>
          {online === true ? (
            <span className="muted">{t('commission.online')}</span>
          ) : (
            <b>? {t('commission.offline')}</b>
          )}
          {silent > 0 && <b data-testid="devices-silent">{t('commission.silent', { count: silent })}</b>}
          <span className="commission-spacer" />
          {description.data !== undefined && configuration.data !== undefined && (
            <Link
              className="button primary"
              to={`/gateways/${encodeURIComponent(gateway)}/devices/new`}
              data-testid="add-device"
            >
              {t('commission.add')}
            </Link>
          )}
        </header>
        {newest !== undefined && <VersionNote version={newest} />}
        {configuration.data !== undefined && newest === undefined && (
          <p className="muted">
            {t(running === undefined || running === 0 ? 'commission.ownFile' : 'commission.running', {
              version: running,
            })}
          </p>
        )}
        <ProblemNote error={description.error ?? configuration.error} />
        {description.isPending && <p className="muted">{t('commission.asking')}</p>}
        {description.data !== undefined && configuration.data !== undefined && (
          <>
            <input
              type="search"
              aria-label={t('commission.search')}
              placeholder={t('commission.search')}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            {shown.length === 0 ? (
              <p className="muted">{t(devices.length === 0 ? 'commission.noDevices' : 'commission.noMatch')}</p>
            ) : (
              <table className="commission-table commission-cards">
                <thead>
                  <tr>
                    {(['id', 'name', 'model', 'connection', 'state', 'actions'] as const).map((key) => (
                      <th key={key}>{t(`commission.${key}`)}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map((device) => (
                    <DeviceRow
                      key={idOf(device)}
                      gateway={gateway}
                      device={device}
                      onRemove={() => setRemoving(idOf(device))}
                    />
                  ))}
                </tbody>
              </table>
            )}
          </>
        )}
      </div>
      {configuration.data !== undefined && (
        <div className="panel stack">
          <h2>{t('commission.history')}</h2>
          <History gateway={gateway} configuration={configuration.data} />
        </div>
      )}
      {removing !== null && configuration.data !== undefined && (
        <ReasonDialog
          gateway={gateway}
          title={t('commission.removeTitle', { id: removing })}
          confirm={t('commission.remove')}
          act={(reason) =>
            saveConfiguration(gateway, {
              baseVersion: configuration.data.latestVersion,
              devices: withoutDevice(devices, removing),
              reason,
            })
          }
          onClose={() => setRemoving(null)}
        >
          <p>{t('commission.removeExplain')}</p>
          <ChangeList changes={changesBetween(devices, withoutDevice(devices, removing))} />
        </ReasonDialog>
      )}
    </section>
  );
};
