// The building's line to the outside: a TCP relay between the gateway and the server's broker, which can be cut.
import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../protocols/listen.ts';

export interface Line {
  /** Port of 127.0.0.1 the gateway connects to. */
  readonly port: number;
  cut(): void;
  mend(): void;
  isCut(): boolean;
  stop(): Promise<void>;
}

/** @param target where the line leads to */
export async function startLine(target: { readonly host: string; readonly port: number }): Promise<Line> {
  const sockets = new Set<Socket>();
  let broken = false;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // The reason does not matter here; `close` follows and takes the other side along.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };

  const server = createServer((inner) => {
    if (broken) {
      inner.destroy();
      return;
    }
    const outer = connect(target.port, target.host);
    keep(inner);
    keep(outer);
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
    inner.pipe(outer);
    outer.pipe(inner);
  });
  const port = await listen(server);

  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    cut() {
      broken = true;
      drop();
    },
    mend() {
      broken = false;
    },
    isCut: () => broken,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        drop();
      }),
  };
}
