// The broker of the building's field network, on a free port of the loopback interface. Everybody may listen and
// command where a device takes commands; else only the simulated devices may speak, each below its own base topic.
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { listen } from '../listen.ts';

export interface FieldBroker {
  /** `mqtt://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Lets one device in. */
  /** @param commandTopics below the base topic; there anybody on the field network may speak to it */
  admit(username: string, baseTopic: string, commandTopics?: readonly string[]): { readonly password: string };
  stop(): Promise<void>;
}

interface Account {
  readonly password: string;
  readonly baseTopic: string;
}

export async function startFieldBroker(wantedPort = 0): Promise<FieldBroker> {
  const accounts = new Map<string, Account>();
  const commandTopics = new Set<string>();
  const speakers = new WeakMap<Client, Account>();
  const broker = await Aedes.createBroker({
    authenticate(client, username, password, done) {
      if (username === undefined) return done(null, true);
      const account = accounts.get(username);
      if (account === undefined || account.password !== password?.toString()) return done(null, false);
      speakers.set(client, account);
      done(null, true);
    },
    authorizePublish(client, packet, done) {
      // Without a client it is the broker itself, e.g. with a last will it had already let in.
      const account = client === null ? undefined : speakers.get(client);
      const allowed =
        client === null ||
        commandTopics.has(packet.topic) ||
        (account !== undefined && packet.topic.startsWith(`${account.baseTopic}/`));
      done(allowed ? null : new Error(`not allowed to publish on ${packet.topic}`));
    },
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  const port = await listen(server, wantedPort);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    admit(username, baseTopic, topics = []) {
      for (const topic of topics) commandTopics.add(`${baseTopic}/${topic}`);
      const password = randomBytes(16).toString('hex');
      accounts.set(username, { password, baseTopic });
      return { password };
    },
    stop: () =>
      new Promise((done) => {
        broker.close(() => server.close(() => done()));
        for (const socket of sockets) socket.destroy();
      }),
  };
}
