// The numbers in force beside those of the class, with who changed them last and why.
import type { alarmSettings } from '@louwei/server/contract';
import { Button } from 'react-aria-components';
import { useCanAct } from '../../live/hooks.ts';
import { PriorityChip } from '../../ui/priority-chip.tsx';
import { formatDateTime } from '../../ui/time.ts';
import { useWords } from '../../ui/words.ts';
import type { ChangeRequest } from './change-request.ts';
import { type Editable, editableFields, editableParameter, entriesOf } from './core/draft.ts';
import { useLabels, withUnit } from './use-labels.ts';

interface Props {
  readonly settings: alarmSettings.AlarmSettings;
  readonly mayConfigure: boolean;
  readonly onChange: (request: ChangeRequest) => void;
  readonly onTryOut: (alarm: string) => void;
}

export const SettingsList = ({ settings, mayConfigure, onChange, onTryOut }: Props) => {
  const { t } = useWords();
  const { nameOf, alarmName } = useLabels();
  const canAct = useCanAct();
  const parameters = settings.parameters.map(editableParameter);
  const editButton = (title: string, fields: readonly Editable[], testId: string) =>
    mayConfigure && (
      <Button
        data-testid={testId}
        isDisabled={!canAct}
        onPress={() => onChange({ title, fields, entries: entriesOf(fields) })}
      >
        {t('settings.edit')}
      </Button>
    );
  return (
    <div className="stack">
      {settings.ignored !== null && (
        <p className="problem" role="alert">
          {t('settings.ignored', { why: settings.ignored })}
        </p>
      )}
      {parameters.length > 0 && (
        <>
          <div className="row">
            <h2>{t('settings.parameters')}</h2>
            {editButton(t('settings.parameters'), parameters, 'edit-parameters')}
          </div>
          <dl className="setting-grid">
            {parameters.map((field) => (
              <Setting key={field.field} name={nameOf(field)} field={field} />
            ))}
          </dl>
        </>
      )}
      <h2>{t('settings.alarms')}</h2>
      {settings.alarms.map((alarm) => (
        <div key={alarm.alarm} className="alarm-entry wide">
          <div className="alarm-name">
            <PriorityChip priority={alarm.priority} blink="none" size={20} hollow />
            <b>{alarmName(alarm)}</b>
          </div>
          <dl className="setting-grid">
            {editableFields(alarm).map((field) => (
              <Setting key={field.field} name={nameOf(field)} field={field} />
            ))}
          </dl>
          <div className="row">
            {editButton(alarmName(alarm), editableFields(alarm), `edit-${alarm.alarm}`)}
            {mayConfigure && (
              <Button className="quiet" onPress={() => onTryOut(alarm.alarm)}>
                {t('settings.tryOut')}
              </Button>
            )}
          </div>
        </div>
      ))}
    </div>
  );
};

const Setting = ({ name, field }: { readonly name: string; readonly field: Editable }) => {
  const { t } = useWords();
  const { value, classDefault, unit, range, last } = field;
  const own = value !== classDefault;
  return (
    <div className={own ? 'setting own' : 'setting'} data-testid={`setting-${field.field}`}>
      <dt>{name}</dt>
      <dd>
        <b>{withUnit(value, unit)}</b>
        {own && <span className="muted"> {t('settings.classDefault', { value: withUnit(classDefault, unit) })}</span>}
        {field.label.kind === 'parameter' && range !== null && (
          <span className="muted"> · {t('settings.range', { low: range[0], high: range[1] })}</span>
        )}
        {last !== null && (
          <span className="setting-last">
            {t('settings.lastBy', {
              by: last.by,
              at: formatDateTime(Date.parse(last.at)).slice(0, 16),
              reason: last.reason,
            })}
          </span>
        )}
      </dd>
    </div>
  );
};
