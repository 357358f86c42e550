// Accounts, for those who manage them.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { newPerson, person, personChange } from '../contract/people.ts';
import { listOf, page } from '../contract/shared.ts';
import type { Trx } from '../migrations/tables.ts';
import { type AnyRoute, type Caller, ProblemError, route } from '../platform/http/route.ts';
import { type PersonRow, personOf } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { PeopleContext } from './context.ts';
import { refuseWeak } from './session-routes.ts';
import { endSessionsOf } from './sessions.ts';

type Change = z.output<typeof personChange>;

export const personRoutes = (context: PeopleContext): readonly AnyRoute[] => [
  route({
    method: 'GET',
    path: '/api/v1/people',
    permission: 'people:read',
    summary: 'Accounts by username',
    tag: 'people',
    query: page,
    answer: listOf(person),
    async handle({ query }) {
      let rows = context.db
        .selectFrom('person')
        .selectAll()
        .orderBy('username')
        .limit(query.limit + 1);
      if (query.cursor !== undefined) rows = rows.where('username', '>', query.cursor);
      const found = await rows.execute();
      const items = found.slice(0, query.limit).map(personOf);
      return { body: { items, nextCursor: found.length > query.limit ? (items.at(-1)?.username ?? null) : null } };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/people',
    permission: 'people:manage',
    summary: 'Create an account; its owner has to change the password',
    tag: 'people',
    body: newPerson,
    answer: person,
    handle: async ({ body, caller, ip }) => ({
      status: 201,
      body: personOf(await create(context, body, caller, ip)),
    }),
  }),
  route({
    method: 'PATCH',
    path: '/api/v1/people/:id',
    permission: 'people:manage',
    summary: 'Change an account; another role, another password and disabling end its sessions',
    tag: 'people',
    params: z.object({ id: z.string().max(64) }),
    body: personChange,
    answer: person,
    handle: async ({ params, body, caller, ip }) => ({
      body: personOf(await change(context, params.id, body, caller, ip)),
    }),
  }),
];

async function create(
  { db, now, passwords }: PeopleContext,
  body: z.output<typeof newPerson>,
  caller: Caller,
  ip: string,
): Promise<PersonRow> {
  refuseWeak(body.password, body.username);
  const { password, ...account } = body;
  const hash = await passwords.hash(password);
  const at = new Date(now());
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('person')
      .values({
        ...account,
        id: randomUUID(),
        password_hash: hash,
        must_change_password: true,
        disabled: false,
        created_at: at,
        updated_at: at,
      })
      .onConflict((conflict) => conflict.column('username').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw new ProblemError(409, 'conflict', `the username ${body.username} is taken`);
    const detail = { role: body.role, name: body.name };
    await writeAudit(trx, {
      atMs: now(),
      actor: caller.username,
      action: 'person-created',
      target: row.username,
      detail,
      ip,
    });
    return row;
  });
}

async function change(
  context: PeopleContext,
  id: string,
  body: Change,
  caller: Caller,
  ip: string,
): Promise<PersonRow> {
  const { db, now } = context;
  const { password, ...fields } = body;
  if (password !== undefined && id === caller.personId) {
    throw new ProblemError(403, 'forbidden', 'change your own password at /api/v1/session/password');
  }
  const hash = password === undefined ? undefined : await context.passwords.hash(password);
  const { row, ended } = await db.transaction().execute(async (trx) => {
    const before = await lockWithAdmins(trx, id);
    if (password !== undefined) refuseWeak(password, before.username);
    await refuseLastAdmin(trx, before, fields);
    const named = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const after = await trx
      .updateTable('person')
      .set({
        ...named,
        ...(hash === undefined ? {} : { password_hash: hash, must_change_password: true }),
        updated_at: new Date(now()),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const detail = differences(before, after, hash !== undefined);
    await writeAudit(trx, {
      atMs: now(),
      actor: caller.username,
      action: 'person-changed',
      target: after.username,
      detail,
      ip,
    });
    const loses = after.role !== before.role || (after.disabled && !before.disabled) || hash !== undefined;
    return { row: after, ended: loses ? await endSessionsOf(trx, id) : [] };
  });
  context.ended(ended);
  return row;
}

/** Locks the person and every admin, so that two admins cannot demote each other at the same moment. */
async function lockWithAdmins(trx: Trx, id: string): Promise<PersonRow> {
  const rows = await trx
    .selectFrom('person')
    .selectAll()
    .where((or) => or.or([or('id', '=', id), or('role', '=', 'admin')]))
    .orderBy('id')
    .forUpdate()
    .execute();
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new ProblemError(404, 'not-found', 'there is no such person');
  return row;
}

async function refuseLastAdmin(trx: Trx, before: PersonRow, fields: Omit<Change, 'password'>): Promise<void> {
  if (before.role !== 'admin' || before.disabled) return;
  const stays = (fields.role ?? 'admin') === 'admin' && fields.disabled !== true;
  if (stays) return;
  const other = await trx
    .selectFrom('person')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabled', '=', false)
    .where('id', '!=', before.id)
    .executeTakeFirst();
  if (other === undefined) throw new ProblemError(409, 'conflict', 'this is the last admin; make another one first');
}

function differences(before: PersonRow, after: PersonRow, passwordSet: boolean): Record<string, unknown> {
  const fields = ['name', 'role', 'language', 'disabled'] as const;
  const changed = fields.filter((field) => before[field] !== after[field]);
  return {
    before: Object.fromEntries(changed.map((field) => [field, before[field]])),
    after: Object.fromEntries(changed.map((field) => [field, after[field]])),
    ...(passwordSet ? { password: 'set' } : {}),
  };
}
