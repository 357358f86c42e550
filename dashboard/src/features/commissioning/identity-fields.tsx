// Id, names in both languages, and place of a device.
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../ui/words.ts';
import { type Draft, isIdFit } from './core/devices.ts';
import { type FieldFault, faultsAt } from './core/faults.ts';

interface Props {
  readonly draft: Draft;
  /** Known devices keep their id: their history hangs on it. */
  readonly isNew: boolean;
  readonly isTaken: boolean;
  readonly faults: readonly FieldFault[];
  readonly onChange: (draft: Draft) => void;
}

const PLACES = ['site', 'building', 'floor', 'room'] as const;

export const IdentityFields = ({ draft, isNew, isTaken, faults, onChange }: Props) => {
  const { t } = useWords();
  const { id, name, place } = draft;
  const wrong = [
    ...(isTaken ? [t('commission.idTaken')] : []),
    ...(id !== '' && !isIdFit(id) ? [t('commission.idHint')] : []),
    ...faultsAt(faults, 'id'),
  ];
  const input = (label: string, testId: string, value: string, set: (text: string) => void) => (
    <Field label={label}>
      {(inputId) => (
        <input
          id={inputId}
          data-testid={testId}
          autoComplete="off"
          maxLength={120}
          value={value}
          onChange={(event) => set(event.target.value)}
        />
      )}
    </Field>
  );
  return (
    <>
      <div className="commission-fields">
        <div>
          <Field label={t('commission.id')} {...(isNew ? { hint: t('commission.idHint') } : {})}>
            {(inputId) => (
              <input
                id={inputId}
                data-testid="device-id"
                autoComplete="off"
                maxLength={64}
                readOnly={!isNew}
                value={id}
                onChange={(event) => onChange({ ...draft, id: event.target.value })}
              />
            )}
          </Field>
          {wrong.map((text) => (
            <p key={text} className="commission-fault" role="alert">
              {text}
            </p>
          ))}
        </div>
        {input(t('commission.nameZh'), 'name-zh', name.zh, (zh) => onChange({ ...draft, name: { ...name, zh } }))}
        {input(t('commission.nameEn'), 'name-en', name.en, (en) => onChange({ ...draft, name: { ...name, en } }))}
      </div>
      <div className="commission-fields">
        {PLACES.map((part) => (
          <div key={part}>
            {input(t(`commission.${part}`), `place-${part}`, place[part], (text) =>
              onChange({ ...draft, place: { ...place, [part]: text } }),
            )}
          </div>
        ))}
      </div>
    </>
  );
};
