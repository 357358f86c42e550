import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { problem } from '../../contract/problem.ts';
import { createLog } from '../log.ts';
import { type AnyRoute, ProblemError, route } from './route.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';

const log = createLog('test', 'silent');
const caller = { personId: '1', username: 'anna', role: 'viewer', sessionId: 's' };

const routes: AnyRoute[] = [
  route({
    method: 'POST',
    path: '/api/v1/pumps/:id/note',
    permission: 'pump:write',
    summary: 'Adds a note',
    tag: 'pumps',
    params: z.object({ id: z.string().max(10) }),
    body: z.object({ text: z.string().min(1), count: z.int().default(1) }),
    answer: z.object({ id: z.string(), text: z.string(), count: z.int() }),
    handle: async ({ params, body }) => ({ status: 201, body: { id: params.id, ...body, secret: 'x' } }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/pumps',
    permission: 'pump:read',
    summary: 'Lists',
    tag: 'pumps',
    query: z.object({ limit: z.coerce.number().int().min(1).max(5).default(2) }),
    answer: z.object({ limit: z.int(), ip: z.string() }),
    handle: async ({ query, ip }) => ({ body: { limit: query.limit, ip } }),
  }),
  route({
    method: 'DELETE',
    path: '/api/v1/pumps/:id',
    permission: 'pump:write',
    summary: 'Removes',
    tag: 'pumps',
    params: z.object({ id: z.string() }),
    answer: z.null(),
    handle: async ({ params }) => {
      if (params.id === 'busy') throw new ProblemError(409, 'conflict', 'the pump is running', 7);
      if (params.id === 'bug') throw new Error('SELECT password FROM person');
      if (params.id === 'db') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
      return { status: 204, body: null, setCookies: ['a=1', 'b=2'] };
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/wrong-answer',
    permission: 'public',
    summary: 'Answers what its schema forbids',
    tag: 'pumps',
    answer: z.object({ n: z.int() }),
    handle: async () => ({ body: { n: 1.5 } }),
  }),
];

const options = {
  routes,
  permissions: ['pump:read', 'pump:write'],
  authorize: async ({ cookies }) => (cookies['who'] === undefined ? null : { ...caller, role: cookies['who'] }),
  permits: (who, permission) => who.role === 'writer' || permission === 'pump:read',
  openApi: { title: 'Test', version: '1' },
  plain: [{ path: '/healthz', handle: async () => ({ status: 200, contentType: 'text/plain', body: 'ok' }) }],
  log,
} satisfies HttpServerOptions;

describe('HTTP server', () => {
  const staticDir = mkdtempSync(join(tmpdir(), 'louwei-static-'));
  let server: HttpServer;
  let port: number;
  let base: string;

  beforeAll(async () => {
    mkdirSync(join(staticDir, 'assets'));
    writeFileSync(join(staticDir, 'index.html'), '<!doctype html><title>Louwei</title>');
    writeFileSync(join(staticDir, 'assets', 'app-1a2b3c.js'), 'export {};');
    writeFileSync(join(staticDir, '.env'), 'SECRET=1');
    server = await createHttpServer({ ...options, staticDir });
    server.onUpgrade('/api/v1/echo', 'pump:read', (socket, { caller: who, query }) => {
      socket.send(`${who.role} ${query.get('q')}`);
    });
    port = await server.listen({ port: 0, host: '127.0.0.1' });
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await server.stop();
    rmSync(staticDir, { recursive: true });
  });

  const call = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(`${base}${path}`, { ...init, headers: { cookie: 'who=writer', ...init.headers } });
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    call('/api/v1/pumps/P-1/note', { method: 'POST', body, headers });
  const expectProblem = async (response: Response, status: number, code: string) => {
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const document = problem.parse(await response.json());
    expect(document).toMatchObject({ status, code });
    return document;
  };

  it('parses, fills defaults, and answers only what the schema names', async () => {
    const response = await post('{"text":"leak","admin":true}');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ id: 'P-1', text: 'leak', count: 1 });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('names every field that does not fit', async () => {
    const document = await expectProblem(await post('{"text":5,"count":1.5}'), 400, 'invalid-request');
    expect(document.errors?.map((error) => error.field)).toEqual(['text', 'count']);
    expect(document.errors?.[0]?.expected).toBe('string, received number');
    const query = await expectProblem(await call('/api/v1/pumps?limit=99'), 400, 'invalid-request');
    expect(query.errors).toEqual([{ field: 'limit', expected: expect.stringContaining('5') }]);
    const absent = await expectProblem(
      await call('/api/v1/pumps/P-1/note', { method: 'POST' }),
      400,
      'invalid-request',
    );
    expect(absent.errors?.[0]?.field).toBe('text');
  });

  it.each(['{', '', 'null', '[]', '"text"', '7', '{"__proto__":{"text":"x"}}', '{"text":"\\ud800"'])(
    'refuses the body %s with 400',
    async (body) => {
      await expectProblem(await post(body), 400, 'invalid-request');
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
    'application/jsonx',
    'application/xml',
  ])('refuses the content type %s', async (type) => {
    await expectProblem(await post('{"text":"x"}', { 'content-type': type }), 415, 'unsupported-media-type');
  });

  it('accepts JSON with a charset in any case', async () => {
    expect((await post('{"text":"x"}', { 'content-type': 'Application/JSON; charset=UTF-8' })).status).toBe(201);
  });

  it('refuses bodies above 1 MB, too long parameters, unknown addresses and bad URLs', async () => {
    await expectProblem(await post(JSON.stringify({ text: 'x'.repeat(1_000_001) })), 413, 'too-large');
    await expectProblem(await call('/api/v1/pumps/12345678901/note', { method: 'POST' }), 400, 'invalid-request');
    await expectProblem(await call('/api/v1/nothing'), 404, 'not-found');
    await expectProblem(await call('/api/v1/pumps', { method: 'PUT' }), 404, 'not-found');
    await expectProblem(await call('/api/v1/pumps/%zz', { method: 'DELETE' }), 400, 'invalid-request');
  });

  it('answers what is not HTTP, or too much of it, with a problem', async () => {
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        let answer = '';
        socket.on('data', (data) => {
          answer += String(data);
        });
        socket.on('close', () => resolve(answer));
        socket.on('error', () => resolve(answer));
      });
    expect(await raw('HELLO\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"invalid-request"/);
    const large = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(large)).toMatch(/^HTTP\/1.1 431 [\s\S]*"code":"too-large"/);
  });

  it('turns errors of handlers into problems and leaks nothing', async () => {
    const busy = await call('/api/v1/pumps/busy', { method: 'DELETE' });
    expect(busy.headers.get('retry-after')).toBe('7');
    expect((await expectProblem(busy, 409, 'conflict')).detail).toBe('the pump is running');
    const bug = await expectProblem(await call('/api/v1/pumps/bug', { method: 'DELETE' }), 500, 'internal');
    expect(JSON.stringify(bug)).not.toContain('SELECT');
    await expectProblem(await call('/api/v1/pumps/db', { method: 'DELETE' }), 503, 'unavailable');
    await expectProblem(await call('/api/v1/wrong-answer'), 500, 'internal');
  });

  it('sets several cookies and answers 204 without a body', async () => {
    const response = await call('/api/v1/pumps/P-1', { method: 'DELETE' });
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('asks for a sign-in, then for the permission', async () => {
    await expectProblem(await call('/api/v1/pumps', { headers: { cookie: '' } }), 401, 'not-signed-in');
    const viewer = { cookie: 'who=viewer' };
    expect((await call('/api/v1/pumps', { headers: viewer })).status).toBe(200);
    await expectProblem(await call('/api/v1/pumps/P-1', { method: 'DELETE', headers: viewer }), 403, 'forbidden');
  });

  it('refuses writes from other sites before it looks at anything else', async () => {
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      const response = await call('/api/v1/pumps/P-1', {
        method: 'DELETE',
        headers: headers as Record<string, string>,
      });
      await expectProblem(response, 403, 'wrong-origin');
    }
    const own = await call('/api/v1/pumps/P-1', { method: 'DELETE', headers: { origin: base } });
    expect(own.status).toBe(204);
  });

  it('describes itself, and every route of the table states its permission', async () => {
    const document = (await (await call('/api/openapi.json')).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/pumps',
      '/api/v1/pumps/{id}',
      '/api/v1/pumps/{id}/note',
      '/api/v1/wrong-answer',
    ]);
    expect(JSON.stringify(document.paths['/api/v1/pumps/{id}/note'])).toContain('"text"');
    expect(server.routeTable.length).toBeGreaterThan(4);
    expect(server.routeTable.filter((entry) => entry.permission === '')).toEqual([]);
  });

  it('does not register a route without a permission or with an unknown one', async () => {
    const [first] = routes;
    for (const permission of ['', undefined, 'pump:wrote']) {
      const broken = { ...first, permission } as AnyRoute;
      await expect(createHttpServer({ ...options, routes: [broken] })).rejects.toThrow(/permission/);
    }
    expect(() => server.onUpgrade('/x', '', () => undefined)).toThrow(/permission/);
  });

  it('serves the dashboard, its router, and nothing else', async () => {
    for (const path of ['/', '/alarms', '/equipment/TR-1?tab=trend']) {
      const page = await call(path);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('Louwei');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy.match(/script-src[^;]*/)?.[0]).toBe("script-src 'self'");
    }
    const asset = await call('/assets/app-1a2b3c.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
    await expectProblem(await call('/assets/gone.js'), 404, 'not-found');
    await expectProblem(await call('/.env'), 404, 'not-found');
    const traversal = await call('/..%2f..%2fetc/passwd');
    expect(await traversal.text()).not.toContain('root:');
    expect(await (await call('/healthz')).text()).toBe('ok');
  });

  it('upgrades only for signed-in callers from our own pages', async () => {
    const open = (headers: Record<string, string>, path = '/api/v1/echo?q=5') =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
        socket.on('message', (data) => {
          resolve(String(data));
          socket.close();
        });
        socket.on('unexpected-response', (_request, response) => {
          resolve(String(response.statusCode));
          socket.terminate();
        });
        socket.on('error', () => undefined);
      });
    expect(await open({ cookie: 'who=viewer' })).toBe('viewer 5');
    expect(await open({ cookie: 'who=viewer', origin: base })).toBe('viewer 5');
    expect(await open({})).toBe('401');
    expect(await open({ cookie: 'who=viewer', origin: 'http://evil.example' })).toBe('403');
    expect(await open({ cookie: 'who=viewer', 'sec-fetch-site': 'cross-site' })).toBe('403');
    expect(await open({ cookie: 'who=viewer' }, '/api/v1/other')).toBe('404');
  });
});
