import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createLog } from '../log.ts';
import { route } from './route.ts';
import { createHttpServer, type HttpServerOptions } from './server.ts';

const options = {
  routes: [
    route({
      method: 'GET',
      path: '/api/v1/pumps',
      permission: 'pump:read',
      summary: 'Lists',
      tag: 'pumps',
      answer: z.object({ count: z.int() }),
      handle: async () => ({ body: { count: 1 } }),
    }),
  ],
  authorize: async () => ({ personId: '1', username: 'anna', role: 'viewer', sessionId: 's' }),
  permits: () => true,
  openApi: { title: 'Test', version: '1' },
  plain: [{ path: '/healthz', handle: async () => ({ status: 200, contentType: 'text/plain', body: 'ok' }) }],
  log: createLog('test', 'silent'),
} satisfies HttpServerOptions;

describe('life of the HTTP server', () => {
  it('answers 429 beyond the rate, with the time to wait', async () => {
    const small = await createHttpServer({ ...options, requestsPerMinute: 2 });
    const url = `http://127.0.0.1:${await small.listen({ port: 0, host: '127.0.0.1' })}`;
    const get = () => fetch(`${url}/api/v1/pumps`);
    expect([(await get()).status, (await get()).status]).toEqual([200, 200]);
    const third = await get();
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(third.status).toBe(429);
    expect(await third.json()).toMatchObject({ code: 'too-many-requests' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await small.stop();
  });

  it('says EADDRINUSE for a taken port', async () => {
    const first = await createHttpServer(options);
    const port = await first.listen({ port: 0, host: '127.0.0.1' });
    const second = await createHttpServer(options);
    await expect(second.listen({ port, host: '127.0.0.1' })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await Promise.all([first.stop(), second.stop()]);
  });

  it('stops within 2 s although clients keep their connections', async () => {
    const other = await createHttpServer({
      ...options,
      plain: [{ path: '/slow', handle: () => new Promise(() => undefined) }],
    });
    other.onUpgrade('/api/v1/echo', 'pump:read', () => undefined);
    const otherPort = await other.listen({ port: 0, host: '127.0.0.1' });
    const idle = connect(otherPort, '127.0.0.1');
    idle.on('error', () => undefined);
    await new Promise((resolve) => idle.once('connect', resolve));
    const socket = new WebSocket(`ws://127.0.0.1:${otherPort}/api/v1/echo`);
    await new Promise((resolve) => socket.once('open', resolve));
    const hanging = fetch(`http://127.0.0.1:${otherPort}/slow`).catch(() => 'cut');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const startedAt = performance.now();
    await other.stop();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(await closed).toBe(1001);
    expect(await hanging).toBe('cut');
  });
});
