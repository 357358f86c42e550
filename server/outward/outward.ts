// The ways out put together: their states as a route, start and stop, and a look once an hour at what nobody wants any more.
import { outwardStates } from '../contract/outward.ts';
import { type AnyRoute, route } from '../platform/http/route.ts';
import type { OutwardContext } from './port.ts';
import { createChannels } from './registry.ts';

export interface Outward {
  readonly routes: readonly AnyRoute[];
  /** After the migrations and before the alarm engine starts. */
  prepare(context: Pick<OutwardContext, 'config' | 'db' | 'outbox'>): Promise<void>;
  start(context: OutwardContext): Promise<void>;
  stop(): Promise<void>;
}

const SWEEP_EVERY_MS = 3_600_000;

export function createOutward(): Outward {
  const channels = createChannels();
  let timer: NodeJS.Timeout | undefined;
  const states = route({
    method: 'GET',
    path: '/api/v1/outward',
    permission: 'outward:manage',
    summary: 'Ways out of Louwei and how they are',
    tag: 'outward',
    answer: outwardStates,
    handle: async () => ({ body: { items: channels.map((channel) => channel.state()) } }),
  });

  async function sweep({ db, outbox, config, log }: OutwardContext): Promise<void> {
    const webhooks = await db.selectFrom('webhook').select('id').execute();
    const removed = await outbox.sweep([...webhooks.map(({ id }) => id), ...(config.mqttAlarms ? ['mqtt'] : [])]);
    if (removed > 0) log.warn({ removed }, 'deliveries dropped: their destination is gone, or they failed 30 days ago');
  }

  return {
    routes: [states, ...channels.flatMap((channel) => channel.routes)],
    async prepare(context) {
      for (const channel of channels) await channel.prepare(context);
    },
    async start(context) {
      await sweep(context);
      for (const channel of channels) await channel.start(context);
      timer = setInterval(() => {
        sweep(context).catch((error: unknown) => context.log.warn({ err: error }, 'the outbox could not be swept'));
      }, SWEEP_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(channels.map((channel) => channel.stop()));
    },
  };
}
