// Alarm settings as the API shows them: the value in force, the class's own, and the last change of each.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { AlarmSettings, SettingChange } from '../contract/alarm-settings.ts';
import { definitionsOf } from './core/definition.ts';
import { kindOf } from './core/rules/registry.ts';
import { applySettings, type SettingField, type Settings, settingFields } from './core/settings.ts';
import { longestOnDelayS } from './core/settings-check.ts';
import type { ChangeRow } from './settings-store.ts';

export const toSettingChange = ({ version, at, actor, reason, undoes, changes }: ChangeRow): SettingChange => ({
  version,
  at: at.toISOString(),
  by: actor,
  reason,
  undoes,
  changes: [...changes],
});

export function toAlarmSettings(
  described: EquipmentClass,
  held: { readonly version: number; readonly settings: Settings; readonly ignored: string | null },
  changes: readonly ChangeRow[],
): Omit<AlarmSettings, 'equipmentId'> {
  const { version, settings, ignored } = held;
  const last = new Map<string, AlarmSettings['parameters'][number]['last']>();
  for (const row of changes)
    for (const { field } of row.changes)
      if (!last.has(field))
        last.set(field, { version: row.version, at: row.at.toISOString(), by: row.actor, reason: row.reason });
  const shared = ({ field, unit, range, classDefault }: SettingField) => ({
    field,
    unit,
    range: range === null ? null : ([...range] as [number, number]),
    classDefault,
    value: settings[field] ?? classDefault,
    last: last.get(field) ?? null,
  });
  const fields = settingFields(described);
  const effective = applySettings(described, settings);
  return {
    version,
    ignored,
    parameters: fields.flatMap((field) => {
      const parameter = 'parameter' in field ? described.parameters[field.parameter] : undefined;
      if (!('parameter' in field) || parameter === undefined) return [];
      const alarms = Object.entries(described.alarms)
        .filter(([, { rule, suppressWhen }]) => JSON.stringify([rule, suppressWhen]).includes(`"${field.parameter}"`))
        .map(([alarm]) => alarm);
      return [{ ...shared(field), parameter: field.parameter, label: parameter.label, alarms }];
    }),
    alarms: definitionsOf(effective).map(({ alarm, rule, point, priority, record }) => ({
      alarm,
      text: { zh: unfilled(record.text.zh), en: unfilled(record.text.en) },
      rule: kindOf(rule).describe(rule),
      point,
      priority,
      timeToRespondMin: record.timeToRespondMin,
      longestOnDelayS: longestOnDelayS(record.timeToRespondMin),
      fields: fields.flatMap((field) =>
        'alarm' in field && field.alarm === alarm ? [{ ...shared(field), what: field.what }] : [],
      ),
    })),
  };
}

const unfilled = (text: string): string => text.replace(/\{(value|limit)\}/g, '…');
