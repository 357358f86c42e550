// Numbers of an alarm as a person drafts them: which ones there are, what was typed, what differs from today.
import type { alarmSettings } from '@louwei/server/contract';

type Settings = alarmSettings.AlarmSettings;
type AlarmEntry = Settings['alarms'][number];

/** One number that can be changed, with where its label comes from. */
export type Editable = alarmSettings.SettingFieldView & {
  readonly label:
    | { readonly kind: 'parameter'; readonly text: { readonly zh: string; readonly en: string } }
    | { readonly kind: 'alarm'; readonly what: AlarmEntry['fields'][number]['what'] };
};

/** What was typed, by field. */
export type Entries = Readonly<Record<string, string>>;

export const editableParameter = (parameter: Settings['parameters'][number]): Editable => ({
  ...parameter,
  label: { kind: 'parameter', text: parameter.label },
});

export const editableFields = ({ fields }: AlarmEntry): readonly Editable[] =>
  fields.map((field) => ({ ...field, label: { kind: 'alarm', what: field.what } }));

/** Numbers that decide when the alarm fires: limits first, then its own; the priority changes no time. */
export const backtestFields = ({ parameters }: Settings, alarm: AlarmEntry): readonly Editable[] => [
  ...parameters.filter(({ alarms }) => alarms.includes(alarm.alarm)).map(editableParameter),
  ...editableFields(alarm).filter(({ label }) => label.kind === 'parameter' || label.what !== 'priority'),
];

export const entriesOf = (fields: readonly Editable[]): Entries =>
  Object.fromEntries(fields.map(({ field, value }) => [field, String(value)]));

/** A draft that another page proposes by its link; `deadband` and the delays are of the alarm itself. */
export const prefilled = (fields: readonly Editable[], proposed: URLSearchParams): Entries =>
  Object.fromEntries(
    fields.map(({ field, value, label }) => {
      const offered = label.kind === 'alarm' ? proposed.get(label.what) : null;
      return [field, offered !== null && parsed(offered) !== null ? offered : String(value)];
    }),
  );

export const parsed = (text: string): number | null => {
  const trimmed = text.trim().replace(',', '.');
  const value = Number(trimmed);
  return trimmed === '' || !Number.isFinite(value) ? null : value;
};

export const isInvalid = ({ range }: Editable, text: string): boolean => {
  const value = parsed(text);
  if (value === null) return true;
  const [low, high] = range ?? [0, Number.POSITIVE_INFINITY];
  return value < low || value > high;
};

/** Fields that differ from what is in force; null when something typed is no number. */
export const changedValues = (
  fields: readonly Editable[],
  entries: Entries,
): Readonly<Record<string, number>> | null => {
  const values: Record<string, number> = {};
  for (const { field, value } of fields) {
    const typed = parsed(entries[field] ?? '');
    if (typed === null) return null;
    if (typed !== value) values[field] = typed;
  }
  return values;
};

/** On-delays that take more than a tenth of the time to respond; they have to be confirmed. */
export const slowDelays = (
  { alarms }: Settings,
  values: Readonly<Record<string, number>>,
): readonly { readonly alarm: AlarmEntry; readonly onDelayS: number }[] =>
  alarms.flatMap((alarm) => {
    const field = alarm.fields.find(({ what }) => what === 'onDelayS');
    const onDelayS = field === undefined ? undefined : values[field.field];
    return onDelayS !== undefined && onDelayS > alarm.longestOnDelayS && onDelayS !== field?.classDefault
      ? [{ alarm, onDelayS }]
      : [];
  });

/** The name in front of the figures: `Transformer winding too hot - … °C` is `Transformer winding too hot`. */
export const shortName = (text: string): string => text.split(/\s*(?:[：:，（(]|\s[-–]\s|…)/)[0]?.trim() || text;
