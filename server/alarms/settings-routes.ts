// REST of alarm settings.
import type { EquipmentClass } from '@louwei/device-profiles';
import { z } from 'zod';
import {
  alarmSettings,
  changeSettings,
  settingChange,
  settingsChanged,
  settingsHistoryQuery,
  undoSettings,
} from '../contract/alarm-settings.ts';
import { listOf } from '../contract/shared.ts';
import { type AnyRoute, ProblemError, route } from '../platform/http/route.ts';
import type { Runtime } from './runtime.ts';
import type { SettingsVerbs } from './settings.ts';
import type { SettingsInForce } from './settings-in-force.ts';
import { listChanges } from './settings-store.ts';
import { toAlarmSettings, toSettingChange } from './settings-view.ts';

const params = z.object({ id: z.string().min(1).max(200) });
const tag = 'alarm settings';
const path = '/api/v1/equipment/:id/alarm-settings';
/** So far back "who changed it last" is looked for. */
const LOOK_BACK = 1000;

export function settingsRoutes(
  { db, directory }: Runtime,
  verbs: SettingsVerbs,
  inForce: SettingsInForce,
  classes: ReadonlyMap<string, EquipmentClass>,
): AnyRoute[] {
  const classOf = (id: string): EquipmentClass => {
    const record = directory.equipment(id);
    if (record === undefined) throw new ProblemError(404, 'not-found', `there is no equipment ${id}`);
    const described = classes.get(record.class);
    if (described === undefined)
      throw new ProblemError(404, 'not-found', `equipment ${id} has no known class and so no alarms`);
    return described;
  };
  return [
    route({
      method: 'GET',
      path,
      permission: 'alarm:read',
      summary: 'Limits, delays, deadbands and priorities of the equipment beside those of its class',
      tag,
      params,
      answer: alarmSettings,
      async handle({ params: { id } }) {
        const described = classOf(id);
        const { version } = inForce.saved(id);
        const held = { version, settings: inForce.of(id), ignored: inForce.ignored(id) };
        const changes = await listChanges(db, id, { limit: LOOK_BACK });
        return { body: { equipmentId: id, ...toAlarmSettings(described, held, changes) } };
      },
    }),
    route({
      method: 'PUT',
      path,
      permission: 'alarm:configure',
      summary: 'Change some settings; refused with 409 when `version` is not the newest or a long on-delay unconfirmed',
      tag,
      params,
      body: changeSettings,
      answer: settingsChanged,
      handle: async ({ params: { id }, body, caller }) => ({
        body: await verbs.change({ equipmentId: id, by: caller.username, ...body }),
      }),
    }),
    route({
      method: 'POST',
      path: `${path}/undo`,
      permission: 'alarm:configure',
      summary: 'Take a change back: a new change that restores the values before it',
      tag,
      params,
      body: undoSettings,
      answer: settingsChanged,
      handle: async ({ params: { id }, body, caller }) => ({
        body: await verbs.undo({ equipmentId: id, by: caller.username, ...body }),
      }),
    }),
    route({
      method: 'GET',
      path: `${path}/history`,
      permission: 'alarm:read',
      summary: 'All changes of the settings, newest first',
      tag,
      params,
      query: settingsHistoryQuery,
      answer: listOf(settingChange),
      async handle({ params: { id }, query: { cursor, limit } }) {
        classOf(id);
        if (cursor !== undefined && !/^\d{1,9}$/.test(cursor))
          throw new ProblemError(
            400,
            'invalid-request',
            `cursor: found ${cursor}, expected nextCursor of the page before`,
          );
        const before = cursor === undefined ? undefined : Number(cursor);
        const rows = await listChanges(db, id, { before, limit: limit + 1 });
        const items = rows.slice(0, limit).map(toSettingChange);
        return { body: { items, nextCursor: rows.length > limit ? String(items.at(-1)?.version) : null } };
      },
    }),
  ];
}
