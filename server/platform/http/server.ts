// The HTTP server: routes, problem documents, OpenAPI, health pages, the dashboard's files and the upgrade to sockets.
import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from '../log.ts';
import { serializerCompiler } from './answer-serializer.ts';
import { registerRoutes } from './api-routes.ts';
import { addGuard, type Guard } from './guard.ts';
import { problemOf } from './problems.ts';
import { parserProblem, refuseConnection } from './raw-reply.ts';
import { type AnyRoute, ProblemError } from './route.ts';
import { securityHeaders } from './security-headers.ts';
import { isDashboardAddress, sendIndex, serveStaticFiles } from './static-files.ts';
import { createUpgrades, type UpgradeHandler } from './upgrade.ts';

export interface PlainPage {
  readonly path: string;
  handle(): Promise<{ readonly status: number; readonly contentType: string; readonly body: string }>;
}

export interface ServedRequest {
  readonly method: string;
  /** Path of the route, not of the request: `/api/v1/alarms/:id`. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface HttpServerOptions extends Guard {
  readonly routes: readonly AnyRoute[];
  /** When given, a route with another permission is refused. */
  readonly permissions?: readonly string[];
  /** Health and metrics: no sign-in, no rate limit, no schema. */
  readonly plain?: readonly PlainPage[];
  readonly openApi: { readonly title: string; readonly version: string };
  /** The dashboard's build. */
  readonly staticDir?: string;
  readonly log: Logger;
  /** True behind a reverse proxy: X-Forwarded-For and -Host are believed. */
  readonly trustProxy?: boolean;
  /** True when the server is reached through TLS. */
  readonly secure?: boolean;
  /** Requests of one address in a minute; default 6000. */
  readonly requestsPerMinute?: number;
  readonly onServed?: (request: ServedRequest) => void;
}

export interface HttpServer {
  /** @returns the port. @throws the system's error, e.g. code EADDRINUSE. */
  listen(address: { readonly port: number; readonly host: string }): Promise<number>;
  /** A WebSocket endpoint; the upgrade needs `permission`. */
  onUpgrade(path: string, permission: string, handler: UpgradeHandler): void;
  /** Method, path and permission of everything that answers. */
  readonly routeTable: readonly { readonly method: string; readonly path: string; readonly permission: string }[];
  /** Ends within 2 s, whatever the clients do. */
  stop(): Promise<void>;
}

const BODY_LIMIT_BYTES = 1_000_000;
/** Route of @fastify/static. */
const DASHBOARD_FILES = '/*';

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: 0,
    requestTimeout: 30_000,
    keepAliveTimeout: 30_000,
    trustProxy: options.trustProxy ?? false,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    clientErrorHandler: (error, socket) => refuseConnection(socket, parserProblem(error.code)),
    frameworkErrors: (error, _request, reply) => sendProblem(options.log, reply as FastifyReply, error),
  });
  const routeTable: { method: string; path: string; permission: string }[] = [];
  app.addHook('onRoute', (route) => {
    if (route.url === DASHBOARD_FILES) route.config = { ...route.config, permission: 'public' };
    const permission = route.config?.permission ?? '';
    if (permission === '') throw new Error(`route ${route.method} ${route.url}: found no permission`);
    for (const method of [route.method].flat()) routeTable.push({ method, path: route.url, permission });
  });
  const headers = securityHeaders(options.secure ?? false);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
  if (options.onServed !== undefined) reportServed(app, options.onServed);
  app.setErrorHandler((error, _request, reply) => sendProblem(options.log, reply, error));
  acceptOnlyJson(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  await app.register(cookie);
  await app.register(rateLimit, {
    global: true,
    hook: 'onRequest',
    max: options.requestsPerMinute ?? 6000,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, context) =>
      new ProblemError(429, 'too-many-requests', 'too many requests from this address', Math.ceil(context.ttl / 1000)),
  });
  addGuard(app, options);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: options.openApi },
    transform: jsonSchemaTransform,
  });
  registerRoutes(app, options.routes, options.permissions);
  registerPlain(app, options.plain ?? []);
  const hasDashboard = await registerDashboard(app, options);
  app.setNotFoundHandler((request, reply) => {
    if (hasDashboard && isDashboardAddress(request)) return sendIndex(reply);
    return sendProblem(options.log, reply, new ProblemError(404, 'not-found', 'there is nothing at this address'));
  });

  const upgrades = createUpgrades({
    guard: options,
    parseCookies: (header) => app.parseCookie(header),
    trustProxy: options.trustProxy ?? false,
    onError: (error) => options.log.error({ err: error }, 'socket upgrade failed'),
  });
  app.server.on('upgrade', (request, socket, head) => upgrades.handle(request, socket, head));
  await app.ready();

  return {
    routeTable,
    onUpgrade: upgrades.add,
    async listen(address) {
      await app.listen(address);
      return (app.server.address() as AddressInfo).port;
    },
    async stop() {
      const force = setTimeout(() => app.server.closeAllConnections(), 1000);
      await Promise.all([upgrades.stop(500), app.close()]);
      clearTimeout(force);
    },
  };
}

function sendProblem(log: Logger, reply: FastifyReply, error: unknown): FastifyReply {
  const { document, retryAfterS, unexpected } = problemOf(error);
  if (unexpected)
    log.error({ err: error, method: reply.request.method, route: reply.request.routeOptions?.url }, 'request failed');
  if (retryAfterS !== undefined) reply.header('retry-after', retryAfterS);
  reply.serializer((body: unknown) => JSON.stringify(body));
  return reply.code(document.status).type('application/problem+json').send(document);
}

/** Other content types are the way to forge a write from a form, and to slip past a schema. */
function acceptOnlyJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined);
    parse(request, body as string, (error, value) => {
      if (error) done(new ProblemError(400, 'invalid-request', 'the body is not valid JSON'));
      else done(null, value);
    });
  });
}

function registerPlain(app: FastifyInstance, pages: readonly PlainPage[]): void {
  for (const page of pages) {
    app.get(
      page.path,
      { config: { permission: 'public', rateLimit: false }, schema: { hide: true } },
      async (_, reply) => {
        const { status, contentType, body } = await page.handle();
        return reply.code(status).type(contentType).header('cache-control', 'no-store').send(body);
      },
    );
  }
  app.get('/api/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, async () => app.swagger());
}

async function registerDashboard(app: FastifyInstance, options: HttpServerOptions): Promise<boolean> {
  const { staticDir } = options;
  if (staticDir === undefined) return false;
  const found = await serveStaticFiles(app, staticDir);
  if (!found) options.log.warn({ staticDir }, 'no dashboard to serve: index.html is missing');
  return found;
}

function reportServed(app: FastifyInstance, onServed: (request: ServedRequest) => void): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? '(none)' : (request.routeOptions.url ?? '(none)');
    onServed({ method: request.method, route, status: reply.statusCode, durationMs: reply.elapsedTime });
  });
}
