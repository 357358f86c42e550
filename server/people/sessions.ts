// Sessions in the database: revocation counts at once, and a restart signs nobody out.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Role } from '../contract/people.ts';
import type { Db, Tables } from '../migrations/tables.ts';
import { ABSOLUTE_MS, expiresMs, IDLE_MS, isExpired, isUseDue, MAX_SESSIONS } from './core/session-life.ts';

export interface ActiveSession {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly person: { readonly id: string; readonly username: string; readonly role: Role };
}

export interface OpenedSession {
  readonly id: string;
  /** 256 random bits; exists only in the cookie. */
  readonly token: string;
  /** Sessions that gave way. */
  readonly ended: readonly string[];
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const newToken = (): string => randomBytes(32).toString('base64url');
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Ends the session of `formerToken`, if any, and opens a new one. */
export async function openSession(
  db: Kysely<Tables>,
  input: { personId: string; ip: string; formerToken: string | undefined; nowMs: number },
): Promise<OpenedSession> {
  const id = randomUUID();
  const token = newToken();
  const ended: string[] = [];
  if (input.formerToken !== undefined) {
    const former = await db
      .deleteFrom('session')
      .where('token_hash', '=', hashOf(input.formerToken))
      .returning('id')
      .execute();
    ended.push(...former.map((row) => row.id));
  }
  const oldest = db
    .selectFrom('session')
    .select('id')
    .where('person_id', '=', input.personId)
    .orderBy('last_used_at', 'desc')
    .orderBy('id')
    .offset(MAX_SESSIONS - 1);
  const surplus = await db.deleteFrom('session').where('id', 'in', oldest).returning('id').execute();
  ended.push(...surplus.map((row) => row.id));
  const now = new Date(input.nowMs);
  await db
    .insertInto('session')
    .values({
      id,
      token_hash: hashOf(token),
      person_id: input.personId,
      created_at: now,
      last_used_at: now,
      ends_at: new Date(input.nowMs + ABSOLUTE_MS),
      ip: input.ip,
    })
    .execute();
  return { id, token, ended };
}

/** A new cookie value for the same session; the former one is worth nothing from now on. */
export async function renewToken(db: Kysely<Tables>, sessionId: string): Promise<string> {
  const token = newToken();
  await db
    .updateTable('session')
    .set({ token_hash: hashOf(token) })
    .where('id', '=', sessionId)
    .execute();
  return token;
}

/** The session of a cookie, with its use noted; null when there is none, it has expired or the person is disabled. */
export async function findSession(db: Db, token: string, nowMs: number): Promise<ActiveSession | null> {
  if (!TOKEN.test(token)) return null;
  const row = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select(['session.id', 'session.last_used_at', 'session.ends_at'])
    .select(['person.id as personId', 'person.username', 'person.role'])
    .where('session.token_hash', '=', hashOf(token))
    .where('person.disabled', '=', false)
    .executeTakeFirst();
  if (row === undefined) return null;
  const times = { lastUsedMs: row.last_used_at.getTime(), endsMs: row.ends_at.getTime() };
  if (isExpired(times, nowMs)) return null;
  const used = isUseDue(times, nowMs);
  if (used) await noteUse(db, [row.id], nowMs);
  return {
    id: row.id,
    expiresAtMs: expiresMs(used ? { ...times, lastUsedMs: nowMs } : times),
    person: { id: row.personId, username: row.username, role: row.role },
  };
}

export async function noteUse(db: Kysely<Tables>, sessionIds: readonly string[], nowMs: number): Promise<void> {
  if (sessionIds.length === 0) return;
  await db
    .updateTable('session')
    .set({ last_used_at: new Date(nowMs) })
    .where('id', 'in', sessionIds)
    .execute();
}

export async function endSession(db: Kysely<Tables>, sessionId: string): Promise<string[]> {
  const rows = await db.deleteFrom('session').where('id', '=', sessionId).returning('id').execute();
  return rows.map((row) => row.id);
}

/** @param exceptId the session that stays. @returns the ended ones. */
export async function endSessionsOf(db: Kysely<Tables>, personId: string, exceptId?: string): Promise<string[]> {
  let ending = db.deleteFrom('session').where('person_id', '=', personId);
  if (exceptId !== undefined) ending = ending.where('id', '!=', exceptId);
  const rows = await ending.returning('id').execute();
  return rows.map((row) => row.id);
}

export async function endExpired(db: Kysely<Tables>, nowMs: number): Promise<string[]> {
  const rows = await db
    .deleteFrom('session')
    .where((or) => or.or([or('ends_at', '<=', new Date(nowMs)), or('last_used_at', '<=', new Date(nowMs - IDLE_MS))]))
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** The server's wall clock was set by so much: nobody is signed out by it, and no session lives longer. */
export async function moveSessions(db: Kysely<Tables>, stepMs: number): Promise<void> {
  const by = sql`${`${stepMs} milliseconds`}::interval`;
  await sql`UPDATE session SET created_at = created_at + ${by}, last_used_at = last_used_at + ${by}, ends_at = ends_at + ${by}`.execute(
    db,
  );
}

/** Those of the given sessions that are no more. */
export async function missingOf(db: Kysely<Tables>, sessionIds: readonly string[]): Promise<string[]> {
  if (sessionIds.length === 0) return [];
  const rows = await db.selectFrom('session').select('id').where('id', 'in', sessionIds).execute();
  const present = new Set(rows.map((row) => row.id));
  return sessionIds.filter((id) => !present.has(id));
}
