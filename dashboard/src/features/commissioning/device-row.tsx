// One configured device: what it is, how it is reached, whether it answers, and what can be done with it.
import { Button } from 'react-aria-components';
import { Link } from 'react-router';
import { Age } from '../../ui/age.tsx';
import { useWords } from '../../ui/words.ts';
import { type Device, draftOf } from './core/devices.ts';
import { useEquipmentOf } from './use-gateway.ts';

interface Props {
  readonly gateway: string;
  readonly device: Device;
  readonly onRemove: () => void;
}

/** Where it is: the values of the block without switches and secrets. */
export const connectionParts = (device: Device): readonly (readonly [string, string])[] =>
  Object.entries(draftOf(device).connection)
    .filter(([name]) => !['username', 'password', 'caFile'].includes(name))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);

export const DeviceRow = ({ gateway, device, onRemove }: Props) => {
  const { t, code, language } = useWords();
  const { id, model, name } = draftOf(device);
  const equipment = useEquipmentOf(gateway, id);
  return (
    <tr data-testid={`device-${id}`}>
      <td>
        {equipment === undefined ? (
          <b>{id}</b>
        ) : (
          <Link to={`/equipment/${encodeURIComponent(equipment.id)}`}>
            <b>{id}</b>
          </Link>
        )}
      </td>
      <td className="commission-name" data-label={t('commission.name')}>
        {name[language]}
      </td>
      <td data-label={t('commission.model')}>{model}</td>
      <td className="commission-connection" data-label={t('commission.connection')}>
        {connectionParts(device).map(([field, value]) => (
          <span key={field} className="commission-part">
            <span className="muted">{code('commission.field', field)}</span> {value}
          </span>
        ))}
      </td>
      <td data-label={t('commission.state')}>
        {equipment === undefined && <span className="muted">{t('commission.notReported')}</span>}
        {equipment?.online === true && t('commission.online')}
        {equipment?.online === false && (
          <>
            ? {t('commission.offline')}{' '}
            {equipment.offlineSince !== null && <Age sinceMs={Date.parse(equipment.offlineSince)} />}
          </>
        )}
      </td>
      <td>
        <div className="row nowrap">
          <Link
            className="button"
            to={`/gateways/${encodeURIComponent(gateway)}/devices/${encodeURIComponent(id)}`}
            data-testid={`edit-${id}`}
          >
            {t('commission.edit')}
          </Link>
          <Button onPress={onRemove} data-testid={`remove-${id}`}>
            {t('commission.remove')}
          </Button>
        </div>
      </td>
    </tr>
  );
};
