// The server's MQTT connection as a Sparkplug host application: STATE with its will, one fresh client per connection
// (mqtt.js rejects what is published while it replays after a reconnect), backoff with jitter between them.
import { DELIVERY_ENCODING, stateTopic } from '@louwei/gateway/sparkplug';
import mqtt, { type MqttClient } from 'mqtt';
import type { Logger } from 'pino';

export interface HostConnectionOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly hostId: string;
  readonly clientId: string;
  readonly log: Logger;
  readonly now: () => number;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  readonly onConnected: () => void;
  readonly onDisconnected: () => void;
}

export interface HostConnection {
  start(): void;
  /** Says STATE offline; settles within 1 s. */
  stop(): Promise<void>;
  /** Dropped while disconnected: whoever published says it again after the next connect. */
  publish(topic: string, payload: Buffer | string, options: { qos: 0 | 1; retain: boolean }): void;
  readonly connected: boolean;
}

const SUBSCRIPTION = 'spBv1.0/#';
const FIRST_WAIT_MS = 250;
const LAST_WAIT_MS = 10_000;
/** Connections that lasted this long start over with the shortest wait. */
const STABLE_MS = 10_000;
const STOP_MS = 800;

/** The announced delivery tells Louwei's gateways that only a watermark counts as delivered. */
const stateText = (online: boolean, timestamp: number): string =>
  JSON.stringify({ online, timestamp, delivery: DELIVERY_ENCODING });

export function createHostConnection(options: HostConnectionOptions): HostConnection {
  const { log, now } = options;
  const state = stateTopic(options.hostId);
  let client: MqttClient | undefined;
  let connected = false;
  let stopped = false;
  let waitMs = FIRST_WAIT_MS;
  let timer: NodeJS.Timeout | undefined;
  let said = '';
  /** Of STATE. Hosts are told apart by it, so it never goes back, not even when the clock of this machine does. */
  let timestamp = 0;

  function connect(): void {
    timestamp = Math.max(now(), timestamp);
    const stateMessage = (online: boolean): string => stateText(online, timestamp);
    let connectedAtMs: number | undefined;
    const mine = mqtt.connect(options.url, {
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      keepalive: 15,
      clientId: options.clientId,
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.password === undefined ? {} : { password: options.password }),
      will: { topic: state, payload: Buffer.from(stateMessage(false)), qos: 1, retain: true },
    });
    client = mine;
    mine.on('connect', () => {
      mine.subscribe(SUBSCRIPTION, { qos: 1 }, (error, grants) => {
        if (error || grants?.some((grant) => grant.qos > 2)) {
          say(`subscription to ${SUBSCRIPTION} refused`);
          mine.end(true);
          return;
        }
        connected = true;
        connectedAtMs = performance.now();
        said = '';
        log.info({ url: redacted(options.url) }, 'connected to the MQTT broker');
        mine.publish(state, stateMessage(true), { qos: 1, retain: true });
        options.onConnected();
      });
    });
    mine.on('message', (topic, payload, packet) => {
      if (topic === state) {
        // The will of an earlier connection of ours may come after our birth (specification 5.4.2).
        timestamp = laterThan(payload.toString(), timestamp);
        if (connected && !stopped && payload.toString() !== stateMessage(true))
          mine.publish(state, stateMessage(true), { qos: 1, retain: true });
        return;
      }
      if (topic.startsWith('spBv1.0/STATE/') || packet.retain) return;
      options.onMessage(topic, payload);
    });
    mine.on('error', (error) => say(error.message));
    mine.once('close', () => {
      mine.end(true);
      if (client !== mine) return;
      client = undefined;
      if (connected) {
        connected = false;
        options.onDisconnected();
        say('connection lost');
      }
      if (stopped) return;
      if (connectedAtMs !== undefined && performance.now() - connectedAtMs > STABLE_MS) waitMs = FIRST_WAIT_MS;
      timer = setTimeout(connect, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(waitMs * 2, LAST_WAIT_MS);
    });
  }

  function say(reason: string): void {
    if (reason === said || stopped) return;
    said = reason;
    log.warn({ url: redacted(options.url), reason }, 'no connection to the MQTT broker; trying again');
  }

  return {
    start: connect,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const mine = client;
      if (mine === undefined) return;
      const offline = stateText(false, Math.max(now(), timestamp));
      const patience = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref());
      if (connected)
        await Promise.race([
          mine.publishAsync(state, offline, { qos: 1, retain: true }).then(
            () => undefined,
            () => undefined,
          ),
          patience,
        ]);
      connected = false;
      await Promise.race([mine.endAsync(true).catch(() => undefined), patience]);
    },
    publish(topic, payload, { qos, retain }) {
      if (!connected) return;
      client?.publish(topic, payload, { qos, retain }, () => undefined);
    },
    get connected() {
      return connected;
    },
  };
}

/** A broker's address may carry a password. */
const redacted = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');

/** What was said under our name by a clock that was ahead of ours would outlive everything we say: the next number, then. */
function laterThan(said: string, timestamp: number): number {
  try {
    const { timestamp: heard } = JSON.parse(said) as { timestamp?: unknown };
    return typeof heard === 'number' && Number.isSafeInteger(heard) && heard > timestamp ? heard + 1 : timestamp;
  } catch {
    return timestamp;
  }
}
