import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PERMISSIONS, type Person, ROLE_PERMISSIONS, ROLES, type Session } from '../contract/people.ts';
import { startTestDatabase, type TestDatabase } from '../migrations/testing.ts';
import { createHttpServer, type HttpServer } from '../platform/http/server.ts';
import { createLog } from '../platform/log.ts';
import { IDLE_MS } from './core/session-life.ts';
import { createPeople, type People } from './people.ts';

const log = createLog('test', 'silent');
const ADMIN = 'the lamp in the pump room';
const OTHER = 'a lift that never stops';

describe('people', () => {
  let database: TestDatabase;
  let people: People;
  let server: HttpServer;
  let base: string;
  let nowMs = Date.parse('2026-03-01T00:00:00Z');
  let ended: string[] = [];
  let inUse: string[] = [];

  beforeAll(async () => {
    database = await startTestDatabase();
    people = createPeople({ db: database.db, now: () => nowMs, log, secureCookie: false, sessionsInUse: () => inUse });
    people.onSessionEnded((id) => ended.push(id));
    server = await createHttpServer({
      routes: people.routes,
      permissions: PERMISSIONS,
      authorize: people.authorize,
      permits: people.permits,
      openApi: { title: 'Test', version: '1' },
      log,
    });
    base = `http://127.0.0.1:${await server.listen({ port: 0, host: '127.0.0.1' })}`;
  });
  afterAll(async () => {
    await server.stop();
    await people.stop();
    await database.stop();
  });
  beforeEach(() => {
    // A quiet day later every back-off is forgotten.
    nowMs += 24 * 3_600_000;
    ended = [];
    inUse = [];
  });

  const call = (method: string, path: string, cookie: string, body?: unknown) =>
    fetch(`${base}/api/v1${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const trySignIn = (username: string, password: string, cookie = '') =>
    call('POST', '/session', cookie, { username, password });
  const cookieOf = (response: Response) => (response.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '';
  const signIn = async (username: string, password: string, cookie = '') => {
    const response = await trySignIn(username, password, cookie);
    expect(response.status).toBe(200);
    return cookieOf(response);
  };
  const codeOf = async (response: Response) =>
    `${response.status} ${((await response.json()) as { code: string }).code}`;
  const newPerson = async (username: string, role: string) => {
    const admin = await signIn('admin', ADMIN);
    const response = await call('POST', '/people', admin, { username, name: username, role, password: OTHER });
    expect(response.status).toBe(201);
    return (await response.json()) as Person;
  };

  it('makes the first admin once, and refuses a weak password', async () => {
    await expect(people.ensureAdmin({ password: 'password1234' })).rejects.toThrow(/LOUWEI_ADMIN_PASSWORD.*expected/);
    const first = await people.ensureAdmin({});
    if (first.outcome !== 'created' || first.oneTimePassword === null) throw new Error('expected a password');
    expect(first.oneTimePassword).toMatch(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    expect(await people.ensureAdmin({ password: ADMIN })).toEqual({ outcome: 'exists' });
    expect(await codeOf(await trySignIn('admin', ADMIN))).toBe('401 wrong-credentials');

    const response = await trySignIn('admin', first.oneTimePassword);
    const session = (await response.json()) as Session;
    expect(session).toMatchObject({ mustChangePassword: true, person: { username: 'admin', role: 'admin' } });
    const cookie = cookieOf(response);
    expect((await call('GET', '/people', cookie)).status).toBe(200);
    const changed = await call('POST', '/session/password', cookie, { current: first.oneTimePassword, next: ADMIN });
    expect(await changed.json()).toMatchObject({ mustChangePassword: false });
    expect((await call('GET', '/session', cookie)).status).toBe(401);
    expect((await call('GET', '/session', cookieOf(changed))).status).toBe(200);
    expect(ended).toEqual([]);
    const stored = JSON.stringify(await database.db.selectFrom('audit').selectAll().execute());
    expect(stored).not.toContain(ADMIN);
    expect(stored).not.toContain(first.oneTimePassword);
  });

  it('gives a cookie no script and no other site can use, and stores only its hash', async () => {
    const response = await trySignIn('admin', ADMIN);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^louwei=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
    const rows = JSON.stringify(await database.db.selectFrom('session').selectAll().execute());
    expect(rows).not.toContain(cookieOf(response).split('=')[1]);

    const secure = createPeople({ db: database.db, now: () => nowMs, log, secureCookie: true });
    const [route] = secure.routes;
    const reply = await route?.handle({
      params: undefined,
      query: undefined,
      body: { username: 'Admin ', password: ADMIN },
      caller: { personId: '', username: '', role: '', sessionId: '' },
      ip: '10.0.0.1',
      cookies: {},
    });
    expect(reply?.setCookies?.[0]).toMatch(/^__Host-louwei=.*Path=\/; HttpOnly; SameSite=Strict; Secure/);
    expect(await secure.authorize({ cookies: { louwei: cookieOf(response).split('=')[1] } })).toBeNull();
    await secure.stop();
  });

  it('signs out, and rotates at every sign-in', async () => {
    const first = await signIn('admin', ADMIN);
    const second = await signIn('admin', ADMIN, first);
    expect(second).not.toBe(first);
    expect(ended).toHaveLength(1);
    expect((await call('GET', '/session', first)).status).toBe(401);
    const out = await call('DELETE', '/session', second);
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^louwei=; .*Max-Age=0$/);
    expect(await codeOf(await call('GET', '/session', second))).toBe('401 not-signed-in');
    expect(ended).toHaveLength(2);
  });

  it('ends sessions that are not used for 12 h, but not those of an open screen', async () => {
    const idle = await signIn('admin', ADMIN);
    const screen = await signIn('admin', ADMIN);
    const caller = await people.authorize({ cookies: { louwei: screen.split('=')[1] } });
    inUse = [caller?.sessionId ?? ''];
    nowMs += IDLE_MS - 1;
    await people.sweep();
    nowMs += 2;
    await people.sweep();
    expect((await call('GET', '/session', idle)).status).toBe(401);
    expect((await call('GET', '/session', screen)).status).toBe(200);
    nowMs += 7 * 24 * 3_600_000;
    await people.sweep();
    expect((await call('GET', '/session', screen)).status).toBe(401);
    expect(ended).toContain(caller?.sessionId);
    ended = [];
    await people.sweep();
    expect(ended).toEqual([caller?.sessionId]);
  });

  it('keeps ten sessions of a person; the oldest gives way', async () => {
    await newPerson('many.screens', 'viewer');
    const cookies: string[] = [];
    for (let count = 0; count < 11; count++) {
      cookies.push(await signIn('many.screens', OTHER));
      nowMs += 1000;
    }
    const states = await Promise.all(cookies.map(async (cookie) => (await call('GET', '/session', cookie)).status));
    expect(states).toEqual([401, ...Array.from({ length: 10 }, () => 200)]);
  });

  it('answers alike for a wrong password, an unknown name and a disabled account', async () => {
    const left = await newPerson('left.company', 'technician');
    await call('PATCH', `/people/${left.id}`, await signIn('admin', ADMIN), { disabled: true });
    const answers = await Promise.all(
      [
        ['admin', 'wrong'],
        ['nobody', 'wrong'],
        ['left.company', OTHER],
      ].map(async ([name = '', password = '']) => (await trySignIn(name, password)).text()),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('wrong-credentials');
  });

  it.each(['admin', 'nobody'])('slows down guessing at %s, even many at once', async (name) => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => trySignIn(name, 'wrong')));
    const states = answers.map((answer) => answer.status).sort();
    expect(states).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429, 429, 429, 429]);
    const blocked = answers.find((answer) => answer.status === 429);
    expect(blocked?.headers.get('retry-after')).toBe('1');
    if (name !== 'admin') return;
    expect(await codeOf(await trySignIn('admin', ADMIN))).toBe('429 too-many-requests');
    nowMs += 1000;
    await signIn('admin', ADMIN);
  });

  it('lets every role do what its table says and nothing else', async () => {
    const cookies = new Map<string, string>([['admin', await signIn('admin', ADMIN)]]);
    for (const role of ROLES.filter((candidate) => candidate !== 'admin')) {
      await newPerson(`matrix-${role}`, role);
      cookies.set(role, await signIn(`matrix-${role}`, OTHER));
    }
    for (const role of ROLES) {
      for (const route of people.routes.filter((candidate) => candidate.method === 'GET')) {
        const allowed = ROLE_PERMISSIONS[role].some((permission) => permission === route.permission);
        const path = route.path.slice('/api/v1'.length);
        expect(`${role} ${path} ${(await call('GET', path, cookies.get(role) ?? '')).status}`).toBe(
          `${role} ${path} ${allowed ? 200 : 403}`,
        );
      }
      for (const permission of PERMISSIONS) {
        const allowed = ROLE_PERMISSIONS[role].includes(permission);
        expect(people.permits({ personId: '', username: '', role, sessionId: '' }, permission)).toBe(allowed);
      }
      const write = await call('POST', '/people', cookies.get(role) ?? '', { username: 'x' });
      expect(write.status).toBe(role === 'admin' ? 400 : 403);
    }
    for (const role of ['', '__proto__', 'constructor', 'root']) {
      expect(people.permits({ personId: '', username: '', role, sessionId: '' }, 'equipment:read')).toBe(false);
    }
  });

  it('ends sessions when role or password change, and keeps them for a new name', async () => {
    const person = await newPerson('shift.two', 'technician');
    const admin = await signIn('admin', ADMIN);
    const path = `/people/${person.id}`;
    for (const [change, state] of [
      [{ name: 'Shift two' }, 200],
      [{ role: 'operator' }, 401],
      [{ password: `${OTHER} again` }, 401],
    ] as const) {
      const cookie = await signIn('shift.two', OTHER);
      expect((await call('PATCH', path, admin, change)).status).toBe(200);
      expect((await call('GET', '/session', cookie)).status).toBe(state);
    }
    const session = (await (await trySignIn('shift.two', `${OTHER} again`)).json()) as Session;
    expect(session).toMatchObject({ mustChangePassword: true, person: { name: 'Shift two', role: 'operator' } });
  });

  it('keeps the last admin, also when two demote each other at once', async () => {
    const admin = await signIn('admin', ADMIN);
    const own = ((await (await call('GET', '/session', admin)).json()) as Session).person.id;
    expect(await codeOf(await call('PATCH', `/people/${own}`, admin, { disabled: true }))).toBe('409 conflict');
    expect(await codeOf(await call('PATCH', `/people/${own}`, admin, { role: 'viewer' }))).toBe('409 conflict');
    const second = await newPerson('second.admin', 'admin');
    const answers = await Promise.all([
      call('PATCH', `/people/${own}`, admin, { role: 'engineer' }),
      call('PATCH', `/people/${second.id}`, admin, { role: 'engineer' }),
    ]);
    // The loser is refused for being the last one, or its caller has just lost the session.
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    const admins = await database.db.selectFrom('person').select('id').where('role', '=', 'admin').execute();
    expect(admins).toHaveLength(1);
    await database.db.updateTable('person').set({ role: 'admin' }).where('id', '=', own).execute();
    await database.db.updateTable('person').set({ role: 'engineer' }).where('id', '=', second.id).execute();
  });

  it('refuses taken names, weak passwords, unknown people and fields that are not offered', async () => {
    const admin = await signIn('admin', ADMIN);
    const body = { username: 'taken', name: 'T', role: 'viewer', password: OTHER };
    expect((await call('POST', '/people', admin, { ...body, id: 'mine', mustChangePassword: false })).status).toBe(201);
    expect(await codeOf(await call('POST', '/people', admin, body))).toBe('409 conflict');
    const weak = { ...body, username: 'weak', password: 'aaaaaaaaaaaa' };
    expect(await codeOf(await call('POST', '/people', admin, weak))).toBe('400 invalid-request');
    expect(await codeOf(await call('PATCH', '/people/none', admin, { name: 'x' }))).toBe('404 not-found');
    const row = await database.db.selectFrom('person').selectAll().where('username', '=', 'taken').executeTakeFirst();
    expect(row).toMatchObject({ must_change_password: true });
    expect(row?.id).not.toBe('mine');
  });

  it('pages through accounts and the record, and keeps the record from being changed', async () => {
    const admin = await signIn('admin', ADMIN);
    await trySignIn('My secret Passw0rd', 'wrong');
    await call('PATCH', '/session/settings', admin, { language: 'en' });
    type Page = {
      items: { username?: string; seq?: number; action?: string; actor?: string }[];
      nextCursor: string | null;
    };
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = (await (await call('GET', `/people?limit=2&cursor=${cursor}`, admin)).json()) as Page;
      names.push(...page.items.map((item) => item.username ?? ''));
      cursor = page.nextCursor;
    }
    expect(names).toEqual([...new Set(names)].sort());
    expect(names.length).toBeGreaterThan(5);

    const newest = (await (await call('GET', '/audit?limit=2', admin)).json()) as Page;
    expect(newest.items.map((item) => `${item.action} ${item.actor}`)).toEqual([
      'sign-in-failed (not a username)',
      'sign-in admin',
    ]);
    const older = (await (await call('GET', `/audit?limit=2&cursor=${newest.nextCursor}`, admin)).json()) as Page;
    expect(older.items[0]?.seq).toBeLessThan(newest.items[1]?.seq ?? 0);
    expect((await call('GET', '/audit?cursor=x', admin)).status).toBe(400);

    const { db } = database;
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow(/append-only/);
    await expect(db.updateTable('audit').set({ actor: 'x' }).execute()).rejects.toThrow(/append-only/);
  });
});
