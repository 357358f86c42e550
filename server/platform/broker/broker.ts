// The embedded MQTT 3.1.1 broker: aedes on a TCP port, deny by default. It is a transport and nothing more: its PUBACK
// comes before anything is stored, so nobody may take it for proof of delivery.
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { BrokerAccess, BrokerEvent } from './access.ts';
import { createFrameLimit } from './core/frame-limit.ts';

export interface BrokerOptions<Principal> {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly access: BrokerAccess<Principal>;
  readonly onEvent: (event: BrokerEvent) => void;
  readonly maxPacketBytes?: number;
  readonly maxTopicLevels?: number;
  readonly connectTimeoutMs?: number;
  readonly maxConnections?: number;
  /** A client that sent something this recently keeps its id against a newcomer of the same account. */
  readonly clientIdHeldMs?: number;
  /** Ms of a clock that nobody sets. */
  readonly now?: () => number;
}

export interface Broker {
  /** @throws PortInUseError when something else listens there. */
  start(): Promise<{ readonly port: number }>;
  /** Settles within 2 s; all connections are gone then. */
  stop(): Promise<void>;
  readonly connectedClients: number;
}

export class PortInUseError extends Error {
  readonly port: number;
  constructor(port: number, host: string) {
    super(`MQTT port ${port} on ${host} is in use by another program; choose another port`);
    this.name = 'PortInUseError';
    this.port = port;
  }
}

const CLOSE_GRACE_MS = 500;
const PUBLISH_REFUSED = new Error('publish not authorized');
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;

interface Connection<Principal> {
  readonly socket: Socket;
  readonly remote: string;
  lastHeardMs: number;
  principal?: Principal;
}

export function createBroker<Principal>(options: BrokerOptions<Principal>): Broker {
  const {
    access,
    onEvent,
    maxPacketBytes = 1_048_576,
    clientIdHeldMs = 5_000,
    now = () => performance.now(),
  } = options;
  const connections = new WeakMap<object, Connection<Principal>>();
  const holders = new Map<string, Client>();
  const sockets = new Set<Socket>();
  let aedes: Aedes | undefined;
  let server: Server | undefined;

  const accountOf = (client: Client | null): string => {
    const principal = client === null ? undefined : connections.get(client.conn)?.principal;
    return principal === undefined ? '' : access.accountName(principal);
  };

  /** The id belongs to whoever has it, unless the same account comes again and the old connection has gone silent. */
  function idIsHeld(clientId: string, account: string): boolean {
    const holder = holders.get(clientId);
    const held = holder === undefined ? undefined : connections.get(holder.conn);
    if (holder === undefined || held === undefined || held.socket.destroyed) return false;
    return accountOf(holder) !== account || now() - held.lastHeardMs < clientIdHeldMs;
  }

  const createAedes = (): Promise<Aedes> =>
    Aedes.createBroker({
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      drainTimeout: 30_000,
      maxTopicLevels: options.maxTopicLevels ?? 10,
      authenticate(client, username, password, done) {
        const refuse = (returnCode: number): void =>
          done(Object.assign(new Error('refused'), { returnCode }) as AuthenticateError, false);
        const connection = connections.get(client.conn);
        if (connection === undefined) return refuse(SERVER_UNAVAILABLE);
        const { remote } = connection;
        const decide = async (): Promise<void> => {
          const answer = await access.authenticate({ clientId: client.id, username, password });
          if (answer.outcome === 'accepted') {
            const account = access.accountName(answer.principal);
            if (idIsHeld(client.id, account)) {
              onEvent({ kind: 'client-id-refused', clientId: client.id, account, remote });
              return refuse(IDENTIFIER_REJECTED);
            }
            connection.principal = answer.principal;
            done(null, true);
          } else {
            const unavailable = answer.outcome === 'unavailable';
            onEvent({ kind: unavailable ? 'login-unavailable' : 'login-refused', clientId: client.id, remote });
            refuse(unavailable ? SERVER_UNAVAILABLE : BAD_CREDENTIALS);
          }
        };
        decide().catch(() => {
          onEvent({ kind: 'login-unavailable', clientId: client.id, remote });
          refuse(SERVER_UNAVAILABLE);
        });
      },
      authorizePublish(client, packet, done) {
        const principal = client === null ? undefined : connections.get(client.conn)?.principal;
        if (principal !== undefined && access.mayPublish(principal, packet.topic)) return done(null);
        onEvent({
          kind: 'publish-refused',
          clientId: client?.id ?? '',
          account: accountOf(client),
          topic: packet.topic,
        });
        // MQTT 3.1.1 has no "not authorized" for PUBLISH: the connection is closed (3.3.5).
        done(PUBLISH_REFUSED);
      },
      authorizeSubscribe(client, subscription, done) {
        const principal = connections.get(client.conn)?.principal;
        if (principal !== undefined && access.maySubscribe(principal, subscription.topic))
          return done(null, subscription);
        onEvent({
          kind: 'subscribe-refused',
          clientId: client.id,
          account: accountOf(client),
          filter: subscription.topic,
        });
        done(null, null);
      },
    });

  function listen(broker: Aedes): void {
    broker.on('client', (client) => {
      holders.set(client.id, client);
      onEvent({ kind: 'connected', clientId: client.id, account: accountOf(client) });
    });
    broker.on('clientDisconnect', (client) => {
      if (holders.get(client.id) === client) holders.delete(client.id);
      onEvent({ kind: 'disconnected', clientId: client.id, account: accountOf(client) });
    });
    const protocolError = (client: Client | null, error: Error): void => {
      // Refusals have been told by their own events.
      if ('errorCode' in error || error === PUBLISH_REFUSED) return;
      onEvent({ kind: 'protocol-error', clientId: client?.id ?? null, detail: error.message });
    };
    broker.on('clientError', protocolError);
    broker.on('connectionError', protocolError);
    // An EventEmitter without a listener for `error` ends the process.
    (broker as NodeJS.EventEmitter).on('error', (error: Error) => protocolError(null, error));
  }

  function accept(socket: Socket, broker: Aedes): void {
    const remote = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    const connection: Connection<Principal> = { socket, remote, lastHeardMs: now() };
    connections.set(socket, connection);
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    // aedes pulls its bytes with read(); every frame is measured before it is buffered as a packet.
    const limit = createFrameLimit(maxPacketBytes);
    const read = socket.read.bind(socket);
    let client: Client | undefined;
    socket.read = (size?: number) => {
      const bytes: Buffer | null = read(size);
      if (bytes === null) return null;
      connection.lastHeardMs = now();
      if (limit.accept(bytes)) return bytes;
      onEvent({ kind: 'packet-too-large', clientId: client?.id ?? null, remote });
      socket.destroy();
      return null;
    };
    client = broker.handle(socket);
  }

  return {
    async start() {
      const broker = await createAedes();
      listen(broker);
      const listener = createServer((socket) => accept(socket, broker));
      listener.maxConnections = options.maxConnections ?? 2_000;
      aedes = broker;
      server = listener;
      try {
        await new Promise<void>((resolve, reject) => {
          listener.once('error', reject);
          listener.listen(options.port, options.host, resolve);
        });
      } catch (error) {
        await new Promise<void>((resolve) => broker.close(resolve));
        const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
        throw inUse ? new PortInUseError(options.port, options.host) : error;
      }
      listener.on('error', (error) => onEvent({ kind: 'protocol-error', clientId: null, detail: error.message }));
      const address = listener.address();
      return { port: typeof address === 'object' && address !== null ? address.port : options.port };
    },
    async stop() {
      const [broker, listener] = [aedes, server];
      aedes = undefined;
      server = undefined;
      if (broker === undefined || listener === undefined) return;
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      const kill = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, CLOSE_GRACE_MS);
      await Promise.race([
        new Promise<void>((resolve) => broker.close(resolve)),
        new Promise<void>((resolve) => setTimeout(resolve, 2 * CLOSE_GRACE_MS).unref()),
      ]);
      for (const socket of sockets) socket.destroy();
      clearTimeout(kill);
      await closed;
    },
    get connectedClients() {
      return holders.size;
    },
  };
}
