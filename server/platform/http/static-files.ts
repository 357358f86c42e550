// Serves the built dashboard: files with a hash in their name for ever, index.html never from a cache, and index.html
// for every address of the dashboard's own router.
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const HASHED = `${sep}assets${sep}`;

/** @returns true when there is a build to serve. */
export async function serveStaticFiles(app: FastifyInstance, staticDir: string): Promise<boolean> {
  if (!existsSync(join(staticDir, 'index.html'))) return false;
  await app.register(fastifyStatic, {
    root: staticDir,
    prefix: '/',
    index: ['index.html'],
    redirect: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header('cache-control', path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return true;
}

/** An address of the dashboard's router: a page of ours, not a missing file and not the API. */
export function isDashboardAddress(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const path = request.url.split('?', 1)[0] ?? '';
  if (path === '/api' || path.startsWith('/api/') || path.startsWith('/assets/')) return false;
  return !(path.split('/').at(-1) ?? '').includes('.');
}

export const sendIndex = (reply: FastifyReply): FastifyReply => reply.code(200).sendFile('index.html');
