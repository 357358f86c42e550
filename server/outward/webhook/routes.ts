// Subscriptions for admins: list, add, change, remove, test, send again what was given up. Every change is in the record.
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  newWebhook,
  webhook,
  webhookChange,
  webhookCreated,
  webhookList,
  webhookTest,
} from '../../contract/outward.ts';
import { writeAudit } from '../../people/audit.ts';
import { type AnyRoute, type Caller, ProblemError, route } from '../../platform/http/route.ts';
import type { Webhooks } from './channel.ts';
import { loadWebhooks, toWebhook, type WebhookRow } from './store.ts';
import { faultOf } from './target.ts';

const permission = 'outward:manage';
const tag = 'outward';
const path = '/api/v1/webhooks';
const params = z.object({ id: z.string().max(64) });

export function webhookRoutes(channel: () => Webhooks | undefined): AnyRoute[] {
  const running = (): Webhooks => {
    const webhooks = channel();
    if (webhooks === undefined) throw new ProblemError(503, 'unavailable', 'webhooks are not started yet');
    return webhooks;
  };

  async function found(id: string): Promise<WebhookRow> {
    const { db } = running().context;
    const row = await db.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw new ProblemError(404, 'not-found', `no webhook ${id}`);
    return row;
  }

  const shown = async (row: WebhookRow) => toWebhook(row, (await running().context.outbox.counts()).get(row.id));

  function refuseTarget(url: string | undefined): void {
    const fault = url === undefined ? null : faultOf(url, running().context.config.webhookPrivate);
    if (fault !== null) throw new ProblemError(400, 'invalid-request', fault);
  }

  /** The change and its row in the record are one transaction. */
  const recorded = <T>(
    { caller, ip, action, target, detail }: Recorded,
    work: (trx: Parameters<typeof writeAudit>[0]) => Promise<T>,
  ): Promise<T> => {
    const { db, now } = running().context;
    return db.transaction().execute(async (trx) => {
      await writeAudit(trx, { atMs: now(), actor: caller.username, action, target, detail, ip });
      return work(trx);
    });
  };

  return [
    route({
      method: 'GET',
      path,
      permission,
      summary: 'Webhooks with what waits, what was given up and the last error',
      tag,
      answer: webhookList,
      async handle() {
        const { db, outbox } = running().context;
        const [rows, counts] = await Promise.all([loadWebhooks(db), outbox.counts()]);
        return { body: { items: rows.map((row) => toWebhook(row, counts.get(row.id))) } };
      },
    }),
    route({
      method: 'POST',
      path,
      permission,
      summary: 'Add a webhook; its secret is shown only in this answer',
      tag,
      body: newWebhook,
      answer: webhookCreated,
      async handle({ body, caller, ip }) {
        refuseTarget(body.url);
        const { now } = running().context;
        const id = randomUUID();
        const secret = body.secret ?? randomBytes(32).toString('base64url');
        const { url, enabled, filter } = body;
        const row = await recorded(
          { caller, ip, action: 'webhook-created', target: id, detail: { url, enabled, filter } },
          (trx) =>
            trx
              .insertInto('webhook')
              .values({
                id,
                url,
                secret,
                enabled,
                filter: JSON.stringify(filter),
                created_by: caller.username,
                created_at: new Date(now()),
              })
              .returningAll()
              .executeTakeFirstOrThrow(),
        );
        await running().adopt(row);
        return { status: 201, body: { ...(await shown(row)), secret } };
      },
    }),
    route({
      method: 'PATCH',
      path: `${path}/:id`,
      permission,
      summary: 'Change a webhook',
      tag,
      params,
      body: webhookChange,
      answer: webhook,
      async handle({ params: { id }, body, caller, ip }) {
        refuseTarget(body.url);
        await found(id);
        const { filter, secret, ...rest } = body;
        const fields = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
        const changes = {
          ...fields,
          ...(filter === undefined ? {} : { filter: JSON.stringify(filter) }),
          ...(secret === undefined ? {} : { secret }),
        };
        const detail = { ...fields, ...(filter && { filter }), ...(secret && { secret: 'set' }) };
        const row = await recorded({ caller, ip, action: 'webhook-changed', target: id, detail }, (trx) =>
          trx
            .updateTable('webhook')
            // Nothing named is a change of nothing.
            .set(Object.keys(changes).length === 0 ? { id } : changes)
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirstOrThrow(),
        );
        await running().adopt(row);
        return { body: await shown(row) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:id`,
      permission,
      summary: 'Remove a webhook and what waits for it',
      tag,
      params,
      answer: z.null(),
      async handle({ params: { id }, caller, ip }) {
        const { url } = await found(id);
        await recorded({ caller, ip, action: 'webhook-removed', target: id, detail: { url } }, (trx) =>
          trx.deleteFrom('webhook').where('id', '=', id).execute(),
        );
        await running().remove(id);
        return { status: 204, body: null };
      },
    }),
    route({
      method: 'POST',
      path: `${path}/:id/test`,
      permission,
      summary: 'Send a test event now, once',
      tag,
      params,
      body: z.object({}),
      answer: webhookTest,
      async handle({ params: { id } }) {
        const outcome = await running().test(await found(id));
        return { body: outcome.ok ? { ok: true, detail: '' } : { ok: false, detail: outcome.error } };
      },
    }),
    route({
      method: 'POST',
      path: `${path}/:id/retry`,
      permission,
      summary: 'Send again what was given up',
      tag,
      params,
      body: z.object({}),
      answer: webhook,
      async handle({ params: { id }, caller, ip }) {
        const row = await found(id);
        await recorded({ caller, ip, action: 'webhook-retried', target: id, detail: {} }, async () => undefined);
        await running().context.outbox.retryFailed(id);
        running().wake(id);
        return { body: await shown(row) };
      },
    }),
  ];
}

interface Recorded {
  readonly caller: Caller;
  readonly ip: string;
  readonly action: string;
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
}
