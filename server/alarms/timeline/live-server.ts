// One life of a server on a real database: register, telemetry, work orders, feeds and alarms as the composition root puts
// them together, with the committer of the ingest. What a gateway sends enters behind the broker.
import { setImmediate as turn } from 'node:timers/promises';
import type { EquipmentClass } from '@louwei/device-profiles';
import { createFeeds } from '../../assets/feeds.ts';
import { createRegister } from '../../assets/register.ts';
import { type Committer, createCommitter } from '../../ingest/committer.ts';
import type { SessionFact } from '../../ingest/core/session-effects.ts';
import { createPendingQueue } from '../../ingest/pending.ts';
import type { Db } from '../../migrations/tables.ts';
import { createSerialQueue } from '../../platform/serial-queue.ts';
import { createLatestValues } from '../../telemetry/latest-values.ts';
import { createTelemetryParticipant } from '../../telemetry/participant.ts';
import { createPostgresStore } from '../../telemetry/stores/postgres/store.ts';
import { createWorkOrders, type WorkOrders } from '../../work-orders/create.ts';
import { type Alarms, createAlarms } from '../alarms.ts';
import { callRoute } from '../fixtures.ts';
import type { LiveClock } from './live-clock.ts';

const GROUP = 'louwei';
const MAX_SAMPLES = 10_000;
const DAY_MS = 86_400_000;

export interface GatewayMessage {
  readonly gatewayId: string;
  readonly fact: SessionFact;
}

export interface LiveServer {
  readonly alarms: Alarms;
  readonly workOrders: WorkOrders;
  call<Answer>(...request: CallArguments): Promise<Answer>;
  /** Commits the messages in one transaction and waits until everything that follows from them is done. */
  deliver(messages: readonly GatewayMessage[]): Promise<void>;
  /** Nothing is running. @throws what a part has reported as an error meanwhile. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

type CallArguments = [method: string, path: string, request?: Parameters<typeof callRoute>[3]];

export async function startLiveServer(
  db: Db,
  classes: ReadonlyMap<string, EquipmentClass>,
  clock: LiveClock,
): Promise<LiveServer> {
  const { now } = clock;
  const errors: unknown[] = [];
  const log = {
    info: () => {},
    error: ({ err }: { err?: unknown }, message: string) => void errors.push(err ?? message),
  };
  const queue = createSerialQueue();
  const register = createRegister((name) => classes.has(name));
  const { directory } = register;
  const store = createPostgresStore();
  const latest = createLatestValues();
  const workOrders = createWorkOrders({ db, now, log });
  const feeds = createFeeds({ db, directory, queue, now });
  const alarms = createAlarms({
    db,
    queue,
    library: { classes },
    directory,
    workOrders,
    feeds,
    now,
    deadline: clock.deadline,
    log,
  });
  const routes = [...feeds.routes, ...alarms.routes, ...workOrders.routes];

  await store.start(db, now());
  await register.load(db);
  latest.load(await store.latest(db), directory);
  await workOrders.start();
  await feeds.load();
  await alarms.start();

  const pending = createPendingQueue(MAX_SAMPLES);
  let settle: ((error?: unknown) => void) | null = null;
  const committer: Committer = createCommitter({
    db,
    queue,
    register,
    participants: [createTelemetryParticipant({ store, latest }), alarms.participant],
    pending,
    maxBatchSamples: MAX_SAMPLES,
    window: (nowMs) => ({ oldestMs: nowMs - 400 * DAY_MS, newestMs: nowMs + DAY_MS }),
    now,
    onCommitted: () => settle?.(),
    onFailed: (error) => settle?.(error),
  });

  async function settled(): Promise<void> {
    // The engine sets its next deadline behind the queue's last task.
    while (queue.length > 0) await queue.idle();
    await turn();
    if (errors.length > 0) throw errors[0];
  }

  return {
    alarms,
    workOrders,
    call: (...request) => callRoute(routes, ...request),
    settled,
    async deliver(messages) {
      const committed = new Promise<void>((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve() : reject(error));
      });
      for (const { gatewayId, fact } of messages) {
        const samples = 'metrics' in fact ? fact.metrics.length : 0;
        pending.push({ gatewayId, group: GROUP, node: gatewayId, provesDelivery: true, fact, samples });
      }
      committer.wake();
      await committed;
      await settled();
    },
    async stop() {
      await committer.stop();
      await alarms.stop();
    },
  };
}
