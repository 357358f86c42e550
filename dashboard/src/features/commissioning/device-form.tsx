// The four steps of commissioning a device on one page: model, connection and name, test read, save.
import type { commissioning } from '@louwei/server/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { saveConfiguration, testRead } from '../../api/commissioning.ts';
import { failureFaults } from '../../api/request.ts';
import { useWords } from '../../ui/words.ts';
import { ChooseModel } from './choose-model.tsx';
import { changesBetween, type Device, type Draft, deviceOf, idOf, isIdFit, withDevice } from './core/devices.ts';
import { faultsOfDevice } from './core/faults.ts';
import {
  findField,
  missingIn,
  ORDER_FIELD,
  type Schema,
  shapeOf,
  startValues,
  type Values,
} from './core/schema-form.ts';
import { IdentityFields } from './identity-fields.tsx';
import { SavedPanel, SavePanel } from './save-panel.tsx';
import { SchemaFields } from './schema-fields.tsx';
import { type DoneRead, TestRead } from './test-read.tsx';
import { configurationKey, descriptionKey } from './use-gateway.ts';

interface Props {
  readonly gateway: string;
  /** The devices this change starts from. */
  readonly basis: readonly Device[];
  /** Id of the device that is changed; null for a new one. */
  readonly was: string | null;
  readonly start: Draft;
  readonly drivers: commissioning.GatewayDescription['drivers'];
  readonly models: readonly commissioning.ModelSummary[];
  readonly configuration: commissioning.GatewayConfiguration;
  readonly onAnother: () => void;
}

const NO_SCHEMA: Schema = {};
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const DeviceForm = (props: Props) => {
  const { gateway, was, start, drivers, models, configuration, onAnother } = props;
  const { t, code } = useWords();
  const queries = useQueryClient();
  // What others do meanwhile must not change this entry; the server refuses it by its version.
  const [basis] = useState(props.basis);
  const [baseVersion] = useState(configuration.latestVersion);
  const [draft, setDraft] = useState(start);
  const [savedVersion, setSavedVersion] = useState<number | null>(null);
  const model = models.find((one) => one.model === draft.model);
  const schemaFor = (name: string): Schema => {
    const protocol = models.find((one) => one.model === name)?.protocol;
    return drivers.find((driver) => driver.protocol === protocol)?.connectionSchema ?? NO_SCHEMA;
  };
  const schema = schemaFor(draft.model);
  const device = deviceOf(draft);
  const devices = withDevice(basis, was, device);
  const test = useMutation({
    mutationFn: async (tested: Device): Promise<DoneRead> => ({
      device: tested,
      read: await testRead(gateway, tested),
    }),
  });
  const save = useMutation({
    mutationFn: (reason: string) => saveConfiguration(gateway, { baseVersion, devices, reason }),
    onSuccess: (saved) => {
      setSavedVersion(saved.latestVersion);
      queries.setQueryData(configurationKey(gateway), saved);
      return queries.invalidateQueries({ queryKey: descriptionKey(gateway), refetchType: 'none' });
    },
    onError: () => queries.invalidateQueries({ queryKey: configurationKey(gateway) }),
  });
  const isTaken = was === null && basis.some((one) => idOf(one) === draft.id.trim());
  const missing = [
    ...missingIn(schema, draft.connection).map((name) => code('commission.field', name)),
    ...(draft.id.trim() === '' ? [t('commission.id')] : []),
  ];
  const isComplete = model !== undefined && missing.length === 0 && isIdFit(draft.id) && !isTaken;
  const isCurrent = test.data !== undefined && same(test.data.device, device);
  const reading = isCurrent ? (test.data?.read.online === true ? 'good' : 'failed') : 'none';
  const index = devices.indexOf(device);
  const faults = [
    ...faultsOfDevice(failureFaults(test.error), 0),
    ...faultsOfDevice(failureFaults(save.error), index < 0 ? null : index),
  ];
  const orders =
    model !== undefined && model.multiRegisterPoints.length > 0 ? findField(schema, ORDER_FIELD)?.choices : [];
  const chooseModel = (name: string, connection: Values = {}): void => {
    const next = schemaFor(name);
    const kept = { ...draft.connection, ...connection };
    setDraft({ ...draft, model: name, connection: startValues(shapeOf(next, kept).schema, kept) });
  };
  const version = configuration.history.find((one) => one.version === savedVersion);
  return (
    <div className="commission-steps">
      <div className="stack">
        <section className="panel stack">
          <h2>{t('commission.step.model')}</h2>
          <ChooseModel
            gateway={gateway}
            models={models}
            protocols={drivers.map(({ protocol }) => protocol)}
            chosen={model}
            onChoose={chooseModel}
          />
        </section>
        {model !== undefined && (
          <section className="panel stack">
            <h2>{t('commission.step.connection')}</h2>
            <SchemaFields
              schema={schema}
              values={draft.connection}
              path="connection"
              faults={faults}
              onChange={(connection) => setDraft({ ...draft, connection })}
            />
            <IdentityFields draft={draft} isNew={was === null} isTaken={isTaken} faults={faults} onChange={setDraft} />
          </section>
        )}
      </div>
      {model !== undefined && (
        <div className="stack">
          <section className="panel stack">
            <h2>{t('commission.step.read')}</h2>
            <TestRead
              gateway={gateway}
              device={device}
              model={model}
              orders={(orders ?? []).map(String)}
              isComplete={isComplete}
              missing={missing}
              isCurrent={isCurrent}
              test={test}
              onOrder={(order) => setDraft({ ...draft, connection: { ...draft.connection, [ORDER_FIELD]: order } })}
            />
          </section>
          <section className="panel stack">
            <h2>{t('commission.step.save')}</h2>
            {savedVersion === null ? (
              <SavePanel
                changes={changesBetween(basis, devices)}
                isComplete={isComplete}
                reading={reading}
                save={save}
              />
            ) : (
              <SavedPanel gateway={gateway} device={idOf(device)} version={version} onAnother={onAnother} />
            )}
          </section>
        </div>
      )}
    </div>
  );
};
