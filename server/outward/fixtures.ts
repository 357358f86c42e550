// A small plant with ways out for tests: real database and sockets; throw a run away and make another to restart.
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createReadings, createSite, type Plant } from '../alarms/fixtures.ts';
import type { Db } from '../migrations/tables.ts';
import { createPeople } from '../people/people.ts';
import type { AnyRoute, Caller } from '../platform/http/route.ts';
import { createOutbox } from './outbox.ts';
import type { OutwardChannel, OutwardConfig, OutwardContext } from './port.ts';

const ADMIN: Caller = { personId: 'p', username: 'admin', role: 'admin', sessionId: 's' };

export async function createRun(
  db: Db,
  plant: Plant,
  clock: { ms: number },
  dataDir: string,
  changes: {
    readonly config?: Partial<OutwardConfig>;
    readonly broker?: OutwardContext['broker'];
    /** Enters its destinations before the alarm engine starts. */
    readonly channel?: OutwardChannel;
  } = {},
) {
  const log = pino({ level: 'silent' });
  const outbox = createOutbox(db, Date.now);
  const config: OutwardConfig = {
    opcua: { port: null, host: '127.0.0.1', allowNone: true },
    mqttAlarms: false,
    webhookPrivate: true,
    ...changes.config,
  };
  await changes.channel?.prepare({ config, db, outbox });
  const site = await createSite(db, plant, clock, undefined, outbox);
  const people = createPeople({ db, now: Date.now, log, secureCookie: false });
  const metrics = new Registry();
  const context: OutwardContext = {
    config,
    dataDir,
    db,
    alarms: site.alarms,
    directory: plant.directory,
    people,
    outbox,
    broker: changes.broker ?? { url: 'mqtt://127.0.0.1:1' },
    now: Date.now,
    log,
    metrics,
  };
  const readings = createReadings(plant, clock);
  return {
    ...site,
    context,
    people,
    metrics,
    /** One reading, committed with what follows from it, `sabotage` just before the commit. */
    async read(equipmentId: string, point: string, value: number, sabotage?: Parameters<typeof site.commit>[1]) {
      clock.ms++;
      await site.commit(readings.batch(readings.reading(equipmentId, point, value)), sabotage);
    },
    async stop() {
      await site.alarms.stop();
      await people.stop();
    },
  };
}
export type Run = Awaited<ReturnType<typeof createRun>>;

/** Calls a route of a channel as an admin. */
export async function callRoute<Answer>(
  channel: OutwardChannel,
  method: string,
  path: string,
  request: { readonly params?: object; readonly body?: object } = {},
): Promise<Answer> {
  const found = channel.routes.find((route: AnyRoute) => route.method === method && route.path === path);
  if (found === undefined) throw new Error(`no route ${method} ${path}`);
  const reply = await found.handle({
    params: request.params ?? {},
    query: {},
    body: found.body?.parse(request.body ?? {}) ?? {},
    caller: ADMIN,
    ip: '127.0.0.1',
    cookies: {},
  });
  return found.answer.parse(reply.body) as Answer;
}

export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
