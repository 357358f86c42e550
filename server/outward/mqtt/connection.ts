// The publishing connection: a fresh client each time (mqtt.js rejects what is published while it replays after a
// reconnect), back-off with jitter between them, and a publish without an answer ends the connection.
import mqtt, { type MqttClient } from 'mqtt';

export interface Connection {
  start(): void;
  stop(): Promise<void>;
  /** Settles with the broker's PUBACK. @throws Error when there is no connection or no answer. */
  publish(topic: string, payload: string, retain: boolean): Promise<void>;
  readonly fault: string | null;
}

interface ConnectionOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly onConnected: () => void;
  readonly onFault: (reason: string) => void;
}

const FIRST_WAIT_MS = 250;
const LAST_WAIT_MS = 10_000;
const ANSWER_MS = 10_000;
const STOP_MS = 800;

export function createConnection(options: ConnectionOptions): Connection {
  const { url, username, password, clientId } = options;
  let client: MqttClient | undefined;
  let connected = false;
  let stopped = false;
  let fault: string | null = 'not connected yet';
  let waitMs = FIRST_WAIT_MS;
  let timer: NodeJS.Timeout | undefined;

  function say(reason: string): void {
    if (stopped || reason === fault) return;
    fault = reason;
    options.onFault(reason);
  }

  function connect(): void {
    const mine = mqtt.connect(url, {
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
      keepalive: 15,
      clientId,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
    client = mine;
    mine.on('connect', () => {
      connected = true;
      fault = null;
      waitMs = FIRST_WAIT_MS;
      options.onConnected();
    });
    mine.on('error', (error) => say(error.message));
    mine.once('close', () => {
      mine.end(true);
      if (client !== mine) return;
      if (connected) say('connection lost');
      connected = false;
      if (stopped) return;
      timer = setTimeout(connect, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(waitMs * 2, LAST_WAIT_MS);
    });
  }

  return {
    start: connect,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const patience = new Promise<void>((done) => setTimeout(done, STOP_MS).unref());
      await Promise.race([client?.endAsync(true).catch(() => undefined), patience]);
    },
    async publish(topic, payload, retain) {
      const mine = client;
      if (mine === undefined || !connected) throw new Error(fault ?? 'no connection to the broker');
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const deadline = setTimeout(() => {
        reject(new Error(`no answer of the broker within ${ANSWER_MS / 1000} s`));
        mine.end(true);
      }, ANSWER_MS);
      const onClose = (): void => reject(new Error('connection lost'));
      mine.once('close', onClose);
      mine.publish(topic, payload, { qos: 1, retain }, (error) => (error ? reject(error) : resolve()));
      try {
        await promise;
      } finally {
        clearTimeout(deadline);
        mine.removeListener('close', onClose);
      }
    },
    get fault() {
      return fault;
    },
  };
}
