// Step 1: the model, found by what stands on the nameplate, or by asking an unknown Modbus TCP device what it is.
import type { commissioning } from '@louwei/server/contract';
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useWords } from '../../ui/words.ts';
import type { Values } from './core/schema-form.ts';
import { findModels, protocolsOf } from './core/search.ts';
import { IdentifyForm } from './identify-form.tsx';

const MOST_SHOWN = 10;

interface Props {
  readonly gateway: string;
  readonly models: readonly commissioning.ModelSummary[];
  /** Protocols the gateway speaks. */
  readonly protocols: readonly string[];
  readonly chosen: commissioning.ModelSummary | undefined;
  readonly onChoose: (model: string, connection?: Values) => void;
}

export const ChooseModel = ({ gateway, models, protocols, chosen, onChoose }: Props) => {
  const { t, say } = useWords();
  const [text, setText] = useState('');
  const [protocol, setProtocol] = useState('');
  const [open, setOpen] = useState(chosen === undefined);
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef(open);
  // What was pressed is gone: without this the keyboard starts again at the top of the page.
  useEffect(() => {
    if (shown.current !== open) box.current?.querySelector<HTMLElement>('input, button')?.focus();
    shown.current = open;
  }, [open]);
  const usable = models.filter((model) => protocols.includes(model.protocol));
  const found = findModels(usable, text, protocol);
  const choose = (model: string, connection?: Values): void => {
    setOpen(false);
    onChoose(model, connection);
  };
  if (!open && chosen !== undefined)
    return (
      <div className="row" data-testid="chosen-model" ref={box}>
        <span>
          <b>{say(chosen.label)}</b> <span className="muted">{chosen.model}</span>
          <br />
          <span className="muted">
            {say(chosen.classLabel)} · {chosen.protocol} · {t(`commission.proof.${chosen.proof as 'manual'}`)}
          </span>
        </span>
        <span className="commission-spacer" />
        <Button onPress={() => setOpen(true)}>{t('commission.change')}</Button>
      </div>
    );
  return (
    <div className="stack" ref={box}>
      <div className="row commission-search">
        <input
          type="search"
          data-testid="model-search"
          aria-label={t('commission.findModel')}
          placeholder={t('commission.findModel')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          aria-label={t('commission.allProtocols')}
          value={protocol}
          onChange={(event) => setProtocol(event.target.value)}
        >
          <option value="">{t('commission.allProtocols')}</option>
          {protocolsOf(usable).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </div>
      {protocols.includes('modbus') && <IdentifyForm gateway={gateway} models={models} onChoose={choose} />}
      <ul className="commission-models">
        {found.slice(0, MOST_SHOWN).map((model) => (
          <li key={model.model}>
            <Button className="quiet" onPress={() => choose(model.model)} data-testid={`model-${model.model}`}>
              <b>{say(model.label)}</b>
              <span className="muted">
                {model.model} · {say(model.classLabel)} · {model.protocol}
              </span>
            </Button>
          </li>
        ))}
      </ul>
      <p className="muted">
        {t('commission.models', { count: found.length })}
        {found.length > MOST_SHOWN && ` · ${t('commission.more', { count: found.length - MOST_SHOWN })}`}
      </p>
    </div>
  );
};
