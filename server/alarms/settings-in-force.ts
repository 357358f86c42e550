// Settings of all equipment in memory, as the database has them; also when a transaction ended in doubt.
import type { EquipmentClass } from '@louwei/device-profiles';
import type { EquipmentDirectory } from '../assets/directory.ts';
import type { Trx } from '../migrations/tables.ts';
import { applySettings, NO_SETTINGS, type Settings } from './core/settings.ts';
import { checkSettings, explain } from './core/settings-check.ts';
import type { AlarmLog } from './ports.ts';
import { loadSettings } from './settings-store.ts';

interface Held {
  readonly version: number;
  readonly settings: Settings;
}

export interface SettingsInForce {
  /** As they were saved; version 0 when nothing was ever changed. */
  saved(equipmentId: string): Held;
  /** What counts: nothing while the saved settings do not fit the class. */
  of(equipmentId: string): Settings;
  /** Why the saved settings do not count; null when they do. */
  ignored(equipmentId: string): string | null;
  /** The equipment's class with its settings. */
  classOf(equipmentId: string): EquipmentClass | undefined;
  put(equipmentId: string, held: Held): void;
  /** @returns equipment whose settings are other than before. */
  load(trx: Trx): Promise<readonly string[]>;
}

const NEVER: Held = { version: 0, settings: NO_SETTINGS };

export function createSettingsInForce(
  classes: ReadonlyMap<string, EquipmentClass>,
  directory: EquipmentDirectory,
  log: AlarmLog,
): SettingsInForce {
  const held = new Map<string, Held>();
  const reported = new Set<string>();
  const saved = (id: string): Held => held.get(id) ?? NEVER;
  const described = (id: string) => classes.get(directory.equipment(id)?.class ?? '');

  function ignored(id: string): string | null {
    const { settings } = saved(id);
    const own = described(id);
    if (own === undefined || Object.keys(settings).length === 0) return null;
    const problems = checkSettings(own, settings);
    return problems.length === 0 ? null : problems.map(explain).join('; ');
  }

  function of(id: string): Settings {
    const why = ignored(id);
    if (why === null) return saved(id).settings;
    if (!reported.has(`${id} ${why}`)) {
      reported.add(`${id} ${why}`);
      log.error({ equipmentId: id, why }, 'alarm settings do not fit the class, its own numbers count');
    }
    return NO_SETTINGS;
  }

  return {
    saved,
    of,
    ignored,
    classOf(id) {
      const own = described(id);
      return own === undefined ? undefined : applySettings(own, of(id));
    },
    put: (id, next) => void held.set(id, next),
    async load(trx) {
      const rows = await loadSettings(trx);
      const changed = rows.filter(({ equipment_id, version }) => saved(equipment_id).version !== version);
      for (const { equipment_id, version, settings } of changed) held.set(equipment_id, { version, settings });
      return changed.map(({ equipment_id }) => equipment_id);
    },
  };
}
