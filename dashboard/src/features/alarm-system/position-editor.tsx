// One operating position: its names, its lines of what it looks after, its place in the order.
import { Button } from 'react-aria-components';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../ui/words.ts';
import { ANY, COVER_FIELDS, type CoverDraft, type PositionDraft, type PositionFault } from './core/positions.ts';

interface Props {
  readonly draft: PositionDraft;
  /** Has what no other covers: no lines, always last. */
  readonly isDefault: boolean;
  readonly devices: number;
  readonly choices: Readonly<Record<keyof CoverDraft, readonly string[]>>;
  readonly classLabels: ReadonlyMap<string, string>;
  readonly fault: PositionFault | null;
  readonly isReadOnly: boolean;
  readonly onChange: (draft: PositionDraft) => void;
  readonly onRemove: () => void;
  readonly onRaise: (() => void) | null;
}

export const PositionEditor = (props: Props) => {
  const { draft, isDefault, isReadOnly, onChange } = props;
  const { t } = useWords();
  const text = (field: 'id' | 'zh' | 'en', label: string, isFixed = false) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          data-testid={`position-${field}`}
          value={draft[field]}
          maxLength={field === 'id' ? 40 : 80}
          readOnly={isReadOnly || isFixed}
          onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
        />
      )}
    </Field>
  );
  const setCover = (index: number, cover: CoverDraft): void =>
    onChange({ ...draft, covers: draft.covers.map((one, at) => (at === index ? cover : one)) });
  return (
    <section className="panel stack position" aria-label={draft.id}>
      <div className="position-names">
        {text('zh', t('position.name.zh'))}
        {text('en', t('position.name.en'))}
        {text('id', t('position.id'), !draft.isNew)}
        <b className="position-count">{t('position.devices', { count: props.devices })}</b>
      </div>
      {draft.isNew && <p className="muted field-hint">{t('position.idHint')}</p>}
      <h2>{t('position.covers')}</h2>
      {isDefault && <p>{t('position.rest')}</p>}
      {draft.covers.map((cover, index) => (
        // Lines have no name of their own; they are changed in place and removed by their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div key={index} className="row position-cover">
          {COVER_FIELDS.map((field) => (
            <select
              key={field}
              aria-label={t(`position.${field}`)}
              data-testid={`cover-${field}`}
              disabled={isReadOnly}
              value={cover[field]}
              onChange={(event) => setCover(index, { ...cover, [field]: event.target.value })}
            >
              <option value="">
                {t(`position.${field}`)}: {t('position.any')}
              </option>
              {props.choices[field].map((choice) => (
                <option key={choice} value={choice}>
                  {props.classLabels.get(choice) ?? choice}
                </option>
              ))}
            </select>
          ))}
          {!isReadOnly && draft.covers.length > 1 && (
            <Button
              aria-label={t('position.removeLine')}
              onPress={() => onChange({ ...draft, covers: draft.covers.filter((_, at) => at !== index) })}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      {props.fault !== null && (
        <p className="problem" role="alert">
          {t(`position.fault.${props.fault}`)}
        </p>
      )}
      {!isReadOnly && !isDefault && (
        <div className="row">
          <Button onPress={() => onChange({ ...draft, covers: [...draft.covers, ANY] })}>
            {t('position.addLine')}
          </Button>
          {props.onRaise !== null && <Button onPress={props.onRaise}>{t('position.up')} ↑</Button>}
          <Button onPress={props.onRemove}>{t('position.remove')}</Button>
        </div>
      )}
    </section>
  );
};
