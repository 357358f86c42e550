// Registers the list of routes: schemas in and out, permission, OpenAPI entry.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { problem } from '../../contract/problem.ts';
import type { AnyRoute, Caller } from './route.ts';

/** Caller of public routes. */
const NOBODY: Caller = { personId: '', username: '', role: '', sessionId: '' };

/** @throws Error for a route without a permission, or with one that is not in `permissions`. */
export function registerRoutes(
  app: FastifyInstance,
  routes: readonly AnyRoute[],
  permissions?: readonly string[],
): void {
  for (const route of routes) {
    checkPermission(route, permissions);
    app.route({
      method: route.method,
      url: route.path,
      config: { permission: route.permission },
      schema: schemaOf(route),
      preValidation: async (request) => {
        // An absent body is an empty one, so that the answer names the missing fields.
        if (route.body !== undefined && request.body === undefined) request.body = {};
      },
      handler: (request, reply) => answer(route, request, reply),
    });
  }
}

function checkPermission(route: AnyRoute, permissions: readonly string[] | undefined): void {
  const name = `${route.method} ${route.path}`;
  if (typeof route.permission !== 'string' || route.permission === '') {
    throw new Error(`route ${name}: found no permission, expected one of the contract or 'public'`);
  }
  if (route.permission !== 'public' && permissions !== undefined && !permissions.includes(route.permission)) {
    throw new Error(`route ${name}: found permission '${route.permission}', expected one of ${permissions.join(', ')}`);
  }
}

async function answer(route: AnyRoute, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const result = await route.handle({
    params: request.params,
    query: request.query,
    body: request.body,
    caller: request.caller ?? NOBODY,
    ip: request.ip,
    cookies: request.cookies,
  });
  for (const cookie of result.setCookies ?? []) reply.header('set-cookie', cookie);
  const status = result.status ?? 200;
  reply.code(status);
  return status === 204 ? reply.send() : reply.send(result.body);
}

function schemaOf(route: AnyRoute): Record<string, unknown> {
  const response: Record<string, z.ZodType> = { '4xx': problem, '5xx': problem };
  for (const status of [200, 201, 202]) response[status] = route.answer;
  return {
    summary: route.summary,
    tags: [route.tag],
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.permission === 'public' ? { security: [] } : { description: `Permission: \`${route.permission}\`` }),
    response,
  };
}
