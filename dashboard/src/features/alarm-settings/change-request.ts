// What the parts of the screen hand to each other: the query of the settings, and the numbers a change starts from.
import type { Editable, Entries } from './core/draft.ts';

export const settingsKey = (id: string) => ['alarm-settings', id] as const;

/** What the change dialog is opened with. */
export interface ChangeRequest {
  readonly title: string;
  readonly fields: readonly Editable[];
  readonly entries: Entries;
}
