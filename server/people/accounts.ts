// Reads accounts; the one place that turns a row into what the contract shows.
import type { Kysely, Selectable } from 'kysely';
import { type Person, ROLE_PERMISSIONS, type Session } from '../contract/people.ts';
import type { Tables } from '../migrations/tables.ts';
import { expiresMs } from './core/session-life.ts';
import type { PeopleTables } from './tables.ts';

export type PersonRow = Selectable<PeopleTables['person']>;

export const personOf = ({ id, username, name, role, language, disabled }: PersonRow): Person => ({
  id,
  username,
  name,
  role,
  language,
  disabled,
});

export const findByUsername = (db: Kysely<Tables>, username: string): Promise<PersonRow | undefined> =>
  db.selectFrom('person').selectAll().where('username', '=', username).executeTakeFirst();

export const findPerson = (db: Kysely<Tables>, id: string): Promise<PersonRow | undefined> =>
  db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();

/** The session as its owner sees it; undefined when it has just been ended. */
export async function describeSession(db: Kysely<Tables>, sessionId: string): Promise<Session | undefined> {
  const session = await db.selectFrom('session').selectAll().where('id', '=', sessionId).executeTakeFirst();
  const row = session === undefined ? undefined : await findPerson(db, session.person_id);
  if (session === undefined || row === undefined) return undefined;
  const times = { lastUsedMs: session.last_used_at.getTime(), endsMs: session.ends_at.getTime() };
  return {
    person: personOf(row),
    permissions: [...ROLE_PERMISSIONS[row.role]],
    expiresAt: new Date(expiresMs(times)).toISOString(),
    mustChangePassword: row.must_change_password,
  };
}
