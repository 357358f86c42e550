// Stands before every request: a write has to come from our own pages, and the caller needs the route's permission.
// A route that states none is closed.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isOwnOrigin } from './core/origin.ts';
import { type Caller, ProblemError } from './route.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Permission of the contract, or `public`. */
    permission?: string;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** What a request shows to prove who is calling. */
export interface Credentials {
  readonly cookies: Readonly<Record<string, string | undefined>>;
}

export interface Guard {
  authorize(credentials: Credentials): Promise<Caller | null>;
  permits(caller: Caller, permission: string): boolean;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

export function addGuard(app: FastifyInstance, guard: Guard): void {
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request) => {
    if (!SAFE.has(request.method)) refuseForeignOrigin(request);
    if (request.is404) return;
    const permission = request.routeOptions.config.permission;
    if (permission === 'public') return;
    if (permission === undefined) throw new ProblemError(403, 'forbidden', 'this route states no permission');
    request.caller = await admit(guard, request.cookies, permission);
  });
}

/** @throws ProblemError 401 or 403. */
export async function admit(guard: Guard, cookies: Credentials['cookies'], permission: string): Promise<Caller> {
  const caller = await guard.authorize({ cookies });
  if (caller === null) throw new ProblemError(401, 'not-signed-in', 'sign in first');
  if (!guard.permits(caller, permission)) {
    throw new ProblemError(403, 'forbidden', `the role ${caller.role} lacks the permission ${permission}`);
  }
  return caller;
}

function refuseForeignOrigin(request: FastifyRequest): void {
  const own = isOwnOrigin({
    origin: request.headers.origin,
    host: request.host,
    secFetchSite: headerOf(request.headers['sec-fetch-site']),
  });
  if (!own) throw new ProblemError(403, 'wrong-origin', 'a write has to come from the pages of this server');
}
