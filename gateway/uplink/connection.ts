// One MQTT connection, used once: mqtt.js is asked neither to reconnect nor to store anything, because its replay after
// a reconnect loses messages (MQTT.js#2015); a lost connection is replaced by a fresh client.
import mqtt, { type IClientOptions } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import { brokerWords } from '../platform/broker-words.ts';

// Ready-made buffers of all 65,536 packet numbers would cost 10 MB; QoS 0 needs none of them.
writeToStream.cacheNumbers = false;

// The length of each kind of packet is kept for ever: a few bytes out of Node's pool, but they hold their whole block of
// 64 kB, so that memory grew by some 12 MiB an hour, up to 1 GB (mqtt-packet#163). Out of small blocks they hold little.
Buffer.poolSize = 512;

export interface Broker {
  /** mqtt://, mqtts://, ws:// or wss:// */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM of the authority that signed the broker's certificate. */
  readonly ca?: string;
}

export interface ConnectionOptions {
  readonly broker: Broker;
  readonly clientId: string;
  readonly will: { readonly topic: string; readonly payload: Buffer };
  readonly subscriptions: readonly string[];
  /** Connected and subscribed. */
  readonly onReady: () => void;
  readonly onMessage: (topic: string, payload: Buffer) => void;
  /** Called once, however the connection ended. */
  readonly onClosed: (reason: string) => void;
}

export interface Connection {
  /** QoS 0, as Sparkplug demands of data and births. Ignored when the connection is gone. */
  publish(topic: string, payload: Buffer): void;
  /** Sends what is pending and says goodbye, so that the broker drops the will; at most `withinMs`. */
  close(withinMs: number): Promise<void>;
  /** Cuts the connection: the broker publishes the will. */
  destroy(reason: string): void;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A dead link is noticed within one and a half of it (F16). */
const KEEPALIVE_S = 10;
const REFUSED = 128;

export function openConnection(options: ConnectionOptions): Connection {
  const { broker } = options;
  const settings: IClientOptions = {
    clientId: options.clientId,
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: KEEPALIVE_S,
    // NDEATH as will: QoS 1, not retained (tck-id-message-flow-edge-node-birth-publish-will-message-*).
    will: { topic: options.will.topic, payload: options.will.payload, qos: 1, retain: false },
    ...(broker.username === undefined ? {} : { username: broker.username }),
    ...(broker.password === undefined ? {} : { password: broker.password }),
    ...(broker.ca === undefined ? {} : { ca: broker.ca }),
  };
  const client = mqtt.connect(broker.url, settings);
  let reason = 'the broker closed the connection';
  let closed = false;
  const finish = (): void => {
    if (closed) return;
    closed = true;
    options.onClosed(reason);
  };
  const destroy = (why: string): void => {
    reason = why;
    client.end(true);
    finish();
  };
  client.on('error', (error) => destroy(brokerWords(error)));
  client.on('close', () => destroy(reason));
  client.on('message', (topic, payload) => {
    if (!closed) options.onMessage(topic, payload);
  });
  client.on('connect', () => {
    client.subscribe([...options.subscriptions], { qos: 1 }, (error, granted) => {
      if (closed) return;
      const refused = granted?.find((grant) => grant.qos === REFUSED);
      if (error) destroy(`subscribing failed: ${brokerWords(error)}`);
      else if (refused !== undefined) destroy(`the broker refuses the subscription ${refused.topic}`);
      else options.onReady();
    });
  });
  return {
    publish(topic, payload) {
      if (!closed && client.connected) client.publish(topic, payload, { qos: 0 });
    },
    destroy,
    close: (withinMs) =>
      new Promise((resolve) => {
        if (closed) {
          resolve();
          return;
        }
        closed = true;
        const timer = setTimeout(done, withinMs);
        function done(): void {
          clearTimeout(timer);
          client.end(true);
          resolve();
        }
        client.end(false, {}, done);
      }),
  };
}

/** Node reports a refused connection to several addresses as an AggregateError without a message. */
/** The address of a broker as it may be logged. */
export function withoutSecret(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    return parsed.href;
  } catch {
    return 'the broker';
  }
}
