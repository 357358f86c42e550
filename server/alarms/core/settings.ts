// Numbers of one piece of equipment that differ from its class: parameters of the rules, and delays, deadband and priority
// of single alarms. A class with settings applied is a class again, so everything that reads classes just works.
import type { AlarmDefinition, EquipmentClass } from '@louwei/device-profiles';

/** By field: `parameters.NAME` or `alarms.ALARM.onDelayS`. What is absent is as the class says. */
export type Settings = Readonly<Record<string, number>>;

export const NO_SETTINGS: Settings = {};

export type AlarmNumber = 'onDelayS' | 'offDelayS' | 'deadband' | 'priority';

interface FieldFacts {
  readonly field: string;
  readonly unit: string | null;
  readonly classDefault: number;
  /** Smallest and largest allowed value; null: nothing is known of the point. */
  readonly range: readonly [number, number] | null;
}
export interface ParameterField extends FieldFacts {
  readonly parameter: string;
}
export interface AlarmField extends FieldFacts {
  readonly alarm: string;
  readonly what: AlarmNumber;
}
export type SettingField = ParameterField | AlarmField;

/** As the schema of classes limits it. */
const LONGEST_DELAY_S = 86_400;

export const parameterField = (name: string): string => `parameters.${name}`;
export const alarmField = (alarm: string, what: AlarmNumber): string => `alarms.${alarm}.${what}`;

/** Everything that can be set on equipment of the class. */
export function settingFields(described: EquipmentClass): readonly SettingField[] {
  const parameters = Object.entries(described.parameters).map(
    ([parameter, { unit, range, default: classDefault }]): ParameterField => ({
      field: parameterField(parameter),
      parameter,
      unit: unit ?? null,
      classDefault,
      range,
    }),
  );
  const alarms = Object.entries(described.alarms).flatMap(([alarm, record]) => alarmFields(described, alarm, record));
  return [...parameters, ...alarms];
}

function alarmFields(described: EquipmentClass, alarm: string, record: AlarmDefinition): AlarmField[] {
  const make = (
    what: AlarmNumber,
    unit: string | null,
    classDefault: number,
    range: FieldFacts['range'],
  ): AlarmField => ({ field: alarmField(alarm, what), alarm, what, unit, classDefault, range });
  const { rule } = record;
  const fields = [
    make('onDelayS', 's', record.onDelayS, [0, LONGEST_DELAY_S]),
    make('offDelayS', 's', record.offDelayS, [0, LONGEST_DELAY_S]),
  ];
  if ('deadband' in rule) {
    const point = 'point' in rule ? described.points[rule.point] : undefined;
    const span = point?.range === undefined ? null : point.range[1] - point.range[0];
    fields.push(make('deadband', point?.unit ?? null, rule.deadband, span === null ? null : [0, span]));
  }
  // Of an alarm with levels each level has its own priority.
  if (rule.kind !== 'levels') fields.push(make('priority', null, record.priority, [1, 4]));
  return fields;
}

/** Fields that the class does not have are left alone: it may have them again after the next update. */
export function applySettings(described: EquipmentClass, settings: Settings): EquipmentClass {
  if (Object.keys(settings).length === 0) return described;
  const parameters = Object.entries(described.parameters).map(
    ([name, parameter]) =>
      [name, { ...parameter, default: settings[parameterField(name)] ?? parameter.default }] as const,
  );
  const alarms = Object.entries(described.alarms).map(([alarm, record]) => {
    const of = (what: AlarmNumber): number | undefined => settings[alarmField(alarm, what)];
    const deadband = of('deadband');
    const changed: AlarmDefinition = {
      ...record,
      onDelayS: of('onDelayS') ?? record.onDelayS,
      offDelayS: of('offDelayS') ?? record.offDelayS,
      priority: of('priority') ?? record.priority,
      rule: deadband !== undefined && 'deadband' in record.rule ? { ...record.rule, deadband } : record.rule,
    };
    return [alarm, changed] as const;
  });
  return { ...described, parameters: Object.fromEntries(parameters), alarms: Object.fromEntries(alarms) };
}

export interface FieldChange {
  readonly field: string;
  /** Null: as the class says. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What a request really changes. A value that is the class's own is no setting. */
export function changesOf(
  described: EquipmentClass,
  settings: Settings,
  wanted: Readonly<Record<string, number | null>>,
): readonly FieldChange[] {
  const defaults = new Map(settingFields(described).map(({ field, classDefault }) => [field, classDefault]));
  return Object.entries(wanted).flatMap(([field, value]) => {
    const from = settings[field] ?? null;
    const to = value === defaults.get(field) ? null : value;
    return from === to ? [] : [{ field, from, to }];
  });
}

export function withChanges(settings: Settings, changes: readonly FieldChange[]): Settings {
  const next = new Map(Object.entries(settings));
  for (const { field, to } of changes) {
    if (to === null) next.delete(field);
    else next.set(field, to);
  }
  return Object.fromEntries(next);
}
