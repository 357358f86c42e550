// Accounts, sessions and the record: puts the parts of this folder together.
import { type Permission, ROLE_PERMISSIONS, type Role } from '../contract/people.ts';
import type { Db, Trx } from '../migrations/tables.ts';
import type { AnyRoute, Caller } from '../platform/http/route.ts';
import type { Logger } from '../platform/log.ts';
import { auditRoutes } from './audit-routes.ts';
import type { PeopleContext } from './context.ts';
import { cookieName } from './cookies.ts';
import { ensureFirstAdmin, type FirstAdmin } from './first-admin.ts';
import { createOtherDoor, type OtherDoor } from './other-door.ts';
import { createPasswords } from './passwords.ts';
import { personRoutes } from './person-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { endExpired, findSession, missingOf, moveSessions, noteUse } from './sessions.ts';

export interface PeopleOptions {
  readonly db: Db;
  /** Unix ms. */
  readonly now: () => number;
  readonly log: Logger;
  /** The server is reached through TLS. */
  readonly secureCookie: boolean;
  /** Sessions with an open live socket: a wall screen that is only looked at counts as used. */
  readonly sessionsInUse?: () => readonly string[];
}

export interface People extends OtherDoor {
  readonly routes: readonly AnyRoute[];
  authorize(credentials: { readonly cookies: Readonly<Record<string, string | undefined>> }): Promise<Caller | null>;
  permits(caller: Caller, permission: string): boolean;
  ensureAdmin(given: { readonly password?: string | undefined }): Promise<FirstAdmin>;
  /** Signed out, expired, revoked: whatever is open for the session has to be closed. */
  onSessionEnded(listener: (sessionId: string) => void): void;
  /** The server's wall clock was set by so much. */
  clockSet(trx: Trx, stepMs: number): Promise<void>;
  /** Ends what has expired; runs by itself every minute. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

const SWEEP_EVERY_MS = 60_000;

/** Deny by default: an unknown role or permission is refused. */
export const permits = (caller: Pick<Caller, 'role'>, permission: string): boolean =>
  Object.hasOwn(ROLE_PERMISSIONS, caller.role) &&
  ROLE_PERMISSIONS[caller.role as Role].includes(permission as Permission);

export function createPeople(options: PeopleOptions): People {
  const { db, now, log, secureCookie } = options;
  const listeners: ((sessionId: string) => void)[] = [];
  const passwords = createPasswords();
  const ended = (sessionIds: readonly string[]): void => {
    for (const id of sessionIds) for (const listener of listeners) listener(id);
  };
  const context: PeopleContext = { db, now, log, secureCookie, passwords, ended };

  async function sweep(): Promise<void> {
    // The order matters: what is in use must not be ended for idleness, yet an absolute end stays one.
    const inUse = options.sessionsInUse?.() ?? [];
    await noteUse(db, inUse, now());
    ended(await endExpired(db, now()));
    // A socket that was opened in the moment its session was revoked.
    ended(await missingOf(db, inUse));
  }

  let sweeping: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    sweeping = sweep().catch((error: unknown) => log.warn({ err: error }, 'could not look for expired sessions'));
  }, SWEEP_EVERY_MS);
  timer.unref();

  return {
    ...createOtherDoor(context),
    routes: [...sessionRoutes(context), ...personRoutes(context), ...auditRoutes(context)],
    async authorize({ cookies }) {
      const token = cookies[cookieName(secureCookie)];
      if (token === undefined) return null;
      const session = await findSession(db, token, now());
      if (session === null) return null;
      const { id, username, role } = session.person;
      return { personId: id, username, role, sessionId: session.id };
    },
    permits,
    ensureAdmin: ({ password }) => ensureFirstAdmin(db, passwords, password, now()),
    onSessionEnded: (listener) => void listeners.push(listener),
    clockSet: moveSessions,
    sweep,
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}
