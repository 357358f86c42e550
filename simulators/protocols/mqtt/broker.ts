// The broker of the building's field network, on a free port of the loopback interface. Everybody may listen and
// command where a device takes commands; else only the simulated devices may speak, each below its own base topic.
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { parseSparkplugTopic } from '@louwei/gateway/sparkplug';
import { Aedes, type Client } from 'aedes';
import { listen } from '../listen.ts';

export interface FieldBroker {
  /** `mqtt://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Lets one device in. */
  /** @param commandTopics below the base topic; there anybody on the field network may speak to it */
  admit(username: string, baseTopic: string, commandTopics?: readonly string[]): { readonly password: string };
  /** Lets one Sparkplug edge node in; anybody may command it, and say whether he is there as a host. */
  admitEdgeNode(username: string, group: string): { readonly password: string };
  stop(): Promise<void>;
}

interface Account {
  readonly password: string;
  maySay(topic: string): boolean;
}

export async function startFieldBroker(wantedPort = 0): Promise<FieldBroker> {
  const accounts = new Map<string, Account>();
  const commandTopics = new Set<string>();
  const edgeNodes = new Set<string>();
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
        isForEdgeNode(packet.topic) ||
        account?.maySay(packet.topic) === true;
      done(allowed ? null : new Error(`not allowed to publish on ${packet.topic}`));
    },
  });
  function isForEdgeNode(topic: string): boolean {
    const parsed = parseSparkplugTopic(topic);
    if (parsed === undefined) return edgeNodes.size > 0 && topic.startsWith('spBv1.0/STATE/');
    return parsed.type.endsWith('CMD') && edgeNodes.has(`${parsed.group}/${parsed.node}`);
  }
  function newAccount(username: string, maySay: Account['maySay']): { readonly password: string } {
    const password = randomBytes(16).toString('hex');
    accounts.set(username, { password, maySay });
    return { password };
  }
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
      return newAccount(username, (topic) => topic.startsWith(`${baseTopic}/`));
    },
    admitEdgeNode(username, group) {
      edgeNodes.add(`${group}/${username}`);
      return newAccount(username, (topic) => {
        const parsed = parseSparkplugTopic(topic);
        return parsed?.group === group && parsed.node === username;
      });
    },
    stop: () =>
      new Promise((done) => {
        broker.close(() => server.close(() => done()));
        for (const socket of sockets) socket.destroy();
      }),
  };
}
