// The composition root: the only place that knows every part, makes them, starts them in order and stops them in reverse.
import { join } from 'node:path';
import { LIBRARY_DIR, loadLibrary } from '@louwei/device-profiles';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { createAlarmHealth } from '../alarm-health/alarm-health.ts';
import { alarmRegisterRoutes } from '../alarm-register/routes.ts';
import { createAlarms } from '../alarms/alarms.ts';
import { DEFAULT_SITE } from '../alarms/core/site.ts';
import { createFeeds } from '../assets/feeds.ts';
import { createRegister } from '../assets/register.ts';
import { assetRoutes } from '../assets/routes.ts';
import { createSummaries } from '../assets/summaries.ts';
import { createCommands } from '../commands/commands.ts';
import { commandRoutes } from '../commands/routes.ts';
import { createCommissioning } from '../commissioning/commissioning.ts';
import { writeManagementKey } from '../commissioning/key-file.ts';
import { commissioningRoutes } from '../commissioning/routes.ts';
import { PERMISSIONS } from '../contract/people.ts';
import { createIngest, type Ingest } from '../ingest/ingest.ts';
import { createMqttAccounts, ensureGatewayAccount, ensureReaderAccount } from '../ingest/mqtt-accounts.ts';
import { createLive } from '../live/live.ts';
import type { Db } from '../migrations/tables.ts';
import { createOutbox } from '../outward/outbox.ts';
import { createOutward } from '../outward/outward.ts';
import { createPeople } from '../people/people.ts';
import { createServerClock } from '../platform/clock/server-clock.ts';
import { migrate, readMigrations } from '../platform/database/migrate.ts';
import { type AnyRoute, ProblemError } from '../platform/http/route.ts';
import { createHttpServer } from '../platform/http/server.ts';
import { lockDirectory } from '../platform/lock.ts';
import { createLog, type Logger } from '../platform/log.ts';
import { createSerialQueue } from '../platform/serial-queue.ts';
import { createLatestValues, pointValues } from '../telemetry/latest-values.ts';
import { createTelemetryParticipant } from '../telemetry/participant.ts';
import { createRetention } from '../telemetry/retention.ts';
import { telemetryRoutes } from '../telemetry/routes.ts';
import { createPostgresStore } from '../telemetry/stores/postgres/store.ts';
import { createWorkOrders } from '../work-orders/create.ts';
import { connectBoard, liveSources } from './board.ts';
import { startBroker } from './broker.ts';
import { createCleanups } from './cleanups.ts';
import { createClockSteps } from './clock-steps.ts';
import type { Config } from './config.ts';
import { openConfiguredDatabase, untilDatabaseAnswers } from './database.ts';
import { healthPages } from './health.ts';
import { portRefusal, requireWritable } from './refusal.ts';

const ROOT = join(import.meta.dirname, '../..');
const VERSION = '0.1.0';

export interface Server {
  /** @throws ConfigurationError, DirectoryInUseError, StartRefusedError. */
  start(): Promise<{ readonly address: string; readonly oneTimePassword: string | null }>;
  /** What was started, in reverse; safe at any moment. */
  stop(): Promise<void>;
}

export function createServer(config: Config, signal: AbortSignal): Server {
  const log = createLog('server', config.logLevel);
  const cleanups = createCleanups();
  return {
    async start() {
      requireWritable(config.dataDir);
      const release = lockDirectory(config.dataDir, 'server');
      cleanups.add('lock of the data directory', release);
      const library = loadLibrary([LIBRARY_DIR, ...config.profileFolders]);
      const db = await openConfiguredDatabase(config, log, cleanups);
      return startParts({ config, log, db, library, signal, cleanups });
    },
    stop: () => cleanups.run(log),
  };
}

interface Foundation {
  readonly config: Config;
  readonly log: Logger;
  readonly db: Db;
  readonly library: ReturnType<typeof loadLibrary>;
  readonly signal: AbortSignal;
  readonly cleanups: ReturnType<typeof createCleanups>;
}

async function startParts({ config, log, db, library, signal, cleanups }: Foundation) {
  const clock = createServerClock();
  const { now } = clock;
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const queue = createSerialQueue();
  let waitingFor: string | null = 'the database';
  let ingest: Ingest | null = null;

  const register = createRegister((name) => library.classes.has(name));
  const { directory } = register;
  const store = createPostgresStore();
  const latest = createLatestValues();
  const workOrders = createWorkOrders({ db, now, log: log.child({ part: 'work-orders' }) });
  const outbox = createOutbox(db, now);
  const feeds = createFeeds({ db, directory, queue, now });
  const alarms = createAlarms({
    db,
    queue,
    library,
    directory,
    site: { ...DEFAULT_SITE, timeZone: config.timeZone, holidays: config.holidays },
    workOrders,
    feeds,
    now,
    log: log.child({ part: 'alarms' }),
    metrics,
    outbox,
  });
  const outward = createOutward();
  const commands = createCommands({ db, now, log: log.child({ part: 'commands' }), directory, library, latest });
  const commissioning = createCommissioning({ db, directory, now, log: log.child({ part: 'commissioning' }) });
  const summaries = createSummaries({
    directory,
    library,
    alarmCounts: alarms.counts,
    openWorkOrders: workOrders.openCount,
  });
  const alarmHealth = createAlarmHealth({
    db,
    directory,
    library,
    store,
    alarms,
    now,
    log: log.child({ part: 'alarm-health' }),
    metrics,
  });
  const board = { register, summaries, latest, alarms, workOrders, alarmHealth };
  const live = createLive({
    sources: liveSources(board),
    isFaceplate: (equipmentId, point) => summaries.summary(equipmentId)?.faceplate.includes(point) ?? false,
    now,
    log: log.child({ part: 'live' }),
    metrics,
  });
  const people = createPeople({
    db,
    now,
    log: log.child({ part: 'people' }),
    secureCookie: config.tls,
    sessionsInUse: live.sessionsInUse,
  });
  people.onSessionEnded(live.endSession);
  cleanups.add('people', people.stop);
  cleanups.add('live socket', live.stop);

  const routes: AnyRoute[] = [
    ...people.routes,
    ...assetRoutes({
      directory,
      summaries,
      classOf: alarms.classOf,
      models: library.models,
      valuesOf: (id) => pointValues(latest.of(id)),
    }),
    ...telemetryRoutes({ db, store, directory }),
    ...feeds.routes,
    ...alarms.routes,
    ...alarmHealth.routes,
    ...alarmRegisterRoutes({ db, directory, library, now }),
    ...workOrders.routes,
    ...commandRoutes(db, commands),
    ...commissioningRoutes({ db, directory, library, commissioning, now }),
    ...outward.routes,
  ];
  const requireStarted = (): void => {
    if (waitingFor !== null)
      throw new ProblemError(503, 'unavailable', `the server is starting and waits for ${waitingFor}`);
  };
  const served = new Histogram({
    name: 'louwei_http_request_seconds',
    help: 'Duration of requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5],
    registers: [metrics],
  });
  const http = await createHttpServer({
    routes: routes.map((one) => ({
      ...one,
      handle(request) {
        requireStarted();
        return one.handle(request);
      },
    })),
    permissions: PERMISSIONS,
    plain: healthPages({ db, starting: () => waitingFor, ingest: () => ingest?.status() ?? null }, metrics),
    openApi: { title: 'Louwei', version: VERSION },
    staticDir: join(ROOT, 'dashboard/dist'),
    secure: config.tls,
    log: log.child({ part: 'http' }),
    authorize(credentials) {
      requireStarted();
      return people.authorize(credentials);
    },
    permits: people.permits,
    onServed: ({ method, route, status, durationMs }) => served.observe({ method, route, status }, durationMs / 1000),
  });
  http.onUpgrade('/api/v1/live', 'equipment:read', (socket, { caller, query }) =>
    live.attach(socket, caller, query.get('resume')),
  );
  const port = await http.listen({ port: config.httpPort, host: config.httpHost }).catch((error: unknown) => {
    throw portRefusal(error, 'LOUWEI_HTTP_PORT', config.httpPort);
  });
  cleanups.add('HTTP server', http.stop);

  await untilDatabaseAnswers(db, log, signal, (reason) => {
    waitingFor = `the database (${reason})`;
  });
  const applied = await migrate(db, readMigrations(join(import.meta.dirname, '../migrations')));
  if (applied.length > 0) log.info({ applied }, 'database migrated');
  await store.start(db, now());
  await register.load(db);
  latest.load(await store.latest(db), directory);
  const admin = await people.ensureAdmin({ password: config.adminPassword });
  await workOrders.start();
  await outward.prepare({ config: config.outward, db, outbox });
  await feeds.load();
  const steps = createClockSteps({
    clock,
    db,
    queue,
    log: log.child({ part: 'clock' }),
    alarms,
    stored: [people.clockSet, outbox.clockSet, commands.clockSet],
    held: [alarmHealth.clockSet, (stepMs) => ingest?.clockSet(stepMs)],
  });
  await steps.note();
  await alarms.start();
  cleanups.add('alarms', alarms.stop);
  await alarmHealth.start();
  cleanups.add('alarm health', alarmHealth.stop);
  connectBoard(board, live);
  commands.onChange((changed) => live.changed({ commands: changed }));

  await commissioning.prepare();
  writeManagementKey(config.dataDir, commissioning.publicKey());
  const accounts = createMqttAccounts(db);
  if (config.builtinGateway !== undefined)
    await ensureGatewayAccount(db, config.dataDir, { node: config.builtinGateway });
  if (config.mqttReader !== undefined) await ensureReaderAccount(db, config.dataDir, config.mqttReader);
  const broker =
    config.mqttUrl === undefined ? await startBroker(config, accounts, log, cleanups) : { url: config.mqttUrl };
  ingest = createIngest({
    db,
    queue,
    register,
    participants: [createTelemetryParticipant({ store, latest }), alarms.participant, commands.participant],
    broker,
    hostId: config.hostId,
    onNodeMessage: commissioning.onNodeMessage,
    now,
    unsetMs: clock.unsetMs,
    log: log.child({ part: 'ingest' }),
    registry: metrics,
    retentionDays: config.retentionDays,
  });
  await outward.start({
    config: config.outward,
    dataDir: config.dataDir,
    db,
    alarms,
    directory,
    people,
    outbox,
    broker,
    now,
    log: log.child({ part: 'outward' }),
    metrics,
  });
  cleanups.add('outward connections', outward.stop);
  ingest.start();
  cleanups.add('ingest', ingest.stop);
  const { send, status } = ingest;
  commands.start({ connected: () => status().broker === 'connected', publish: send });
  cleanups.add('commands', async () => commands.stop());
  commissioning.start({ publish: send });
  cleanups.add('commissioning', commissioning.stop);
  await steps.start();
  cleanups.add('clock', steps.stop);
  const retention = createRetention({
    db,
    store,
    queue,
    retentionDays: config.retentionDays,
    now,
    onDropped: (names) => log.info({ names }, 'readings past their retention dropped'),
    onError: (error) => log.error({ err: error }, 'retention failed; it is tried again in an hour'),
  });
  retention.start();
  cleanups.add('retention', retention.stop);
  waitingFor = null;
  return {
    address: `http://localhost:${port}`,
    oneTimePassword: admin.outcome === 'created' ? admin.oneTimePassword : null,
  };
}
