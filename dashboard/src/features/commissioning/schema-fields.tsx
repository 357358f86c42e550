// Controls for the fields of a JSON Schema: unions as a choice of kinds, blocks within blocks, faults at their field.
import { useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../ui/words.ts';
import { type FieldFault, faultsAt } from './core/faults.ts';
import {
  type FormField,
  fieldsOf,
  type Schema,
  shapeOf,
  shapesOf,
  startValues,
  type Values,
  withValue,
} from './core/schema-form.ts';

interface Props {
  readonly schema: Schema;
  readonly values: Values;
  readonly path: string;
  readonly faults: readonly FieldFault[];
  readonly onChange: (values: Values) => void;
}

export const SchemaFields = ({ schema, values, path, faults, onChange }: Props) => {
  const { t, code } = useWords();
  const shapes = shapesOf(schema);
  const shape = shapeOf(schema, values);
  return (
    <div className="commission-fields">
      {shapes.length > 1 && (
        <Field label={t('commission.form')}>
          {(id) => (
            <select
              id={id}
              data-testid={`shape-${path}`}
              value={shape.label}
              onChange={(event) => {
                const next = shapes.find(({ label }) => label === event.target.value);
                if (next !== undefined) onChange(startValues(next.schema, values));
              }}
            >
              {shapes.map(({ label }) => (
                <option key={label} value={label}>
                  {code('commission.shape', label)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {fieldsOf(shape.schema).map((field) => (
        <SchemaField
          key={field.name}
          field={field}
          value={values[field.name]}
          path={`${path}.${field.name}`}
          faults={faults}
          onChange={(value) => onChange(withValue(values, field.name, value))}
        />
      ))}
    </div>
  );
};

interface FieldProps {
  readonly field: FormField;
  readonly value: unknown;
  readonly path: string;
  readonly faults: readonly FieldFault[];
  readonly onChange: (value: unknown) => void;
}

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null;

const SchemaField = (props: FieldProps) => {
  const { field, value, path, faults, onChange } = props;
  const { code } = useWords();
  const hint = useHint(field);
  const label = code('commission.field', field.name);
  if (field.kind === 'block')
    return (
      <fieldset className="commission-block">
        <legend>{label}</legend>
        <SchemaFields
          schema={field.schema}
          values={isRecord(value) ? value : {}}
          path={path}
          faults={faults}
          onChange={onChange}
        />
      </fieldset>
    );
  const wrong = faultsAt(faults, path);
  return (
    <div>
      <Field label={label} hint={hint}>
        {(id) => <Control {...props} id={id} />}
      </Field>
      {wrong.map((text) => (
        <p key={text} className="commission-fault" role="alert">
          {text}
        </p>
      ))}
    </div>
  );
};

const useHint = ({ required, standard, low, high, hint, kind }: FormField): string => {
  const { t } = useWords();
  const range = low !== null && high !== null ? t('commission.range', { low, high }) : '';
  const state =
    standard === undefined || standard === ''
      ? t(required ? 'commission.required' : 'commission.optional')
      : t('commission.standard', { value: String(standard) });
  const secret = kind === 'secret' ? t('commission.secretKept') : '';
  return [state, range, secret, hint ?? ''].filter((part) => part !== '').join(' · ');
};

const Control = ({ field, value, path, onChange, id }: FieldProps & { readonly id: string }) => {
  const common = { id, 'data-testid': `field-${path}`, autoComplete: 'off' } as const;
  const shown = value === undefined ? '' : String(value);
  switch (field.kind) {
    case 'choice':
      return (
        <select
          {...common}
          value={shown}
          onChange={(event) => onChange(field.choices.find((choice) => String(choice) === event.target.value))}
        >
          {(!field.required || value === undefined) && <option value="">–</option>}
          {field.choices.map((choice) => (
            <option key={String(choice)} value={String(choice)}>
              {String(choice)}
            </option>
          ))}
        </select>
      );
    case 'toggle':
      return (
        <input
          {...common}
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      );
    case 'number':
      return (
        <input
          {...common}
          inputMode={field.whole ? 'numeric' : 'decimal'}
          value={shown}
          onChange={(event) => onChange(numberOf(event.target.value))}
        />
      );
    case 'secret':
      return <input {...common} type="password" value={shown} onChange={(event) => onChange(event.target.value)} />;
    case 'text':
      return <input {...common} value={shown} onChange={(event) => onChange(event.target.value)} />;
    default:
      return <JsonControl id={id} value={value} onChange={onChange} />;
  }
};

/** What is no number stays as it was typed; the gateway's check names it. */
const numberOf = (text: string): unknown => {
  const trimmed = text.trim();
  const value = Number(trimmed);
  return trimmed === '' || Number.isNaN(value) || /\.$/.test(trimmed) ? trimmed : value;
};

const JsonControl = ({ id, value, onChange }: Pick<FieldProps, 'value' | 'onChange'> & { readonly id: string }) => {
  const { t } = useWords();
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, undefined, 1));
  const [bad, setBad] = useState(false);
  return (
    <>
      <textarea
        id={id}
        rows={3}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          try {
            onChange(event.target.value.trim() === '' ? undefined : JSON.parse(event.target.value));
            setBad(false);
          } catch {
            setBad(true);
          }
        }}
      />
      {bad && <p className="commission-fault">{t('commission.badJson')}</p>}
    </>
  );
};
