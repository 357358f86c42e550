// Who may do what, seen from outside: every route of the API refuses strangers, each role has its table and no more,
// writes and sockets from foreign pages are refused, and a gateway speaks only for itself.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type Client, signIn } from './client.ts';
import { type Product, startProduct } from './product.ts';

interface OpenApi {
  paths: Record<string, Record<string, { tags?: string[] }>>;
}

let product: Product;
let admin: Client;
beforeAll(async () => {
  product = await startProduct({ script: 'server/app/main.ts', env: { LOUWEI_BUILTIN_GATEWAY: 'gw-s' } });
  admin = await signIn(product.url);
}, 60_000);
afterAll(() => product?.stop());

const operations = async (): Promise<{ method: string; path: string }[]> => {
  const { paths } = (await (await fetch(`${product.url}/api/openapi.json`)).json()) as OpenApi;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
};
const call = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(product.url + path.replaceAll(/\{[^}]+\}/g, 'x'), {
    method,
    headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(method === 'GET' ? {} : { body: '{}' }),
  });

describe('every route', () => {
  it('refuses strangers, except for signing in', async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(30);
    for (const { method, path } of all) {
      if (method === 'POST' && path === '/api/v1/session') continue;
      const answer = await call(method, path);
      expect(answer.status, `${method} ${path}`).toBe(401);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ status: 401, code: 'not-signed-in' });
    }
  });

  it('of writing refuses a viewer, and what is not theirs a technician', async () => {
    for (const role of ['viewer', 'technician']) {
      const made = await admin.send('POST', '/api/v1/people', {
        username: role,
        name: role,
        role,
        language: 'en',
        password: `a ${role}s long phrase`,
      });
      expect(made.status).toBe(201);
    }
    const viewer = await signIn(product.url, 'viewer', 'a viewers long phrase');
    const own = ['/api/v1/session', '/api/v1/session/password', '/api/v1/session/settings'];
    for (const { method, path } of await operations()) {
      if (method === 'GET' || own.includes(path)) continue;
      expect((await call(method, path, { cookie: viewer.cookie })).status, `${method} ${path}`).toBe(403);
    }
    const technician = await signIn(product.url, 'technician', 'a technicians long phrase');
    expect((await call('POST', '/api/v1/alarms/{id}/acknowledge', { cookie: technician.cookie })).status).toBe(403);
    expect((await call('GET', '/api/v1/audit', { cookie: technician.cookie })).status).toBe(403);
    expect((await call('POST', '/api/v1/work-orders/{id}/accept', { cookie: technician.cookie })).status).toBe(404);
  });
});

describe('a foreign page', () => {
  it('cannot write and cannot open the live socket', async () => {
    const foreign = { cookie: admin.cookie, origin: 'https://evil.example' };
    const answer = await call('POST', '/api/v1/work-orders', foreign);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'wrong-origin' });
    const socket = new WebSocket(`${product.url.replace('http', 'ws')}/api/v1/live`, { headers: foreign });
    const status = await new Promise<number>((done, fail) => {
      socket.once('unexpected-response', (_request, response) => done(response.statusCode ?? 0));
      socket.once('open', () => fail(new Error('the socket was opened')));
      socket.once('error', () => undefined);
    });
    expect(status).toBe(403);
  });
});

describe('malformed requests', () => {
  it.each([
    ['no JSON', '{', 'application/json', 400, 'invalid-request'],
    ['a wrong type', '{"kind": 7}', 'application/json', 400, 'invalid-request'],
    ['another content type', 'kind=x', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['too much', `{"title": "${'x'.repeat(1_100_000)}"}`, 'application/json', 413, 'too-large'],
  ])('with %s get a problem document with a stable code', async (_what, body, type, status, code) => {
    const answer = await fetch(`${product.url}/api/v1/work-orders`, {
      method: 'POST',
      headers: { cookie: admin.cookie, 'content-type': type },
      body,
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status, code });
  });
});

describe('the broker', () => {
  const url = () => `mqtt://127.0.0.1:${product.mqttPort}`;
  const account = (): { username: string; password: string } =>
    JSON.parse(readFileSync(join(product.dataDir, 'secrets/gateway-gw-s.json'), 'utf8'));

  it('refuses strangers and wrong passwords', async () => {
    const options = { reconnectPeriod: 0, protocolVersion: 4 as const, connectTimeout: 5_000 };
    await expect(connectAsync(url(), options)).rejects.toThrow();
    await expect(connectAsync(url(), { ...options, username: 'gw-s', password: 'guess' })).rejects.toThrow();
  });

  it('lets a gateway speak only for itself', async () => {
    const client = await connectAsync(url(), {
      ...account(),
      protocolVersion: 4,
      reconnectPeriod: 0,
      clientId: 'gw-s-test',
    });
    const closed = new Promise<string>((done) => client.once('close', () => done('closed')));
    client.on('error', () => undefined);
    const granted = await client.subscribeAsync('spBv1.0/louwei/NCMD/gw-s');
    expect(granted[0]?.qos).toBeLessThan(128);
    client.publish('spBv1.0/louwei/NCMD/gw-s', 'no gateway may command');
    expect(await closed).toBe('closed');
    await client.endAsync(true);
  });
});

describe('secrets', () => {
  it('are files that only their owner may read, and never in the log', () => {
    const file = (name: string) => join(product.dataDir, 'secrets', name);
    for (const name of ['postgres', 'gateway-gw-s.json']) expect(statSync(file(name)).mode & 0o077).toBe(0);
    const { password }: { password: string } = JSON.parse(readFileSync(file('gateway-gw-s.json'), 'utf8'));
    expect(product.program.stderr()).not.toContain(password);
    expect(product.program.stderr()).not.toContain(readFileSync(file('postgres'), 'utf8').trim());
  });
});
