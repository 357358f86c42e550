// One route of the API as data: what it takes, what it answers, who may call it. The HTTP server registers the list,
// OpenAPI is written from it, and a test walks it for a missing permission.
import type { z } from 'zod';
import type { ProblemDocument } from '../../contract/problem.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who is calling; on routes that are `public` all fields are empty. */
export interface Caller {
  readonly personId: string;
  readonly username: string;
  readonly role: string;
  readonly sessionId: string;
}

export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly ip: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
}

export interface RouteReply<Answer> {
  readonly status?: 200 | 201 | 202 | 204;
  readonly body: Answer;
  /** Raw `Set-Cookie` values. */
  readonly setCookies?: readonly string[];
}

export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: HttpMethod;
  /** Fastify path: `/api/v1/alarms/:id/acknowledge`. */
  readonly path: string;
  /** `public` is for signing in and health only. */
  readonly permission: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  handle(
    request: RouteRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<RouteReply<z.input<Answer>>>;
}

/** Erased form in which routes are listed. */
export type AnyRoute = Route<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;

/** Declares a route with its types inferred, and erases them for the list. */
export const route = <
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(
  definition: Route<Params, Query, Body, Answer>,
): AnyRoute => definition as unknown as AnyRoute;

/** Thrown by handlers; becomes an RFC 9457 problem document. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  /** Becomes the `Retry-After` header. */
  readonly retryAfterS: number | undefined;
  /** Faults by field. */
  readonly errors: ProblemDocument['errors'];
  constructor(
    status: number,
    code: string,
    detail: string,
    retryAfterS?: number,
    errors?: NonNullable<ProblemDocument['errors']>,
  ) {
    super(detail);
    this.name = 'ProblemError';
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
    this.errors = errors;
  }
}
