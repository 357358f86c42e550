// A new device of a gateway, or one that is there: what has to be known before the form can be shown.
import './commissioning.css';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import { basisOf, draftOf, EMPTY_DRAFT, idOf } from './core/devices.ts';
import { DeviceForm } from './device-form.tsx';
import { useConfiguration, useDescription, useModels } from './use-gateway.ts';

export const DevicePage = () => {
  const { id: gateway = '', device } = useParams();
  const { t } = useWords();
  const go = useNavigate();
  const [round, setRound] = useState(0);
  const description = useDescription(gateway);
  const configuration = useConfiguration(gateway);
  const models = useModels();
  const home = `/gateways/${encodeURIComponent(gateway)}`;
  const ready = description.data !== undefined && configuration.data !== undefined && models.data !== undefined;
  const basis = ready ? basisOf(description.data, configuration.data) : [];
  const known = basis.find((one) => idOf(one) === device);
  return (
    <section className="stack commission-page">
      <header className="row">
        <h1>
          <Link to={home}>{gateway}</Link> /{' '}
          {device === undefined ? t('commission.newTitle') : t('commission.editTitle', { id: device })}
        </h1>
      </header>
      <ProblemNote error={description.error ?? configuration.error ?? models.error} />
      {description.isPending && <p className="muted">{t('commission.asking')}</p>}
      {ready && device !== undefined && known === undefined && <p>{t('commission.gone', { id: device })}</p>}
      {ready && (device === undefined || known !== undefined) && (
        <DeviceForm
          key={`${device ?? ''}#${round}`}
          gateway={gateway}
          basis={basis}
          was={device ?? null}
          start={known === undefined ? EMPTY_DRAFT : draftOf(known)}
          drivers={description.data.drivers}
          models={models.data.items}
          configuration={configuration.data}
          onAnother={() => {
            setRound(round + 1);
            void go(`${home}/devices/new`);
          }}
        />
      )}
    </section>
  );
};
