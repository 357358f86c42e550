// One number with its unit, allowed range and the way back to the class's value.
import { Button } from 'react-aria-components';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../ui/words.ts';
import { type Editable, isInvalid, parsed } from './core/draft.ts';
import { useLabels, withUnit } from './use-labels.ts';

interface Props {
  readonly field: Editable;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

export const NumberField = ({ field, text, onChange }: Props) => {
  const { t } = useWords();
  const { nameOf } = useLabels();
  const { unit, range, classDefault } = field;
  const invalid = isInvalid(field, text);
  const expected =
    parsed(text) === null || range === null
      ? t('settings.notNumber')
      : t('settings.outside', { low: range[0], high: range[1] });
  return (
    <Field label={unit === null ? nameOf(field) : `${nameOf(field)} (${unit})`}>
      {(id) => (
        <>
          <div className="number-entry">
            <input
              id={id}
              data-testid={`entry-${field.field}`}
              inputMode="decimal"
              value={text}
              aria-invalid={invalid}
              aria-describedby={`${id}-about`}
              onChange={(event) => onChange(event.target.value)}
            />
            <Button
              className="quiet"
              isDisabled={parsed(text) === classDefault}
              onPress={() => onChange(String(classDefault))}
            >
              {t('settings.useDefault')}
            </Button>
          </div>
          <span id={`${id}-about`} className={invalid ? 'field-hint invalid' : 'field-hint muted'}>
            {invalid ? `⚠ ${expected}` : t('settings.classDefault', { value: withUnit(classDefault, unit) })}
            {!invalid && range !== null && ` · ${t('settings.range', { low: range[0], high: range[1] })}`}
          </span>
        </>
      )}
    </Field>
  );
};
