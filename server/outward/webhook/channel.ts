// Webhooks: one sender for each subscription, so that a receiver that hangs holds up nobody else.
import { Counter } from 'prom-client';
import type { OutwardEvent, OutwardState } from '../../contract/outward.ts';
import type { RetryPolicy } from '../core/retry.ts';
import type { Destination } from '../outbox.ts';
import type { OutwardChannel, OutwardContext } from '../port.ts';
import { createSender, type Outcome, type Sender } from '../sender.ts';
import { isWanted } from './core/filter.ts';
import { post } from './post.ts';
import { webhookRoutes } from './routes.ts';
import { loadWebhooks, noteDelivered, noteError, type WebhookRow } from './store.ts';

/** What the routes ask of the channel. */
export interface Webhooks {
  readonly context: OutwardContext;
  /** A subscription was made or changed, and is committed. */
  adopt(row: WebhookRow): Promise<void>;
  remove(id: string): Promise<void>;
  test(row: WebhookRow): Promise<Outcome>;
  wake(id: string): void;
}

const POLICY: RetryPolicy = { firstWaitMs: 1_000, longestWaitMs: 300_000, giveUpAfterMs: 24 * 3_600_000 };

export function createWebhookChannel(policy: RetryPolicy = POLICY): OutwardChannel {
  const active = new Map<string, { readonly row: WebhookRow; readonly sender: Sender }>();
  let webhooks: Webhooks | undefined;
  let state: OutwardState['state'] = 'starting';

  function create(context: OutwardContext): Webhooks {
    const { db, outbox, now, log, config, metrics } = context;
    const deliveries = new Counter({
      name: 'louwei_webhook_deliveries_total',
      help: 'Attempts to deliver alarm events by webhook',
      labelNames: ['outcome'],
      registers: [metrics],
    });
    const send = (row: WebhookRow, event: OutwardEvent, signal: AbortSignal): Promise<Outcome> =>
      post({ url: row.url, secret: row.secret, allowPrivate: config.webhookPrivate }, event, now(), signal);

    async function halt(id: string): Promise<void> {
      const running = active.get(id);
      active.delete(id);
      await running?.sender.stop();
    }

    function begin(row: WebhookRow): void {
      let saidError: string | null = null;
      const sender = createSender({
        destination: row.id,
        outbox,
        policy,
        now,
        deliver: (event, signal) => send(row, event, signal),
        async onDelivered({ seq }) {
          deliveries.inc({ outcome: 'delivered' });
          saidError = null;
          await noteDelivered(db, row.id, seq, now());
        },
        async onFailed({ seq }, error, givenUp) {
          deliveries.inc({ outcome: givenUp ? 'given-up' : 'retry' });
          if (givenUp) log.error({ webhook: row.id, seq, error }, 'a webhook delivery was given up');
          else if (saidError !== error)
            log.warn({ webhook: row.id, seq, error }, 'webhook not delivered; trying again');
          saidError = error;
          await noteError(db, row.id, error, now());
        },
        onTrouble: (error) => log.warn({ err: error, webhook: row.id }, 'the outbox could not be read'),
      });
      outbox.set(destinationOf(row));
      active.set(row.id, { row, sender });
      sender.start();
    }

    return {
      context,
      async adopt(row) {
        // Collected without a break while the sender is exchanged.
        if (row.enabled) outbox.set(destinationOf(row));
        else outbox.pause(row.id);
        await halt(row.id);
        if (row.enabled) begin(row);
      },
      async remove(id) {
        await halt(id);
        await outbox.remove(id);
      },
      test: (row) => send(row, testEvent(now()), AbortSignal.timeout(15_000)),
      wake: (id) => active.get(id)?.sender.wake(),
    };
  }

  return {
    id: 'webhook',
    routes: webhookRoutes(() => webhooks),
    state: () => ({ id: 'webhook', state, address: null, detail: null }),
    async prepare({ db, outbox }) {
      for (const row of await loadWebhooks(db)) if (row.enabled) outbox.set(destinationOf(row));
    },
    async start(context) {
      webhooks = create(context);
      const rows = await loadWebhooks(context.db);
      for (const row of rows) await webhooks.adopt(row);
      context.alarms.onChange(() => {
        for (const { sender } of active.values()) sender.wake();
      });
      state = 'ready';
    },
    async stop() {
      await Promise.all([...active.values()].map(({ sender }) => sender.stop()));
    },
  };
}

const destinationOf = (row: WebhookRow): Destination => ({
  id: row.id,
  wants: (event) => isWanted(row.filter, event),
});

const testEvent = (nowMs: number): OutwardEvent => ({
  version: 1,
  seq: 0,
  event: 'TEST',
  actor: 'system',
  sourceTime: new Date(nowMs).toISOString(),
  serverTime: new Date(nowMs).toISOString(),
  note: null,
  equipmentClass: null,
  alarm: null,
});
