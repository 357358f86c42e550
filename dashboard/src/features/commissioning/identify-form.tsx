// Asks an unknown Modbus TCP device what it is: candidates with what was seen, best first.
import type { commissioning } from '@louwei/server/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { identifyDevice } from '../../api/commissioning.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWords } from '../../ui/words.ts';
import type { Values } from './core/schema-form.ts';

interface Props {
  readonly gateway: string;
  readonly models: readonly commissioning.ModelSummary[];
  readonly onChoose: (model: string, connection: Values) => void;
}

/** Below it nothing of the model was recognised. */
const LEAST_SCORE = 0.1;

const FIELDS = ['host', 'port', 'unit'] as const;

export const IdentifyForm = ({ gateway, models, onChoose }: Props) => {
  const { t, say, code } = useWords();
  const [target, setTarget] = useState({ host: '', port: '502', unit: '1' });
  const ask = useMutation({
    mutationFn: () =>
      identifyDevice(gateway, { host: target.host.trim(), port: Number(target.port), unit: Number(target.unit) }),
  });
  const found = ask.data?.candidates.filter(({ fits, score }) => fits || score >= LEAST_SCORE);
  const labelOf = (name: string): string => {
    const known = models.find(({ model }) => model === name);
    return known === undefined ? name : say(known.label);
  };
  return (
    <details className="commission-identify">
      <summary data-testid="identify-open">{t('commission.identify')}</summary>
      <p className="muted">{t('commission.identifyExplain')}</p>
      <div className="commission-fields">
        {FIELDS.map((name) => (
          <Field key={name} label={code('commission.field', name)}>
            {(id) => (
              <input
                id={id}
                data-testid={`identify-${name}`}
                autoComplete="off"
                inputMode={name === 'host' ? 'text' : 'numeric'}
                value={target[name]}
                onChange={(event) => setTarget({ ...target, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <Button
        data-testid="identify-now"
        isDisabled={ask.isPending || target.host.trim() === ''}
        onPress={() => ask.mutate()}
      >
        {t(ask.isPending ? 'commission.identifying' : 'commission.identifyNow')}
      </Button>
      <ProblemNote error={ask.error} />
      {found?.length === 0 && <p>{t('commission.noCandidate')}</p>}
      <ul className="commission-candidates">
        {found?.map(({ model, fits, score, connection, evidence }) => (
          <li key={model} data-testid={`candidate-${model}`}>
            <div>
              <b>{labelOf(model)}</b> <span className="muted">{model}</span>
              <br />
              {t(fits ? 'commission.fits' : 'commission.fitsPartly')} · {t('commission.score')}{' '}
              {Math.round(score * 100)} %
              <ul className="muted">
                {evidence.map((seen) => (
                  <li key={seen}>{seen}</li>
                ))}
              </ul>
            </div>
            <Button onPress={() => onChoose(model, connection)}>{t('commission.choose')}</Button>
          </li>
        ))}
      </ul>
    </details>
  );
};
