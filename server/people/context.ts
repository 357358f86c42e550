// What the routes of this folder share.
import type { Db } from '../migrations/tables.ts';
import type { Logger } from '../platform/log.ts';
import type { Passwords } from './passwords.ts';

export interface PeopleContext {
  readonly db: Db;
  readonly now: () => number;
  readonly log: Logger;
  readonly secureCookie: boolean;
  readonly passwords: Passwords;
  /** Tells whoever holds something open for these sessions. Call after commit. */
  ended(sessionIds: readonly string[]): void;
}
