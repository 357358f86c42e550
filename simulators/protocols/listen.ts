// Opens a server on a port of the loopback interface.
import { createServer, type Server } from 'node:net';

/** @returns the port, a free one for 0. Rejects with the system's error when it cannot be opened. */
export async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      done();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP port');
  return address.port;
}

/** A port that was free a moment ago, for servers that want to be told theirs. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}
