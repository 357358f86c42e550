// Signing in and out, and what people change about themselves.
import { z } from 'zod';
import { ownSettings, passwordChange, type Session, session, signIn } from '../contract/people.ts';
import { type AnyRoute, type Caller, ProblemError, route } from '../platform/http/route.ts';
import { describeSession, findByUsername, findPerson } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { PeopleContext } from './context.ts';
import { clearedCookie, cookieName, sessionCookie } from './cookies.ts';
import { addressKey } from './core/address.ts';
import { passwordFault } from './core/password-rules.ts';
import { ABSOLUTE_MS } from './core/session-life.ts';
import { namedActor } from './core/username.ts';
import { endSession, endSessionsOf, openSession, renewToken } from './sessions.ts';
import { createThrottle } from './throttle.ts';

const COOKIE_AGE_S = ABSOLUTE_MS / 1000;

export function sessionRoutes(context: PeopleContext): readonly AnyRoute[] {
  const { db, now, log, passwords, secureCookie } = context;
  const throttle = createThrottle();
  const cookie = (token: string): string => sessionCookie(secureCookie, token, COOKIE_AGE_S);

  async function described(sessionId: string): Promise<Session> {
    const found = await describeSession(db, sessionId);
    if (found === undefined) throw new ProblemError(401, 'not-signed-in', 'this session has ended');
    return found;
  }

  /** @throws ProblemError 429. Unknown accounts are slowed down like known ones. */
  function count(account: string, ip: string): void {
    const waitMs = throttle.attempt(account, addressKey(ip), now());
    if (waitMs === 0) return;
    log.warn({ account: namedActor(account), ip, waitMs }, 'sign-in slowed down');
    const waitS = Math.ceil(waitMs / 1000);
    throw new ProblemError(429, 'too-many-requests', `too many attempts; try again in ${waitS} s`, waitS);
  }

  async function enter(username: string, password: string, ip: string, formerToken: string | undefined) {
    const account = username.trim().toLowerCase();
    count(account, ip);
    const row = await findByUsername(db, account);
    const right = await passwords.verify(row?.password_hash ?? null, password);
    if (row === undefined || !right || row.disabled) {
      await writeAudit(db, { atMs: now(), actor: namedActor(account), action: 'sign-in-failed', ip });
      // The same words for a wrong name, a wrong password and a disabled account (IEC 62443-4-2 CR 1.10).
      throw new ProblemError(401, 'wrong-credentials', 'the username or the password is wrong');
    }
    throttle.succeeded(account, addressKey(ip));
    const opened = await db.transaction().execute(async (trx) => {
      const result = await openSession(trx, { personId: row.id, ip, formerToken, nowMs: now() });
      await writeAudit(trx, { atMs: now(), actor: account, action: 'sign-in', ip });
      return result;
    });
    context.ended(opened.ended);
    return { body: await described(opened.id), setCookies: [cookie(opened.token)] };
  }

  async function changePassword(caller: Caller, change: z.output<typeof passwordChange>, ip: string) {
    count(caller.username, ip);
    const row = await findPerson(db, caller.personId);
    if (row === undefined || !(await passwords.verify(row.password_hash, change.current))) {
      await writeAudit(db, { atMs: now(), actor: caller.username, action: 'password-change-failed', ip });
      throw new ProblemError(401, 'wrong-credentials', 'the present password is wrong');
    }
    throttle.succeeded(caller.username, addressKey(ip));
    refuseWeak(change.next, caller.username);
    if (change.next === change.current) {
      throw new ProblemError(400, 'invalid-request', 'next: expected another password than the present one');
    }
    const hash = await passwords.hash(change.next);
    const { token, ended } = await db.transaction().execute(async (trx) => {
      const changes = { password_hash: hash, must_change_password: false, updated_at: new Date(now()) };
      await trx.updateTable('person').set(changes).where('id', '=', caller.personId).execute();
      await writeAudit(trx, { atMs: now(), actor: caller.username, action: 'password-changed', ip });
      return {
        ended: await endSessionsOf(trx, caller.personId, caller.sessionId),
        token: await renewToken(trx, caller.sessionId),
      };
    });
    context.ended(ended);
    return { body: await described(caller.sessionId), setCookies: [cookie(token)] };
  }

  return [
    route({
      method: 'POST',
      path: '/api/v1/session',
      permission: 'public',
      summary: 'Sign in',
      tag: 'session',
      body: signIn,
      answer: session,
      handle: ({ body, ip, cookies }) => enter(body.username, body.password, ip, cookies[cookieName(secureCookie)]),
    }),
    route({
      method: 'GET',
      path: '/api/v1/session',
      permission: 'session:own',
      summary: 'Who is signed in and what they may do',
      tag: 'session',
      answer: session,
      handle: async ({ caller }) => ({ body: await described(caller.sessionId) }),
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/session',
      permission: 'session:own',
      summary: 'Sign out',
      tag: 'session',
      answer: z.null(),
      async handle({ caller, ip }) {
        const ended = await db.transaction().execute(async (trx) => {
          await writeAudit(trx, { atMs: now(), actor: caller.username, action: 'sign-out', ip });
          return endSession(trx, caller.sessionId);
        });
        context.ended(ended);
        return { status: 204, body: null, setCookies: [clearedCookie(secureCookie)] };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/session/password',
      permission: 'session:own',
      summary: 'Change the own password; ends all other sessions of the person',
      tag: 'session',
      body: passwordChange,
      answer: session,
      handle: ({ caller, body, ip }) => changePassword(caller, body, ip),
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/session/settings',
      permission: 'session:own',
      summary: 'Change the own language',
      tag: 'session',
      body: ownSettings,
      answer: session,
      async handle({ caller, body }) {
        await db
          .updateTable('person')
          .set({ language: body.language, updated_at: new Date(now()) })
          .where('id', '=', caller.personId)
          .execute();
        return { body: await described(caller.sessionId) };
      },
    }),
  ];
}

/** @throws ProblemError 400 that says what is expected. */
export function refuseWeak(password: string, username: string): void {
  const fault = passwordFault(password, username);
  if (fault !== null) throw new ProblemError(400, 'invalid-request', `password: expected ${fault}`);
}
