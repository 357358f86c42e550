// Reads and writes of alarm_setting_change. What is in force is what the newest change of the equipment left.
import type { Selectable } from 'kysely';
import type { Db, Trx } from '../migrations/tables.ts';
import type { FieldChange, Settings } from './core/settings.ts';
import type { AlarmTables } from './tables.ts';

export type ChangeRow = Selectable<AlarmTables['alarm_setting_change']>;

/** Settings in force, of equipment that has ever had any. */
export const loadSettings = (
  trx: Trx,
): Promise<{ readonly equipment_id: string; readonly version: number; readonly settings: Settings }[]> =>
  trx
    .selectFrom('alarm_setting_change')
    .distinctOn('equipment_id')
    .select(['equipment_id', 'version', 'settings'])
    .orderBy('equipment_id')
    .orderBy('version', 'desc')
    .execute();

export interface NewChange {
  readonly equipmentId: string;
  readonly version: number;
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
  readonly undoes: number | null;
  readonly changes: readonly FieldChange[];
  readonly settings: Settings;
}

export async function insertChange(trx: Trx, change: NewChange): Promise<void> {
  await trx
    .insertInto('alarm_setting_change')
    .values({
      equipment_id: change.equipmentId,
      version: change.version,
      at: new Date(change.atMs),
      actor: change.by,
      reason: change.reason,
      undoes: change.undoes,
      changes: JSON.stringify(change.changes),
      settings: JSON.stringify(change.settings),
    })
    .execute();
}

/** Newest first. */
export function listChanges(
  db: Db,
  equipmentId: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<ChangeRow[]> {
  let select = db.selectFrom('alarm_setting_change').selectAll().where('equipment_id', '=', equipmentId);
  if (before !== undefined) select = select.where('version', '<', before);
  return select.orderBy('version', 'desc').limit(limit).execute();
}

export const findChange = (db: Db, equipmentId: string, version: number): Promise<ChangeRow | undefined> =>
  db
    .selectFrom('alarm_setting_change')
    .selectAll()
    .where('equipment_id', '=', equipmentId)
    .where('version', '=', version)
    .executeTakeFirst();
