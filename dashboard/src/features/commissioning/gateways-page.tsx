// All gateways: are they there, how much hangs on them, and the way to their devices.
import './commissioning.css';
import { Link } from 'react-router';
import { useMay } from '../../app/session.ts';
import { useLive } from '../../live/hooks.ts';
import { Age } from '../../ui/age.tsx';
import { useWords } from '../../ui/words.ts';

export const GatewaysPage = () => {
  const { t } = useWords();
  const mayManage = useMay('gateway:manage');
  const gateways = [...useLive((state) => state.gateways).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return (
    <section className="panel stack commission-page">
      <h1>{t('commission.gateways')}</h1>
      {gateways.length === 0 ? (
        <p className="muted">{t('commission.noGateways')}</p>
      ) : (
        <table className="commission-table commission-cards">
          <thead>
            <tr>
              <th>{t('commission.gateway')}</th>
              <th>{t('commission.state')}</th>
              <th className="number">{t('commission.equipment')}</th>
              <th>{t('commission.delivery')}</th>
              <th>{t('commission.actions')}</th>
            </tr>
          </thead>
          <tbody>
            {gateways.map(({ id, online, since, equipmentCount, provesDelivery }) => (
              <tr key={id} data-testid={`gateway-${id}`}>
                <td>
                  <b>{id}</b>
                </td>
                <td data-label={t('commission.state')}>
                  {t(online ? 'commission.online' : 'commission.offline')}{' '}
                  <span className="muted">
                    <Age sinceMs={Date.parse(since)} />
                  </span>
                </td>
                <td className="number" data-label={t('commission.equipment')}>
                  {equipmentCount}
                </td>
                <td data-label={t('commission.delivery')}>
                  {t(provesDelivery ? 'commission.proves' : 'commission.provesNot')}
                </td>
                <td>
                  {mayManage && (
                    <Link className="button" to={`/gateways/${encodeURIComponent(id)}`}>
                      {t('commission.devices')}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};
