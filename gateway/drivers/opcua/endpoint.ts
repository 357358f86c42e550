// One OPC UA endpoint, for ever: build a session with subscriptions, watch that it lives, tear it down at the first
// doubt and build it anew. The library's own reconnection is off, because it restores subscriptions only sometimes.
import { join } from 'node:path';
import {
  type ClientSession,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy as Policy,
  readServerCapabilities,
  MessageSecurityMode as SecurityMode,
  setErrorLogger,
  setWarningLogger,
  UserTokenType,
} from 'node-opcua';
import { backoffMs } from '../../polling/core/backoff.ts';
import type { BusDiagnosis } from '../../polling/diagnosis.ts';
import { pause } from '../../polling/pause.ts';
import type { DriverHost, SeenCertificate, WriteOutcome } from '../port.ts';
import { certificatesOf } from './certificates.ts';
import { type StatedLimits, serverLimits } from './core/limits.ts';
import type { OpcuaDevice } from './device.ts';
import { createSessionRecorder } from './diagnosis.ts';
import { type SessionWork, type Watched, watchDevices } from './watch.ts';
import { isUntrusted, wordsOf } from './words.ts';
import { writeNode } from './write.ts';

export interface OpcuaEndpoint {
  start(): void;
  stop(): Promise<void>;
  readonly devices: readonly OpcuaDevice[];
  diagnosis(): BusDiagnosis;
  /** Of the newest session there was; none before the first, and none without security. */
  certificates(): readonly SeenCertificate[];
  /** Never rejects; only on the session of this moment. */
  write(node: string, value: number, mayStart: () => boolean): Promise<WriteOutcome>;
}

/**
 * Values flow again in under 30 s after the cause is gone, even if it goes while an attempt is under way that will never be
 * answered: one step of it, its end, and the longest wait are 24 s.
 */
const STEP_DEADLINE_MS = 15_000;
const BACKOFF = { baseMs: 1000, maxMs: 6_000 };
/** A connection without a byte for so long is closed. The session's own keep-alive asks for one every 20 s. */
const IDLE_MS = 30_000;
const CLOSE_DEADLINE_MS = 1500;
const WATCH_MS = 1000;
/** Time after which a session counts as good and the backoff starts over. */
const SETTLED_MS = 30_000;

/** Own certificate, trusted and rejected servers: `<dataDir>/opcua/pki`. Unknown servers are never trusted by themselves. */
export const createCertificateStore = (dataDir: string): OPCUACertificateManager =>
  new OPCUACertificateManager({
    rootFolder: join(dataDir, 'opcua', 'pki'),
    automaticallyAcceptUnknownCertificate: false,
  });

export function createEndpoint(
  devices: readonly OpcuaDevice[],
  host: DriverHost,
  commonStore: OPCUACertificateManager,
): OpcuaEndpoint {
  const connection = devices[0]?.config.connection;
  const url = connection?.endpoint ?? '';
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let live: ClientSession | null = null;
  const secure = connection?.securityMode !== 'None';
  let store = commonStore;
  let certificates: readonly SeenCertificate[] = [];
  let notes: readonly string[] = [];
  let lanes: readonly Watched[] = [];
  const recorder = createSessionRecorder(url, devices);
  let doubted = false;
  /** What the server did behind a deadband. */
  let caught: string | null = null;

  /**
   * A person may have trusted the server meanwhile. The store notices moved files by watching its folders, and misses some;
   * a new one reads them. The common one is left alone: while it reads anew it takes servers of others for unknown.
   */
  async function readTrustAnew(): Promise<void> {
    const former = store;
    store = createCertificateStore(host.dataDir);
    await store.initialize();
    if (former !== commonStore) await former.dispose();
  }

  async function run(): Promise<void> {
    if (!secure)
      host.log.warn({ endpoint: url }, 'security mode None: values travel in the clear and any server is trusted');
    let failures = 0;
    while (!stopping.signal.aborted) {
      const builtAt = performance.now();
      const reason = await oneSession();
      if (stopping.signal.aborted) return;
      recorder.failed(reason, lanes.length > 0, host.now());
      lanes = [];
      failures = performance.now() - builtAt > SETTLED_MS ? 1 : failures + 1;
      if (failures === 1) host.log.warn({ endpoint: url, reason }, 'OPC UA session lost; trying again');
      for (const device of devices) device.lost(`opc ua ${url}: ${reason}`);
      await pause(backoffMs(BACKOFF, failures, Math.random()), stopping.signal);
    }
  }

  /** @returns why it ended. */
  async function oneSession(): Promise<string> {
    const over = Promise.withResolvers<string>();
    const closing = new AbortController();
    const end = (reason: string): void => over.resolve(reason);
    const onStop = (): void => end('stopped');
    stopping.signal.addEventListener('abort', onStop, { once: true });
    if (doubted)
      await readTrustAnew().catch((error: unknown) =>
        host.log.warn({ endpoint: url, err: error }, 'the trusted certificates could not be read again'),
      );
    const client = newClient();
    client.on('close', () => end('connection closed'));
    client.on('connection_lost', () => end('connection lost'));
    client.on('abort', () => end('connection aborted by the server'));
    const late = (): void => end(`no answer within ${STEP_DEADLINE_MS / 1000} s while the session was set up`);
    const deadline = setTimeout(late, STEP_DEADLINE_MS);
    let building = true;
    const distrust = (reason: string): void => {
      caught = `${reason}; it is asked for none from now on`;
      end(reason);
    };
    const progress = (): void => {
      if (building) deadline.refresh();
    };
    let watch: NodeJS.Timeout | undefined;
    build(client, { host, closed: closing.signal, end, progress, deadbands: caught === null, distrust }).then(
      (watched) => {
        building = false;
        clearTimeout(deadline);
        watch = setInterval(() => inspect(watched, end), WATCH_MS);
      },
      (error: unknown) => {
        doubted = isUntrusted(error);
        end(wordsOf(error, store));
      },
    );
    const reason = await over.promise;
    building = false;
    closing.abort();
    live = null;
    clearTimeout(deadline);
    clearInterval(watch);
    stopping.signal.removeEventListener('abort', onStop);
    await Promise.race([
      client.disconnect().catch(() => undefined),
      pause(CLOSE_DEADLINE_MS, new AbortController().signal),
    ]);
    // The watch may have been set by a build that finished while the session was being given up.
    clearInterval(watch);
    return reason;
  }

  function newClient(): OPCUAClient {
    return OPCUAClient.create({
      applicationName: 'Louwei gateway',
      clientName: 'Louwei gateway',
      clientCertificateManager: store,
      securityMode: secure ? SecurityMode.SignAndEncrypt : SecurityMode.None,
      securityPolicy: secure ? Policy[connection?.securityPolicy ?? 'Basic256Sha256'] : Policy.None,
      endpointMustExist: false,
      keepSessionAlive: true,
      requestedSessionTimeout: 30_000,
      transportTimeout: IDLE_MS,
      connectionStrategy: { initialDelay: 500, maxDelay: 1000, maxRetry: 0 },
    });
  }

  async function build(client: OPCUAClient, work: Omit<SessionWork, 'session' | 'limits'>): Promise<Watched[]> {
    await client.connect(url);
    work.progress();
    const session = await client.createSession(
      connection?.username === undefined
        ? { type: UserTokenType.Anonymous }
        : { type: UserTokenType.UserName, userName: connection.username, password: connection.password ?? '' },
    );
    work.progress();
    session.on('session_closed', () => work.end('session closed by the server'));
    // The library has made another session by itself; whether it watches what the old one did is not to be relied on.
    session.on('session_restored', () => work.end('the server no longer knows the session'));
    if (secure) certificates = certificatesOf(client, url);
    const limits = serverLimits(await statedLimits(session));
    const intervals = Map.groupBy(devices, ({ config }) => config.model.opcua.publishingIntervalMs);
    const watched: Watched[] = [];
    for (const [publishingIntervalMs, group] of intervals) {
      watched.push(await watchDevices({ ...work, session, limits }, publishingIntervalMs, group));
    }
    if (work.closed.aborted) throw new Error('given up while it was set up');
    live = session;
    lanes = watched;
    recorder.opened();
    tell([...watched.flatMap((one) => one.notes), ...(caught === null ? [] : [caught])]);
    return watched;
  }

  /** Once each, however often the session is made anew. */
  function tell(next: readonly string[]): void {
    for (const words of next) if (!notes.includes(words)) host.log.warn({ endpoint: url }, words);
    notes = [...new Set(next)];
  }

  function inspect(watched: readonly Watched[], end: (reason: string) => void): void {
    for (const lanes of watched) {
      const silence = lanes.silence(performance.now());
      if (silence !== null) {
        end(silence);
        return;
      }
      const aliveAtMs = lanes.aliveAtMs();
      for (const device of lanes.devices) {
        device.confirm(aliveAtMs);
        device.flush();
      }
    }
  }

  return {
    devices,
    certificates: () => certificates,
    diagnosis: () =>
      recorder.snapshot(notes, (device) => lanes.find((one) => one.devices.includes(device))?.aliveAtMs() ?? null),
    async write(node, value, mayStart) {
      if (live === null) return { kind: 'not-sent', reason: `opc ua ${url}: no session` };
      return writeNode(live, node, value, mayStart);
    },
    start() {
      // The library's own prints would go past the log.
      setWarningLogger((...words: unknown[]) => host.log.debug(words.map(String).join(' ')));
      setErrorLogger((...words: unknown[]) => host.log.debug(words.map(String).join(' ')));
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
      if (store !== commonStore) await store.dispose();
    },
  };
}

/** A server that states nothing gets what suits small ones. */
async function statedLimits(session: ClientSession): Promise<StatedLimits> {
  try {
    const { operationLimits, maxMonitoredItemsPerSubscription } = await readServerCapabilities(session);
    return { ...operationLimits, maxMonitoredItemsPerSubscription };
  } catch {
    return {};
  }
}
