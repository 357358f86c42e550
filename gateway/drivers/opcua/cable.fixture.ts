// A cable between client and server that can be pulled: nothing passes in either direction and nobody is told - no FIN, no
// RST, nothing closed, nothing refused.
import { connect, createServer, type Socket } from 'node:net';

/**
 * What becomes, once the cable is back, of connections that were open or begun while it was out: TCP repeats what was lost
 * (`repeated`), or a firewall on the way has forgotten them and they stay silent for ever (`forgotten`).
 */
export type OldConnections = 'repeated' | 'forgotten';

export interface Cable {
  readonly port: number;
  /** Connections begun since the cable was last pulled. */
  readonly attempts: number;
  pull(): void;
  plug(old: OldConnections): void;
  close(): void;
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  /** What waits to be repeated; null once it is passed on at once. */
  held: (() => void)[] | null;
  dead: boolean;
}

export async function startCable(to: number): Promise<Cable> {
  const connections = new Set<Connection>();
  let pulled = false;
  let attempts = 0;

  const server = createServer((near) => {
    attempts++;
    const far = connect(to, '127.0.0.1');
    const connection: Connection = { near, far, held: pulled ? [] : null, dead: false };
    connections.add(connection);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      const pass = (what: () => void): void => {
        if (connection.dead) return;
        if (connection.held === null) what();
        else connection.held.push(what);
      };
      from.on('error', () => undefined);
      from.on('data', (bytes) => pass(() => into.write(bytes)));
      from.on('close', () => pass(() => into.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get attempts() {
      return attempts;
    },
    pull() {
      pulled = true;
      attempts = 0;
      for (const connection of connections) connection.held ??= [];
    },
    plug(old) {
      pulled = false;
      for (const connection of connections) {
        connection.dead ||= old === 'forgotten';
        for (const what of connection.held ?? []) if (!connection.dead) what();
        connection.held = null;
      }
    },
    close() {
      server.close();
      for (const { near, far } of connections) {
        near.destroy();
        far.destroy();
      }
    },
  };
}
