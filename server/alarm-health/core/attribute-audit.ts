// Audit of changed alarm attributes (ISA-18.2-2016, "unauthorized alarm attribute changes": none): each change stands in an
// append-only table with a person and a reason, and says what was in force before and after it. What does not follow from
// the one before it was not made through the product.
import { type FieldChange, type Settings, withChanges } from '../../alarms/core/settings.ts';

export interface AttributeChange {
  readonly equipmentId: string;
  /** Counts per equipment from 1 without gaps. */
  readonly version: number;
  readonly atMs: number;
  readonly reason: string;
  /** The actor is somebody who has, or had, an account. */
  readonly byPerson: boolean;
  readonly changes: readonly FieldChange[];
  /** All that is in force after it. */
  readonly settings: Settings;
}

/** @param changes of each equipment from its first, by version. @returns those within the time that nobody answers for. */
export function unauthorisedChanges(
  changes: readonly AttributeChange[],
  fromMs: number,
  toMs: number,
): readonly AttributeChange[] {
  const found: AttributeChange[] = [];
  for (const own of Map.groupBy(changes, ({ equipmentId }) => equipmentId).values()) {
    let before: { readonly version: number; readonly settings: Settings } = { version: 0, settings: {} };
    for (const change of own) {
      const follows =
        change.version === before.version + 1 &&
        change.changes.every(({ field, from }) => (before.settings[field] ?? null) === from) &&
        isSame(withChanges(before.settings, change.changes), change.settings);
      const answeredFor = change.byPerson && change.reason.trim() !== '';
      if (change.atMs >= fromMs && change.atMs < toMs && !(follows && answeredFor)) found.push(change);
      before = change;
    }
  }
  return found;
}

const isSame = (a: Settings, b: Settings): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([field, value]) => b[field] === value);
