// Names of settings and of the values around them, in the person's language.
import type { alarmSettings } from '@louwei/server/contract';
import { useWords } from '../../ui/words.ts';
import { type Editable, editableFields, editableParameter, shortName } from './core/draft.ts';

export const withUnit = (value: number | string, unit: string | null): string =>
  unit === null ? String(value) : `${value} ${unit}`;

export const useLabels = () => {
  const { t, say } = useWords();
  const nameOf = ({ label }: Editable): string =>
    label.kind === 'parameter' ? say(label.text) : t(`settings.${label.what}`);
  const alarmName = ({ text }: alarmSettings.AlarmSettings['alarms'][number]): string => shortName(say(text));
  /** Of a field in the history, where the alarm has to be said too. */
  const fieldName = (settings: alarmSettings.AlarmSettings, field: string): string => {
    const parameter = settings.parameters.find((one) => one.field === field);
    if (parameter !== undefined) return nameOf(editableParameter(parameter));
    for (const alarm of settings.alarms) {
      const own = editableFields(alarm).find((one) => one.field === field);
      if (own !== undefined) return `${alarmName(alarm)} · ${nameOf(own)}`;
    }
    return field;
  };
  return { nameOf, alarmName, fieldName };
};
