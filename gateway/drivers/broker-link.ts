// One connection to a field broker, for ever. mqtt.js' own reconnection is switched off: each attempt is a fresh client,
// which subscribes again and remembers nothing.
import { readFile } from 'node:fs/promises';
import { connect, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { brokerWords } from '../platform/broker-words.ts';
import { backoffMs } from '../polling/core/backoff.ts';
import { pause } from '../polling/pause.ts';
import type { WriteOutcome } from './port.ts';

/** What the broker tells everybody of this connection, retained: `offline` is its last will. */
export interface Presence {
  readonly topic: string;
  readonly online: string;
  readonly offline: string;
}

export interface BrokerLinkOptions {
  readonly url: string;
  /** The address without a login, for messages. */
  readonly where: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM; read anew for each connection, so a renewed one is taken without a restart. */
  readonly caFile?: string | undefined;
  readonly topics: readonly string[];
  readonly log: Logger;
  /** Asked at each connection; absent: nobody is told. */
  readonly presence?: (() => Presence) | undefined;
  onReached(): void;
  onLost(reason: string): void;
  onMessage(topic: string, payload: Uint8Array, retained: boolean): void;
  readonly random?: () => number;
}

export interface BrokerLink {
  start(): void;
  stop(): Promise<void>;
  /** QoS 1 and not retained, now or never. Never rejects; `written` means that the broker has it. */
  publish(topic: string, payload: string): Promise<WriteOutcome>;
  /** QoS 0 and not retained. @returns false when there is no connection: nothing was sent. */
  send(topic: string, payload: Buffer): boolean;
  /** Says `online` again: the will of an earlier connection may come after its successor's birth. */
  announce(): void;
  /** Age of the last packet from the broker, ms; Infinity without a connection. */
  silentMs(): number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const PUBLISH_TIMEOUT_MS = 5_000;
const BACKOFF = { baseMs: 500, maxMs: 30_000 };

export function createBrokerLink(options: BrokerLinkOptions): BrokerLink {
  const stopping = new AbortController();
  const random = options.random ?? Math.random;
  let running: Promise<void> | null = null;
  let failures = 0;
  let live: MqttClient | null = null;
  let present: Presence | undefined;
  let heardAtMs = 0;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const reason = await oneConnection();
      if (stopping.signal.aborted) return;
      failures++;
      if (failures === 1) options.log.warn({ broker: options.where, reason }, 'field broker lost; trying again');
      options.onLost(reason);
      await pause(backoffMs(BACKOFF, failures, random()), stopping.signal);
    }
  }

  /** @returns why it ended. */
  async function oneConnection(): Promise<string> {
    let ca: Buffer | undefined;
    try {
      if (options.caFile !== undefined) ca = await readFile(options.caFile);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `caFile cannot be read: ${why}; expected a PEM certificate`;
    }
    if (stopping.signal.aborted) return 'stopped';
    return new Promise((resolve) => {
      let reason = 'connection closed by the broker';
      const said = options.presence?.();
      const client: MqttClient = connect(options.url, {
        protocolVersion: 4,
        clean: true,
        reconnectPeriod: 0,
        connectTimeout: CONNECT_TIMEOUT_MS,
        keepalive: 15,
        resubscribe: false,
        queueQoSZero: false,
        ...(ca === undefined ? {} : { ca }),
        ...(options.username === undefined ? {} : { username: options.username }),
        ...(options.password === undefined ? {} : { password: options.password }),
        ...(said === undefined
          ? {}
          : { will: { topic: said.topic, payload: Buffer.from(said.offline), qos: 1, retain: true } }),
      });
      let acknowledged: NodeJS.Timeout | undefined;
      const end = (why: string): void => {
        clearTimeout(acknowledged);
        stopping.signal.removeEventListener('abort', stop);
        client.removeAllListeners('message');
        if (live === client) live = null;
        client.end(true);
        resolve(why);
      };
      const stop = (): void => end('stopped');
      stopping.signal.addEventListener('abort', stop, { once: true });
      client.on('error', (error) => {
        reason = brokerWords(error);
        end(reason);
      });
      client.on('close', () => end(reason));
      client.on('packetreceive', () => {
        heardAtMs = performance.now();
      });
      client.on('message', (topic, payload, packet) => options.onMessage(topic, payload, packet.retain));
      client.on('connect', () => {
        options.onReached();
        acknowledged = setTimeout(() => end('no answer to the subscription'), CONNECT_TIMEOUT_MS);
        client.subscribe([...options.topics], { qos: 1 }, (error, granted) => {
          clearTimeout(acknowledged);
          if (error) return end(`subscription refused: ${error.message}`);
          const refused = granted?.filter(({ qos }) => qos > 2).map(({ topic }) => topic) ?? [];
          if (refused.length > 0)
            options.log.error({ broker: options.where, refused }, 'the broker refuses these topics');
          failures = 0;
          live = client;
          present = said;
          announce();
        });
      });
    });
  }

  function announce(): void {
    if (present !== undefined) live?.publish(present.topic, present.online, { qos: 1, retain: true }, () => undefined);
  }

  return {
    announce,
    silentMs: () => (live === null ? Number.POSITIVE_INFINITY : performance.now() - heardAtMs),
    send(topic, payload) {
      if (live === null) return false;
      live.publish(topic, payload, { qos: 0, retain: false }, () => undefined);
      return true;
    },
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    publish(topic, payload) {
      const client = live;
      if (client === null) return Promise.resolve({ kind: 'not-sent', reason: `no connection to ${options.where}` });
      return new Promise((resolve) => {
        const late = setTimeout(
          () => resolve({ kind: 'unanswered', reason: 'the field broker does not acknowledge' }),
          PUBLISH_TIMEOUT_MS,
        );
        client.publish(topic, payload, { qos: 1, retain: false }, (error) => {
          clearTimeout(late);
          resolve(error ? { kind: 'unanswered', reason: error.message } : { kind: 'written' });
        });
      });
    },
  };
}
