// WebSocket upgrades: own origin, signed in, permitted, and only then a socket. The token is the cookie, never in the URL
// (OWASP ASVS 5.0 V4).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isOwnOrigin } from './core/origin.ts';
import { admit, type Guard, headerOf } from './guard.ts';
import { problemOf } from './problems.ts';
import { refuseConnection } from './raw-reply.ts';
import { type Caller, ProblemError } from './route.ts';

export interface UpgradeRequest {
  readonly caller: Caller;
  readonly query: URLSearchParams;
}

export type UpgradeHandler = (socket: WebSocket, request: UpgradeRequest) => void;

export interface UpgradeOptions {
  readonly guard: Guard;
  parseCookies(header: string): Record<string, string | undefined>;
  /** Believe X-Forwarded-Host. */
  readonly trustProxy: boolean;
  onError(error: unknown): void;
}

/** Largest message a client may send. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

export interface Upgrades {
  add(path: string, permission: string, handler: UpgradeHandler): void;
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket: politely, then for good after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export function createUpgrades(options: UpgradeOptions): Upgrades {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false });
  const handlers = new Map<string, { permission: string; handler: UpgradeHandler }>();
  let stopping = false;

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const target = handlers.get(url.pathname);
    if (target === undefined) throw new ProblemError(404, 'not-found', 'no socket at this address');
    const forwarded = options.trustProxy ? headerOf(request.headers['x-forwarded-host']) : undefined;
    const own = isOwnOrigin({
      origin: request.headers.origin,
      host: forwarded ?? request.headers.host,
      secFetchSite: headerOf(request.headers['sec-fetch-site']),
    });
    if (!own) throw new ProblemError(403, 'wrong-origin', 'the socket opens only from the pages of this server');
    const cookies = options.parseCookies(request.headers.cookie ?? '');
    const caller = await admit(options.guard, cookies, target.permission);
    if (stopping || socket.destroyed) return void socket.destroy();
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      target.handler(webSocket, { caller, query: url.searchParams });
    });
  }

  return {
    add(path, permission, handler) {
      if (permission === '') throw new Error(`socket ${path}: found no permission, expected one of the contract`);
      handlers.set(path, { permission, handler });
    },
    handle(request, socket, head) {
      socket.on('error', () => socket.destroy());
      upgrade(request, socket, head).catch((error: unknown) => {
        const reply = problemOf(error);
        if (reply.unexpected) options.onError(error);
        refuseConnection(socket, reply.document);
      });
    },
    async stop(graceMs) {
      stopping = true;
      for (const client of server.clients) client.close(1001, 'server stops');
      const deadline = performance.now() + graceMs;
      while (server.clients.size > 0 && performance.now() < deadline) await new Promise((done) => setTimeout(done, 20));
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
